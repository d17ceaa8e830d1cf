"""Drift of what somebody holds."""

from __future__ import annotations

import pytest

from podwright.plan.drift import Finding
from podwright.plan.drift_excuses import Excused
from podwright.plan.drift_held import excused_by, held_findings
from podwright.plan.holds import Hold
from podwright.plan.reasons import Condition, Drift, because

NODE = Hold("", "kim@ops1", "disk replacement", 0, 100, "2027-01-15 08:01 UTC")
WEB = Hold("web", "kim@ops1", "a test", 0, 100, "2027-01-15 08:01 UTC")
MISSING = Finding("n1", Drift.FILE_MISSING, "web.yaml", because(Drift.FILE_MISSING))
FOREIGN = Finding("n1", Drift.FILE_STRAY, "web.yaml.bak", because(Drift.FILE_STRAY, pod="default/web"))
DOWN = Finding("n1", Drift.POD_NOT_RUNNING, "default/web-n1", because(Condition.NOT_RUNNING), "web.yaml")
OTHER = Finding("n1", Drift.FILE_MISSING, "api.yaml", because(Drift.FILE_MISSING))


@pytest.mark.parametrize(
    ("hold", "excused"), [(NODE, [MISSING, OTHER]), (WEB, [MISSING])], ids=["the node", "a workload"]
)
def test_what_a_push_would_end_does_not_count_and_what_pods_do_does(hold, excused) -> None:
    assert [*excused_by([hold], [MISSING, FOREIGN, DOWN, OTHER])] == excused


def test_that_there_is_a_hold_is_told_and_never_counts() -> None:
    [node], [web] = held_findings("n1", [NODE]), held_findings("n1", [WEB])
    assert (node.drift, node.subject, web.subject) == (Drift.NODE_HELD, "the node", "web")
    found = excused_by([NODE, WEB], [node, MISSING])
    assert [str(Excused(finding, why)) for finding, why in found.items()] == [
        "n1: held: the node: node-held: kim@ops1 holds it until 2027-01-15 08:01 UTC: disk replacement",
        "n1: held: web.yaml: file-missing: it should be there"
        " (kim@ops1 holds it until 2027-01-15 08:01 UTC: disk replacement)",
    ]
