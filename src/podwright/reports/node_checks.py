"""Checks of nodes: for a person, grouped over the fleet, and as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from podwright.operations.report import Status
from podwright.plan.node_checks.check import NodeFinding, Result, Severity
from podwright.reports.documents import API_VERSION, problem_document
from podwright.reports.grouping import lines_by_cause
from podwright.text import counted

if TYPE_CHECKING:
    from podwright.operations.node_check import NodeChecked
    from podwright.operations.report import NodeResult, Report

_FINE = (Result.PASS, Result.NOT_APPLICABLE)
_INDENT = "         "
#: where a line goes on that is too long
CHECK_INDENT = len(_INDENT) + 2
#: what must be done about comes first, and what is waived last
_ORDER = ("fail", "warn", "unknown", "waived")
#: of different nodes, each with its own; beyond that the check's example stands for all
_MOST_SETTINGS = 5


def check_lines(report: Report[NodeChecked]) -> Iterator[str]:
    """`fail     7 of 40 nodes: swap is on [swap-on]`, and below it what was seen, why it matters, and what mends it."""
    groups: dict[tuple[str, str], list[NodeFinding]] = {}
    for result in report.nodes:
        for finding in result.value.findings:
            if not is_fine(finding):
                groups.setdefault((_word(finding), finding.check.id), []).append(finding)
    total = sum(bool(result.value.findings) for result in report.nodes)
    for word, name in sorted(
        groups, key=lambda group: (_ORDER.index(group[0]), _is_warning(groups[group][0]))
    ):
        yield from _group(word, groups[word, name], total)
    for why, results in _not_checked(report).items():
        yield f"{'unknown':8} {len(results)} of {counted(len(report.nodes), 'node')}: {why}"
        reported = ((one.node, problem.message) for one in results for problem in one.problems)
        yield from (f"{_INDENT}{line}" for line in lines_by_cause(reported))


def _not_checked(report: Report[NodeChecked]) -> dict[str, list[NodeResult[NodeChecked]]]:
    """The nodes of which there is no result, by why."""
    found: dict[str, list[NodeResult[NodeChecked]]] = {}
    for result in report.nodes:
        if not result.value.findings:
            why = "not reached" if result.status is Status.UNREACHABLE else "not checked"
            found.setdefault(why, []).append(result)
    return found


def is_fine(finding: NodeFinding) -> bool:
    return finding.result in _FINE


def _word(finding: NodeFinding) -> str:
    return "waived" if finding.waived_until else finding.result.value


def _is_warning(finding: NodeFinding) -> bool:
    return finding.check.severity is Severity.WARNING


def _group(word: str, findings: list[NodeFinding], total: int) -> Iterator[str]:
    check = findings[0].check
    hidden = all(finding.result is Result.UNKNOWN for finding in findings)
    about = findings[0].problem if hidden else check.problem
    yield f"{word:8} {len(findings)} of {counted(total, 'node')}: {about} [{check.id}]"
    for line in lines_by_cause((finding.node, _seen(finding)) for finding in findings):
        yield f"{_INDENT}{line}"
    if word in ("fail", "warn"):
        yield f"{_INDENT}why: {check.why}"
        commands = {finding.mend for finding in findings}
        mend = check.mend if len(commands) > 1 else commands.pop()
        yield from _mended(mend, findings)


def _mended(mend: str, findings: list[NodeFinding]) -> Iterator[str]:
    settings = {finding.provision for finding in findings}
    if len(settings) > _MOST_SETTINGS or (len(settings) > 1 and "" in settings):
        settings = {findings[0].check.provision}
    if settings == {""}:
        yield f"{_INDENT}mend: {mend}"
        return
    yield f"{_INDENT}mend: {mend}, or `podwright node provision` with this in the inventory:"
    if len(settings) == 1:
        yield f"{_INDENT}podwright_node: {{{settings.pop()}}}"
        return
    for line in lines_by_cause((one.node, f"podwright_node: {{{one.provision}}}") for one in findings):
        yield f"{_INDENT}{line}"


def _seen(finding: NodeFinding) -> str:
    judged = finding.judged
    parts = [judged.seen]
    if finding.result is not Result.UNKNOWN:
        parts += [f"expected {judged.expected}"] if judged.expected else []
    if finding.waiver_ended:
        parts.append(f"its waiver ended on {finding.waiver_ended}: {finding.waived_because}")
    if finding.waived_until:
        parts.append(f"waived until {finding.waived_until}: {finding.waived_because}")
    return f"{'; '.join(parts)}{f' ({judged.source})' if judged.source else ''}"


def check_summary(report: Report[NodeChecked]) -> str:
    """`40 nodes, 1 not reached: of 822 results 7 fail, 3 warn, 812 pass`."""
    found = [_word(finding) for result in report.nodes for finding in result.value.findings]
    words = (*_ORDER, Result.PASS.value, Result.NOT_APPLICABLE.value)
    counts = [f"{found.count(word)} {word}" for word in words if word in found]
    missed = (f"{len(results)} {why}" for why, results in _not_checked(report).items())
    nodes = ", ".join((counted(len(report.nodes), "node"), *missed))
    return (
        f"{nodes}: of {counted(len(found), 'result')} {', '.join(counts)}"
        if found
        else f"{nodes}: nothing checked"
    )


def checks_document(report: Report[NodeChecked]) -> Mapping[str, object]:
    return {"apiVersion": API_VERSION, "kind": report.kind, "nodes": [_of_node(one) for one in report.nodes]}


def node_documents(report: Report[NodeChecked]) -> Iterable[Mapping[str, object]]:
    """A document a node."""
    return (
        {"apiVersion": API_VERSION, "kind": report.kind, "nodes": [_of_node(one)]} for one in report.nodes
    )


def _of_node(result: NodeResult[NodeChecked]) -> Mapping[str, object]:
    return {
        "node": result.node,
        "status": str(result.status),
        "checks": [_of_finding(finding) for finding in result.value.findings],
        "problems": [problem_document(problem) for problem in result.problems],
        "seconds": round(result.seconds, 2),
    }


def _of_finding(finding: NodeFinding) -> Mapping[str, object]:
    check, judged = finding.check, finding.judged
    return {
        "check": check.id,
        "result": judged.result.value,
        "severity": check.severity.value,
        "profiles": [profile.value for profile in check.profiles],
        "problem": check.problem,
        "expected": judged.expected,
        "seen": judged.seen,
        "source": judged.source,
        "why": check.why,
        "mend": finding.mend,
        "provision": finding.provision,
        "waivedUntil": finding.waived_until,
        "waivedBecause": finding.waived_because,
        "waiverEnded": finding.waiver_ended,
    }
