"""Affinity, tolerations and spreading. Source: `validateAffinity`, `ValidateTolerations`,
`validateTopologySpreadConstraints`."""

from __future__ import annotations

from podwright.manifests.findings import Report, shown
from podwright.manifests.go_values import Path
from podwright.manifests.validation import names
from podwright.manifests.validation.choices import check_choice
from podwright.manifests.validation.fields import Record, child, number, pairs, records, text, texts
from podwright.manifests.validation.metadata import check_labels
from podwright.manifests.validation.selectors import RULE, check_label_selector, check_node_term

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def check_scheduling(spec: Record, report: Report) -> None:
    check_labels(pairs(spec, "nodeSelector"), ("spec", "nodeSelector"), RULE, report)
    affinity, path = child(spec, "affinity"), ("spec", "affinity")
    if "nodeAffinity" in affinity:
        _check_node_affinity(child(affinity, "nodeAffinity"), (*path, "nodeAffinity"), report)
    for kind in ("podAffinity", "podAntiAffinity"):
        _check_pod_affinity(child(affinity, kind), (*path, kind), report)
    for index, toleration in enumerate(records(spec, "tolerations")):
        _check_toleration(toleration, ("spec", "tolerations", index), report)
    _check_spreading(
        records(spec, "topologySpreadConstraints"), ("spec", "topologySpreadConstraints"), report
    )


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
    for index, weighted in enumerate(records(affinity, _PREFERRED)):
        where = (*path, _PREFERRED, index)
        _check_weight(weighted, where, report)
        check_node_term(child(weighted, "preference"), (*where, "preference"), report, required=False)


def _check_weight(weighted: Record, path: Path, report: Report) -> None:
    if not 1 <= number(weighted, "weight") <= 100:
        report.add(RULE, (*path, "weight"), f"is {number(weighted, 'weight')}, but must be between 1 and 100")


def _check_pod_affinity(affinity: Record, path: Path, report: Report) -> None:
    for index, term in enumerate(records(affinity, _REQUIRED)):
        _check_pod_term(term, (*path, _REQUIRED, index), report)
    for index, weighted in enumerate(records(affinity, _PREFERRED)):
        here = (*path, _PREFERRED, index)
        _check_weight(weighted, here, report)
        _check_pod_term(child(weighted, "podAffinityTerm"), (*here, "podAffinityTerm"), report)


def _check_pod_term(term: Record, path: Path, report: Report) -> None:
    for name in ("labelSelector", "namespaceSelector"):
        check_label_selector(child(term, name), (*path, name), report)
    for index, namespace in enumerate(texts(term, "namespaces")):
        if wrong := names.dns_label(namespace):
            report.add(RULE, (*path, "namespaces", index), wrong)
    key = text(term, "topologyKey")
    if wrong := (names.qualified_name(key) if key else "is missing"):
        report.add(RULE, (*path, "topologyKey"), wrong)
    _check_label_keys(term, path, report)


def _check_label_keys(term: Record, path: Path, report: Report) -> None:
    for name in ("matchLabelKeys", "mismatchLabelKeys"):
        keys = texts(term, name)
        if keys and "labelSelector" not in term:
            report.add(RULE, (*path, name), "needs a `labelSelector`")
            continue
        for index, key in enumerate(keys):
            if wrong := names.qualified_name(key):
                report.add(RULE, (*path, name, index), wrong)
    for key in sorted(set(texts(term, "matchLabelKeys")) & set(texts(term, "mismatchLabelKeys"))):
        report.add(RULE, (*path, "matchLabelKeys"), f"has {shown(key)}, which `mismatchLabelKeys` has too")


def _check_toleration(toleration: Record, path: Path, report: Report) -> None:
    key, operator, effect = (text(toleration, name) for name in ("key", "operator", "effect"))
    if key and (wrong := names.qualified_name(key)):
        report.add(RULE, (*path, "key"), wrong)
    if not key and operator != "Exists":
        report.add(RULE, (*path, "operator"), "must be `Exists` where there is no `key`")
    if "tolerationSeconds" in toleration and effect != "NoExecute":
        report.add(RULE, (*path, "effect"), "must be `NoExecute` where `tolerationSeconds` is set")
    _check_toleration_value(operator, text(toleration, "value"), path, report)
    check_choice(toleration, "effect", _EFFECTS, path, rule=RULE, report=report)


def _check_toleration_value(operator: str, value: str, path: Path, report: Report) -> None:
    if operator in {"", "Equal"}:
        if wrong := names.label_value(value):
            report.add(RULE, (*path, "value"), wrong)
    elif operator == "Exists":
        if value:
            report.add(RULE, (*path, "value"), "may not be set with `Exists`")
    else:
        report.add(RULE, (*path, "operator"), f"is {shown(operator)}, but must be `Equal` or `Exists`")


def _check_spreading(constraints: list[Record], path: Path, report: Report) -> None:
    seen: set[tuple[str, str]] = set()
    for index, constraint in enumerate(constraints):
        here = (*path, index)
        _check_spread_fields(constraint, here, report)
        kind = (text(constraint, "topologyKey"), text(constraint, "whenUnsatisfiable"))
        if kind in seen:
            report.add(RULE, here, "repeats the `topologyKey` and `whenUnsatisfiable` of another constraint")
        seen.add(kind)


def _check_spread_fields(constraint: Record, path: Path, report: Report) -> None:
    if number(constraint, "maxSkew") <= 0:
        report.add(RULE, (*path, "maxSkew"), f"is {number(constraint, 'maxSkew')}, but must be above 0")
    if not text(constraint, "topologyKey"):
        report.add(RULE, (*path, "topologyKey"), "is missing")
    action = text(constraint, "whenUnsatisfiable")
    if action not in {"DoNotSchedule", "ScheduleAnyway"}:
        report.add(RULE, (*path, "whenUnsatisfiable"), "must be `DoNotSchedule` or `ScheduleAnyway`")
    if "minDomains" in constraint and (number(constraint, "minDomains") <= 0 or action != "DoNotSchedule"):
        report.add(RULE, (*path, "minDomains"), "must be above 0, and goes with `DoNotSchedule` only")
    for name in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        check_choice(constraint, name, ("Honor", "Ignore"), path, rule=RULE, report=report, pointer=True)
    selector = child(constraint, "labelSelector")
    check_label_selector(selector, (*path, "labelSelector"), report)
    _check_spread_keys(constraint, selector, (*path, "matchLabelKeys"), report)


def _check_spread_keys(constraint: Record, selector: Record, path: Path, report: Report) -> None:
    keys = texts(constraint, "matchLabelKeys")
    if keys and "labelSelector" not in constraint:
        report.add(RULE, path, "needs a `labelSelector`")
    selected = {
        *pairs(selector, "matchLabels"),
        *(text(one, "key") for one in records(selector, "matchExpressions")),
    }
    for index, key in enumerate(keys):
        wrong = names.qualified_name(key)
        if not wrong and key in selected:
            wrong = f"is {shown(key)}, which `labelSelector` has too"
        if wrong:
            report.add(RULE, (*path, index), wrong)
