"""Fields that take one of a few words. Each table follows the `supported…` sets of `core/validation`."""

from __future__ import annotations

from collections.abc import Collection

from podwright.pods.go_fields import Record, text
from podwright.pods.go_values import Path
from podwright.suggestion import did_you_mean
from podwright.validation.checks import names
from podwright.validation.findings import Report

PULL_POLICIES = ("Always", "IfNotPresent", "Never")
RESTART_POLICIES = ("Always", "OnFailure", "Never")
DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
PROTOCOLS = ("TCP", "UDP", "SCTP")


def check_choice(
    record: Record,
    name: str,
    words: Collection[str],
    path: Path,
    *,
    rule: str,
    report: Report,
    pointer: bool = False,
) -> None:
    """The field, if set, is one of the words; `pointer` fields take no empty string, others default then."""
    value = text(record, name)
    if value in words or (not value and not (pointer and name in record)):
        return
    hint = f"{did_you_mean(value, words)} case matters".lstrip() if value else ""
    report.add(rule, (*path, name), names.one_of(value, words), hint)
