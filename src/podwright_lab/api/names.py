"""Which names Kubernetes accepts, and its messages about others (`staging/src/k8s.io/apimachinery/pkg/util/validation`)."""

from __future__ import annotations

import re

from podwright_lab.api.api_error import invalid
from podwright_lab.api.kinds import Kind
from podwright_lab.api.objects import Object

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name', or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_QUALIFIED_RULE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName', or 'my.name', or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'MyValue', or 'my_value', or '12345', regex used for validation "
    "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_ANNOTATIONS_LIMIT = 256 << 10


def check_metadata(kind: Kind, target: Object) -> None:
    """Raises ApiError 422."""
    problems = metadata_problems(kind, target["metadata"])
    if problems:
        raise invalid(kind.kind, str(target["metadata"].get("name") or ""), problems)


def check_labels(kind: Kind, target: Object) -> None:
    """`check_metadata` for an object that has its name already."""
    metadata = target["metadata"]
    problems = [
        *_label_problems(metadata.get("labels") or {}),
        *_annotation_problems(metadata.get("annotations") or {}),
    ]
    if problems:
        raise invalid(kind.kind, metadata["name"], problems)


def metadata_problems(kind: Kind, metadata: Object) -> list[str]:
    """What is wrong with a new object's name, labels and annotations, as `field: text`."""
    return [
        *_name_problems(kind, metadata.get("name")),
        *_label_problems(metadata.get("labels") or {}),
        *_annotation_problems(metadata.get("annotations") or {}),
    ]


def _name_problems(kind: Kind, name: object) -> list[str]:
    if not isinstance(name, str) or not name:
        return ["metadata.name: Required value: name or generateName is required"]
    if kind.plural == "namespaces":
        return dns_label("metadata.name", name)
    return _checked("metadata.name", name, _SUBDOMAIN, _SUBDOMAIN_RULE, 253)


def dns_label(field: str, value: str) -> list[str]:
    return _checked(field, value, _LABEL, _LABEL_RULE, 63)


def _label_problems(labels: Object) -> list[str]:
    problems = []
    for key, value in sorted(labels.items()):
        problems += qualified_name("metadata.labels", key)
        if value:
            problems += _checked("metadata.labels", value, _QUALIFIED, _VALUE_RULE, 63)
    return problems


def _annotation_problems(annotations: Object) -> list[str]:
    problems = [
        problem
        for key in sorted(annotations)
        for problem in qualified_name("metadata.annotations", key.lower(), key)
    ]
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > _ANNOTATIONS_LIMIT:
        problems.append(f"metadata.annotations: Too long: may not be more than {_ANNOTATIONS_LIMIT} bytes")
    return problems


def qualified_name(field: str, key: str, shown: str = "") -> list[str]:
    """A name with at most one `/`, before which a DNS subdomain stands."""
    invalid_value = f'{field}: Invalid value: "{shown or key}"'
    prefix, slash, name = key.rpartition("/")
    problems = []
    if slash and not prefix:
        problems.append(f"{invalid_value}: prefix part must be non-empty")
    elif prefix and not _SUBDOMAIN.fullmatch(prefix):
        problems.append(f"{invalid_value}: prefix part {_SUBDOMAIN_RULE}")
    if not name:
        problems.append(f"{invalid_value}: name part must be non-empty")
    elif len(name) > 63:
        problems.append(f"{invalid_value}: name part must be no more than 63 characters")
    if not _QUALIFIED.fullmatch(name):
        problems.append(f"{invalid_value}: name part {_QUALIFIED_RULE}")
    return problems


def _checked(field: str, value: str, pattern: re.Pattern[str], rule: str, limit: int) -> list[str]:
    shown = f'{field}: Invalid value: "{value}"'
    problems = []
    if len(value) > limit:
        problems.append(f"{shown}: must be no more than {limit} characters")
    if not pattern.fullmatch(value):
        problems.append(f"{shown}: {rule}")
    return problems
