"""Affinity, tolerations and spreading. Source: `validateAffinity`, `ValidateTolerations`,
`validateTopologySpreadConstraints`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from podwright.pods.go_fields import Record, child, each, number, pairs, records, text, texts
from podwright.pods.go_json import decode_json
from podwright.pods.go_values import Path, UnreadableError
from podwright.validation.checks import names
from podwright.validation.checks.enums import check_choice
from podwright.validation.checks.label_keys import check_label_keys, check_spreading_keys
from podwright.validation.checks.metadata import check_labels
from podwright.validation.checks.selectors import RULE, check_label_selector, check_node_term
from podwright.validation.findings import Report, shown

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_TOLERATIONS = "scheduler.alpha.kubernetes.io/tolerations"
_TOLERATION = {"key": "", "operator": "", "value": "", "effect": "", "tolerationSeconds": 0}
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def check_scheduling(spec: Record, metadata: Record, report: Report) -> None:
    """`metadata` is the pod's: keys of labels refer to its labels, tolerations may stand in an old annotation."""
    labels = pairs(metadata, "labels")
    check_labels(pairs(spec, "nodeSelector"), ("spec", "nodeSelector"), RULE, report)
    affinity, path = child(spec, "affinity"), ("spec", "affinity")
    if "nodeAffinity" in affinity:
        _check_node_affinity(child(affinity, "nodeAffinity"), (*path, "nodeAffinity"), report)
    for kind in ("podAffinity", "podAntiAffinity"):
        _check_pod_affinity(child(affinity, kind), labels, (*path, kind), report)
    for here, toleration in each(spec, "tolerations", ("spec",)):
        _check_toleration(toleration, here, report)
    constraints = records(spec, "topologySpreadConstraints")
    _check_spreading(constraints, labels, ("spec", "topologySpreadConstraints"), report)
    _check_toleration_annotation(pairs(metadata, "annotations").get(_TOLERATIONS, ""), report)


def _check_node_affinity(affinity: Record, path: Path, report: Report) -> None:
    if _REQUIRED in affinity:
        terms, here = (
            records(child(affinity, _REQUIRED), "nodeSelectorTerms"),
            (*path, _REQUIRED, "nodeSelectorTerms"),
        )
        if not terms:
            report.add(RULE, here, "is missing or empty")
        for index, term in enumerate(terms):
            check_node_term(term, (*here, index), report, required=True)
    for where, weighted in each(affinity, _PREFERRED, path):
        _check_weight(weighted, where, report)
        check_node_term(child(weighted, "preference"), (*where, "preference"), report, required=False)


def _check_weight(weighted: Record, path: Path, report: Report) -> None:
    if not 1 <= number(weighted, "weight") <= 100:
        report.add(RULE, (*path, "weight"), f"is {number(weighted, 'weight')}, but must be between 1 and 100")


def _check_pod_affinity(affinity: Record, labels: dict[str, str], path: Path, report: Report) -> None:
    for here, term in each(affinity, _REQUIRED, path):
        _check_pod_term(term, labels, here, report)
    for here, weighted in each(affinity, _PREFERRED, path):
        _check_weight(weighted, here, report)
        _check_pod_term(child(weighted, "podAffinityTerm"), labels, (*here, "podAffinityTerm"), report)


def _check_pod_term(term: Record, labels: dict[str, str], path: Path, report: Report) -> None:
    for name in ("labelSelector", "namespaceSelector"):
        check_label_selector(child(term, name), (*path, name), report)
    for index, namespace in enumerate(texts(term, "namespaces")):
        report.add(RULE, (*path, "namespaces", index), names.dns_label(namespace))
    key = text(term, "topologyKey")
    report.add(RULE, (*path, "topologyKey"), names.qualified_name(key) if key else "is missing")
    check_label_keys(term, labels, path, report)


def _check_toleration_annotation(value: str, report: Report) -> None:
    """Tolerations as they were before 1.6: JSON, whose field names Go reads in any case."""
    path: Path = ("metadata", "annotations", _TOLERATIONS)
    if not value:
        return
    try:
        decoded, _ = decode_json(value.encode("utf-8", "replace"))
    except UnreadableError:
        decoded = ""
    listed = [] if decoded is None else decoded
    if not isinstance(listed, list) or not all(_is_toleration(item) for item in listed):
        report.add("annotations", path, "is not a JSON list of tolerations")
        return
    for index, item in enumerate(listed):
        _check_toleration(_in_known_case(item), (*path, index), report)


def _is_toleration(item: object) -> bool:
    fields = _in_known_case(item)
    return (item is None or isinstance(item, Mapping)) and all(
        isinstance(fields.get(name, zero), type(zero)) for name, zero in _TOLERATION.items()
    )


def _in_known_case(item: object) -> Record:
    given: Record = item if isinstance(item, Mapping) else {}
    in_case = {name.lower(): name for name in _TOLERATION}
    return {in_case.get(key.lower(), key): value for key, value in given.items() if value is not None}


def _check_toleration(toleration: Record, path: Path, report: Report) -> None:
    key, operator, effect = (text(toleration, name) for name in ("key", "operator", "effect"))
    if key:
        report.add(RULE, (*path, "key"), names.qualified_name(key))
    if not key and operator != "Exists":
        report.add(RULE, (*path, "operator"), "must be `Exists` if there is no `key`")
    if "tolerationSeconds" in toleration and effect != "NoExecute":
        report.add(RULE, (*path, "effect"), "must be `NoExecute` if `tolerationSeconds` is set")
    _check_toleration_value(operator, text(toleration, "value"), path, report)
    check_choice(toleration, "effect", _EFFECTS, path, rule=RULE, report=report)


def _check_toleration_value(operator: str, value: str, path: Path, report: Report) -> None:
    if operator in {"", "Equal"}:
        report.add(RULE, (*path, "value"), names.label_value(value))
    elif operator == "Exists":
        if value:
            report.add(RULE, (*path, "value"), "may not be set with `Exists`")
    else:
        report.add(RULE, (*path, "operator"), f"is {shown(operator)}, but must be `Equal` or `Exists`")


def _check_spreading(
    constraints: Sequence[Record], labels: dict[str, str], path: Path, report: Report
) -> None:
    seen: set[tuple[str, str]] = set()
    for index, constraint in enumerate(constraints):
        here = (*path, index)
        _check_spread_fields(constraint, labels, here, report)
        kind = (text(constraint, "topologyKey"), text(constraint, "whenUnsatisfiable"))
        if kind in seen:
            report.add(RULE, here, "repeats the `topologyKey` and `whenUnsatisfiable` of another constraint")
        seen.add(kind)


def _check_spread_fields(constraint: Record, labels: dict[str, str], path: Path, report: Report) -> None:
    if number(constraint, "maxSkew") <= 0:
        report.add(RULE, (*path, "maxSkew"), f"is {number(constraint, 'maxSkew')}, but must be above 0")
    if not text(constraint, "topologyKey"):
        report.add(RULE, (*path, "topologyKey"), "is missing")
    action = text(constraint, "whenUnsatisfiable")
    report.add(RULE, (*path, "whenUnsatisfiable"), names.one_of(action, ("DoNotSchedule", "ScheduleAnyway")))
    if "minDomains" in constraint and (number(constraint, "minDomains") <= 0 or action != "DoNotSchedule"):
        report.add(RULE, (*path, "minDomains"), "must be above 0, and goes with `DoNotSchedule` only")
    for name in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        check_choice(constraint, name, ("Honor", "Ignore"), path, rule=RULE, report=report, pointer=True)
    check_label_selector(child(constraint, "labelSelector"), (*path, "labelSelector"), report)
    check_spreading_keys(constraint, labels, path, report)
