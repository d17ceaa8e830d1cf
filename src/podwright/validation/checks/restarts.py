"""A container's own restart policy and rules (KEP-5307).

Source: `validateContainerRestartPolicy`, `validateInitContainerRestartPolicy`.
"""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, numbers, records, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.enums import RESTART_POLICIES
from podwright.validation.findings import Report, shown
from podwright.validation.versions import Behaviour

_MOST_RULES, _MOST_CODES = 20, 255


def check_container_restart(container: Record, path: Path, report: Report, *, init: bool) -> None:
    """Since 1.35 any container may have a restart policy; before, an init container could have `Always` (a sidecar)."""
    given = "restartPolicy" in container
    policy, here = text(container, "restartPolicy"), (*path, "restartPolicy")
    if not report.does(Behaviour.RESTART_RULES):
        _check_old_form(given, policy, here, report, init=init)
        before = len(report.notes)
        _check_rules(container, given=given, path=path, report=report)
        report.leave_to_api(before)
        return
    if given:
        report.add("container-restart", here, names.one_of(policy, RESTART_POLICIES))
    sidecar = init and policy == "Always"
    if sidecar and "restartPolicyRules" in container and not report.does(Behaviour.RESTART_ALL_CONTAINERS):
        message = f"may not be set for a sidecar before {Behaviour.RESTART_ALL_CONTAINERS.version}"
        report.add("container-restart", (*path, "restartPolicyRules"), message)
    _check_rules(container, given=given, path=path, report=report)


def _check_old_form(given: bool, policy: str, path: Path, report: Report, *, init: bool) -> None:
    before = f"before {Behaviour.RESTART_RULES.version}"
    if given and not init:
        report.add("container-restart", path, f"may be set only for an init container {before}")
    elif given and policy != "Always":
        report.add("container-restart", path, f"is {shown(policy)}, but may only be `Always` {before}")


def _check_rules(container: Record, *, given: bool, path: Path, report: Report) -> None:
    rules, here = records(container, "restartPolicyRules"), (*path, "restartPolicyRules")
    if rules and not given:
        report.add("container-restart", here, "needs the container's own `restartPolicy`")
    if len(rules) > _MOST_RULES:
        report.add("container-restart", here, f"has {len(rules)} rules, more than {_MOST_RULES}")
    for index, rule in enumerate(rules):
        _check_rule(rule, (*here, index), report)


def _check_rule(rule: Record, path: Path, report: Report) -> None:
    actions: tuple[str, ...] = ("Restart", "RestartAllContainers")
    if report.does(Behaviour.RESTART_RULES) and not report.does(Behaviour.RESTART_ALL_CONTAINERS):
        actions = actions[:1]
    report.add("container-restart", (*path, "action"), names.one_of(text(rule, "action"), actions))
    if "exitCodes" not in rule:
        report.add("container-restart", (*path, "exitCodes"), "is missing")
        return
    codes = child(rule, "exitCodes")
    operator = names.one_of(text(codes, "operator"), ("In", "NotIn"))
    report.add("container-restart", (*path, "exitCodes", "operator"), operator)
    if len(numbers(codes, "values")) > _MOST_CODES:
        report.add("container-restart", (*path, "exitCodes", "values"), f"has more than {_MOST_CODES} values")
