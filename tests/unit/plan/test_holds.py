"""What a hold refuses, and when it has ended."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace

from podwright.plan.holds import LONGEST_HOLD_SECONDS, Hold, in_force, refused_by, told_holds
from podwright.plan.words import hint, message

NOW = 1_800_000_000
NODE = Hold("", "kim@ops1", "disk replacement", NOW - 60, NOW + 60, "2027-01-15 08:01 UTC")
WEB = replace(NODE, workload="web")


@pytest.mark.parametrize(
    ("until", "held"),
    [(NOW + 1, True), (NOW, False), (NOW - 1, False), (NOW + LONGEST_HOLD_SECONDS + 1, False)],
)
def test_a_hold_ends_by_itself_and_never_lasts_for_ever(until, held) -> None:
    assert bool(in_force([replace(NODE, until=until)], NOW)) is held


@pytest.mark.parametrize(
    ("hold", "names", "refused"),
    [
        (NODE, ["api.yaml"], True),
        (NODE, [], True),
        (WEB, ["web.yaml"], True),
        (WEB, ["web+2.yaml"], True),
        (WEB, ["api.yaml", "web.blue.yaml"], True),
        (WEB, ["api.yaml", "webhook.yaml"], False),
        (WEB, [], False),
    ],
)
def test_a_hold_of_a_workload_concerns_its_own_files_alone(hold, names, refused) -> None:
    assert bool([*refused_by([hold], "n1", names, NOW)]) is refused


def test_who_is_refused_is_told_who_holds_it_until_when_why_and_what_ends_it() -> None:
    [node], [web] = refused_by([NODE], "n1", (), NOW), refused_by([WEB], "n1", ["web.yaml"], NOW)
    assert message(node) == "kim@ops1 holds the node until 2027-01-15 08:01 UTC: disk replacement"
    assert message(web) == "kim@ops1 holds `web` until 2027-01-15 08:01 UTC: disk replacement"
    assert "`podwright node hold release n1`" in hint(node)
    assert [*told_holds([NODE], "n1", NOW)] == [f"{message(node)}; {hint(node)}"]
    assert [*told_holds([NODE], "n1", NOW + 60)] == []
