"""Findings on manifests: whether they stop a push, each in words and as a row, all of them in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from podwright.text import abbreviated, counted

if TYPE_CHECKING:
    from podwright.operations.validate import Validation
    from podwright.validation.findings import Finding
    from podwright.validation.judge import Verdict


def stopping(one: Verdict, *, strict: bool = False) -> list[Finding]:
    """What of a file stops a push: errors; with `strict` warnings too."""
    bad = {"error", "warning"} if strict else {"error"}
    return [finding for finding in one.findings if finding.severity in bad]


def shown_findings(one: Verdict, *, pedantic: bool) -> list[Finding]:
    """What a person is shown of a file: notes only if asked for."""
    return [finding for finding in one.findings if pedantic or finding.severity != "note"]


def by_rule(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Every error, and the first warning of each rule with how many more there are."""
    of_rule: dict[object, list[Finding]] = {}
    for finding in findings:
        key = finding if finding.severity == "error" else finding.rule
        of_rule.setdefault(key, []).append(finding)
    for first, *more in of_rule.values():
        yield first, f"{first.message} (and {len(more)} more)" if more else first.message


def passes(judged: Iterable[Verdict], *, strict: bool = False) -> bool:
    """Whether nothing stops a push."""
    return not any(stopping(one, strict=strict) for one in judged)


def place(file: str, finding: Finding) -> str:
    """`file:line:column`, as far as it is known."""
    return ":".join(
        str(part) for part in (finding.file or file, finding.line, finding.column) if part is not None
    )


def sentence(finding: Finding) -> str:
    return f"{finding.message} ({finding.hint})" if finding.hint else finding.message


def finding_rows(validation: Validation, *, pedantic: bool = False) -> list[tuple[str, ...]]:
    """A row an error, and one a file and rule of warnings; with `pedantic` of notes too. No rows if nothing was found.

    The nodes are named if a site was judged.
    """
    nodes = validation.nodes or ((),) * len(validation.judged)
    found = [
        (
            place(one.file, finding),
            finding.severity,
            finding.rule,
            abbreviated([*dict.fromkeys(names)]),  # instances on a node may share it
            f"{message}: {finding.hint}" if finding.hint else message,
        )
        for one, names in zip(validation.judged, nodes, strict=True)
        for finding, message in by_rule(shown_findings(one, pedantic=pedantic))
    ]
    rows: list[tuple[str, ...]] = [("PLACE", "SEVERITY", "RULE", "NODES", "MESSAGE"), *found] if found else []
    return rows if validation.nodes else [(*row[:3], row[4]) for row in rows]


def validation_summary(validation: Validation) -> str:
    """`6 manifests on 3 nodes: 1 error, 0 warnings`."""
    severities = [finding.severity for one in validation.judged for finding in one.findings]
    counts = [counted(severities.count("error"), "error"), counted(severities.count("warning"), "warning")]
    nodes = {name for names in validation.nodes for name in names}
    on = f" on {counted(len(nodes), 'node')}" if validation.nodes else ""
    return f"{counted(validation.manifests, 'manifest')}{on}: {', '.join(counts)}"
