"""The table of rules: each is used, each has one concern, and only what is a matter of wisdom can be silenced."""

import re
from collections import Counter
from pathlib import Path

import podwright
from podwright.validation.rules import RULES, SILENCEABLE, Concern

SOURCES = [path.read_text(encoding="utf-8") for path in Path(podwright.__file__).parent.rglob("*.py")]


def test_each_rule_is_used_outside_its_table():
    quoted = Counter(word for text in SOURCES for word in re.findall(r'"([a-z]+(?:-[a-z]+)*)"', text))
    assert [rule for rule in RULES if quoted[rule] < 2] == []


def test_an_id_stands_once_and_is_what_a_comment_can_name():
    table = next(text for text in SOURCES if "_ALL = (" in text and "SILENCEABLE" in text)
    ids = re.findall(r'_(?:kubelet|mirror|unwise|advice|note)\(\s*"([^"]+)"', table)
    assert sorted(ids) == sorted(RULES)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in ids)


def test_what_the_kubelet_or_the_api_refuses_is_an_error_that_nothing_silences():
    refused = {rule.id for rule in RULES.values() if rule.concern is not Concern.WISE}
    assert {RULES[name].severity for name in refused} == {"error"}
    assert frozenset(RULES) - refused == SILENCEABLE
    assert {"image", "priority"} <= refused
    assert {"unknown-field", "image-tag", "privileged"} <= SILENCEABLE


def test_a_rule_is_told_by_its_severity():
    severities = {name: RULES[name].severity for name in ("fixed-uid", "image-tag", "unchecked")}
    assert severities == {"fixed-uid": "error", "image-tag": "warning", "unchecked": "note"}


def test_what_a_rule_finds_is_one_line_without_a_full_stop():
    for name, rule in RULES.items():
        assert rule.id == name
        assert rule.finds
        assert "\n" not in rule.finds
        assert not rule.finds.endswith(".")
