"""What the reports on manifests share: whether a push would be stopped, a finding's place and its sentence."""

from __future__ import annotations

from collections.abc import Iterable

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
