"""The table of rules holds together: what it calls an error stops something, what it calls a note stops nothing."""

from podwright.validation.rules import RULES, Concern


def test_what_the_kubelet_or_the_api_refuses_is_an_error() -> None:
    refusals = [rule for rule in RULES.values() if rule.concern is not Concern.WISE]
    assert {rule.severity for rule in refusals} == {"error"}


def test_a_rule_says_in_one_line_what_it_finds() -> None:
    for name, rule in RULES.items():
        assert rule.id == name
        assert "\n" not in rule.finds
        assert not rule.finds.endswith(".")


def test_there_are_three_severities() -> None:
    assert {rule.severity for rule in RULES.values()} == {"error", "warning", "note"}
