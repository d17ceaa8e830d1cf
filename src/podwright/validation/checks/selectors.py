"""Selectors of labels. Source: apimachinery `meta/v1/validation`, `ValidateNodeSelectorRequirement`."""

from __future__ import annotations

from collections.abc import Sequence

from podwright.pods.go_fields import Record, each, pairs, text, texts
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.metadata import check_labels
from podwright.validation.findings import Report, shown
from podwright.validation.versions import Behaviour

RULE = "scheduling"


def check_label_selector(selector: Record, path: Path, report: Report) -> None:
    check_labels(pairs(selector, "matchLabels"), (*path, "matchLabels"), RULE, report)
    for here, expression in each(selector, "matchExpressions", path):
        operator, values = text(expression, "operator"), texts(expression, "values")
        if operator in {"In", "NotIn"} and not values:
            report.add(RULE, (*here, "values"), f"is missing, which {shown(operator)} needs")
        elif operator in {"Exists", "DoesNotExist"} and values:
            report.add(RULE, (*here, "values"), f"may not be set with {shown(operator)}")
        elif operator not in {"In", "NotIn", "Exists", "DoesNotExist"}:
            report.add(
                RULE,
                (*here, "operator"),
                f"is {shown(operator)}, which is not an operator of a label selector",
            )
        _check_key(expression, here, report)
        _check_values(values, here, report)


def _check_key(expression: Record, path: Path, report: Report) -> None:
    report.add(RULE, (*path, "key"), names.qualified_name(text(expression, "key")))


def _check_values(values: Sequence[str], path: Path, report: Report) -> None:
    for index, value in enumerate(values):
        report.add(RULE, (*path, "values", index), names.label_value(value))


def check_node_term(term: Record, path: Path, report: Report, *, required: bool) -> None:
    """One term of a node selector; values are checked where the term is required (since 1.33)."""
    for here, expression in each(term, "matchExpressions", path):
        _check_node_operator(text(expression, "operator"), texts(expression, "values"), here, report)
        _check_key(expression, here, report)
        if required:
            before = len(report.notes)
            _check_values(texts(expression, "values"), here, report)
            if not report.does(Behaviour.NODE_AFFINITY_VALUES):
                report.leave_to_api(before)
    for here, expression in each(term, "matchFields", path):
        _check_node_field(expression, here, report)


def _check_node_operator(operator: str, values: Sequence[str], path: Path, report: Report) -> None:
    if operator in {"In", "NotIn"} and not values:
        report.add(RULE, (*path, "values"), f"is missing, which {shown(operator)} needs")
    elif operator in {"Exists", "DoesNotExist"} and values:
        report.add(RULE, (*path, "values"), f"may not be set with {shown(operator)}")
    elif operator in {"Gt", "Lt"} and len(values) != 1:
        report.add(RULE, (*path, "values"), f"must hold one value with {shown(operator)}")
    elif operator not in {"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}:
        report.add(
            RULE, (*path, "operator"), f"is {shown(operator)}, which is not an operator of a node selector"
        )


def _check_node_field(expression: Record, path: Path, report: Report) -> None:
    operator, values = text(expression, "operator"), texts(expression, "values")
    if operator not in {"In", "NotIn"}:
        report.add(RULE, (*path, "operator"), f"is {shown(operator)}, but a field takes `In` or `NotIn`")
    elif len(values) != 1:
        report.add(RULE, (*path, "values"), "must hold one value")
    if text(expression, "key") != "metadata.name":
        report.add(RULE, (*path, "key"), f"is {shown(text(expression, 'key'))}, but must be `metadata.name`")
        return
    for index, value in enumerate(values):
        report.add(RULE, (*path, "values", index), names.dns_subdomain(value))
