"""A drift check for a person: a line a finding, and one line for what many nodes have alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from podwright.plan.drift_history import NO_HISTORY, DriftHistory, key_of
from podwright.reports.timestamps import minute
from podwright.text import abbreviated

if TYPE_CHECKING:
    from podwright.operations.drift import NodeDrift
    from podwright.operations.report import Report
    from podwright.plan.drift import Finding
    from podwright.plan.drift_history import Course


def drift_lines(
    report: Report[NodeDrift], history: DriftHistory = NO_HISTORY, *, with_excused: bool = True
) -> Iterator[str]:
    """What counts, then what does not; `NODES: KIND: SUBJECT: DETAIL`.

    If there is a check before, also since when, and what of it is mended.
    """
    yield from _grouped(
        (finding.node, f"{finding}{_in_brackets(since(finding, node.value.course, history))}")
        for node in report.nodes
        for finding in node.value.findings
    )
    if with_excused:
        yield from _grouped(
            (excused.finding.node, str(excused)) for node in report.nodes for excused in node.value.excused
        )
    for word in ("mended", "unconfirmed") if history.before else ():
        yield from _grouped(
            (
                node.node,
                f"{node.node}: {word}: {seen.subject}: {seen.drift}: {seen.detail} ({_from(seen.since)})",
            )
            for node in report.nodes
            for seen in getattr(node.value.course, word)
        )


def change_lines(report: Report[NodeDrift], history: DriftHistory) -> Iterator[str]:
    """What is new since these nodes were checked before: findings, what is mended, and what can be checked or not."""
    yield from _grouped(
        (finding.node, str(finding))
        for node in report.nodes
        for finding in node.value.findings
        if key_of(finding) in node.value.course.new
    )
    yield from _grouped(
        (node.node, f"{node.node}: mended: {seen.subject}: {seen.drift} ({_from(seen.since)})")
        for node in report.nodes
        for seen in node.value.course.mended
    )
    yield from _grouped(
        (node.node, f"{node.node}: not checked: {node.problems[0].message}")
        for node in report.nodes
        if node.problems and not history.node(node.node).unchecked
    )
    yield from _grouped(
        (node.node, f"{node.node}: checked again")
        for node in report.nodes
        if not node.problems and history.node(node.node).unchecked
    )


def since(finding: Finding, course: Course, history: DriftHistory) -> str:
    """`new`, or since when it has been known; nothing if there was no check before."""
    seen = course.since.get(key_of(finding))
    if seen is None or not history.before:
        return ""
    return "new" if key_of(finding) in course.new else _from(seen)


def _in_brackets(words: str) -> str:
    return f" ({words})" if words else ""


def _from(seconds: float) -> str:
    return f"since {minute(seconds)}"


def _grouped(lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Lines that differ in the name of their node at most; in what is shown for several of them it is `NODE`."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for node, line in lines:
        text = line.removeprefix(f"{node}: ")
        named = re.sub(rf"(?<!\w){re.escape(node)}(?!\w)", "NODE", text) if node in text else text
        groups.setdefault(named, []).append((node, text))
    for named, members in groups.items():
        nodes = tuple(dict.fromkeys(node for node, _ in members))
        texts = {text for _, text in members}
        yield f"{abbreviated(nodes)}: {texts.pop() if len(texts) == 1 else named}"
