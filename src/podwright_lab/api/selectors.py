"""Label and field selectors, as lists and watches take them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from podwright_lab.api.api_error import ApiError, bad_request
from podwright_lab.api.objects import Object

Matches = Callable[[Object], bool]

_TERM = re.compile(
    r"""\s*(?:
        (?P<absent>!)\s*(?P<absent_key>[^\s!=,()]+)
      | (?P<set_key>[^\s!=,()]+)\s+(?P<set_operator>in|notin)\s*\((?P<set_values>[^()]*)\)
      | (?P<key>[^\s!=,()]+)\s*(?:(?P<operator>==|=|!=)\s*(?P<value>[^\s!=,()]*))?
    )\s*(?:,|$)""",
    re.VERBOSE,
)

#: What each kind can be selected by (`pkg/apis/core/v1/conversion.go`); all kinds have the two of metadata.
_FIELDS = {
    "pods": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    "nodes": ("spec.unschedulable",),
    "namespaces": ("status.phase",),
    "events": (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
}
_METADATA_FIELDS = ("metadata.name", "metadata.namespace")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One term of a label selector: `key` is (or is not) there with one of `values`; `None` means any value."""

    key: str
    wanted: bool
    values: frozenset[str] | None = None

    def holds(self, labels: Mapping[str, str]) -> bool:
        if self.values is None:
            return (self.key in labels) is self.wanted
        if self.wanted:
            return self.key in labels and labels[self.key] in self.values
        return labels.get(self.key) not in self.values


def parse_labels(text: str) -> tuple[Requirement, ...]:
    """Read a label selector; raises ApiError 400 on what Kubernetes' own parser refuses."""
    terms: list[Requirement] = []
    position = 0
    while position < len(text):
        term = _TERM.match(text, position)
        if term is None:
            raise bad_request(f"unable to parse requirement: found '{text[position:]}'")
        terms.append(_requirement(term))
        position = term.end()
    return tuple(terms)


def _requirement(term: re.Match[str]) -> Requirement:
    if term["absent"]:
        return Requirement(term["absent_key"], wanted=False)
    if term["set_key"]:
        values = frozenset(value.strip() for value in term["set_values"].split(","))
        return Requirement(term["set_key"], term["set_operator"] == "in", values)
    if term["operator"] is None:
        return Requirement(term["key"], wanted=True)
    return Requirement(term["key"], term["operator"] != "!=", frozenset([term["value"]]))


def parse_fields(kind: str, text: str) -> tuple[tuple[str, bool, str], ...]:
    """Read a field selector as (path, equal, value); raises ApiError 400 on a field that `kind` has no index of."""
    return tuple(_field_term(kind, text, part) for part in text.split(",") if part.strip())


def _field_term(kind: str, text: str, part: str) -> tuple[str, bool, str]:
    for operator in ("!=", "==", "="):
        path, found, value = part.partition(operator)
        if not found:
            continue
        if path not in _METADATA_FIELDS and path not in _FIELDS.get(kind, ()):
            raise bad_request(
                f'Unable to find "/v1, Resource={kind}" that match label selector "", '
                f'field selector "{text}": field label not supported: {path}'
            )
        return path, operator != "!=", value
    raise ApiError(400, "BadRequest", f"invalid selector: '{text}'; can't understand '{part}'")


def _field(target: Object, path: str) -> str:
    value: object = target
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "false" if path in ("spec.unschedulable", "spec.hostNetwork") else ""
    if isinstance(value, dict):
        return str(value.get("component", ""))
    return str(value)


def selector(kind: str, label_selector: str = "", field_selector: str = "") -> Matches:
    """Return the predicate of both selectors together; raises ApiError 400."""
    labels = parse_labels(label_selector)
    fields = parse_fields(kind, field_selector)
    if not labels and not fields:
        return lambda _: True

    def matches(target: Object) -> bool:
        target_labels = target["metadata"].get("labels") or {}
        return all(term.holds(target_labels) for term in labels) and all(
            (_field(target, path) == value) is equal for path, equal, value in fields
        )

    return matches
