"""Findings on manifests: whether they stop a push, each in words and as a row, all of them in one line."""

from __future__ import annotations

from collections.abc import Iterable
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


def finding_rows(validation: Validation) -> list[tuple[str, ...]]:
    """A row a finding, with the nodes if a site was judged; no rows if there are no findings."""
    nodes = validation.nodes or ((),) * len(validation.judged)
    found = [
        (
            place(one.file, finding),
            finding.severity,
            finding.rule,
            abbreviated(names),
            f"{finding.message}: {finding.hint}" if finding.hint else finding.message,
        )
        for one, names in zip(validation.judged, nodes, strict=True)
        for finding in one.findings
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
