"""Every mapping of variables is checked once; messages show no secrets."""

from __future__ import annotations

import pytest

from podwright.inventory.structure import Source
from podwright.inventory.variable_checks import Checks, silenced_rules, wrong_value
from podwright.inventory.yaml_document import parse_document


def checked(text: str, rules: set[str] | None = None) -> Checks:
    document = parse_document("f", text, [])
    checks = Checks(rules)
    checks.check([Source(document, document.value)])
    return checks


def test_everything_wrong_is_told_and_marked_unusable():
    checks = checked(
        "ansible_port: 0\nansible_host: a b\nansible_user: ok\npodwright_hold: '{{ x }}'\n1: a\n"
    )
    assert [str(warning.place) for warning in checks.of_connections] == ["f:1:15", "f:2:15"]
    assert [str(warning.place) for warning in checks.warnings] == ["f:5:1"]
    assert checks.wrong("ansible_port", 0) == checks.of_connections[0]
    assert checks.wrong("ansible_port", 22) is None


@pytest.mark.parametrize(
    "text", ["static_routes: []", "statistics: 1", "ansible_facts_cache: 1", "x: 1", "static_pods: [a]"]
)
def test_variables_of_others_are_let_be(text):
    assert checked(text).problems == []


def test_a_near_miss_of_ours_is_a_problem():
    hints = [
        problem.hint for problem in checked("podwright_hodl: 1\nstatic-pods: []\npodwright_zzz: 1\n").problems
    ]
    assert hints[0] == "did you mean `podwright_hold`?"
    assert hints[1] == "did you mean `static_pods`?"
    assert hints[2].startswith("there are `podwright_manifest_dir`")


def test_without_known_rules_any_may_be_silenced():
    assert checked("podwright_silenced_rules: [anything]").problems == []
    assert len(checked("podwright_silenced_rules: [anything]", set()).problems) == 1


def test_a_bad_value_is_shown_unless_it_is_secret():
    assert wrong_value("ansible_port", "x")[0] == "`ansible_port` is a port from 1 to 65535, not `x`"
    assert wrong_value("ansible_port", [1])[0] == "`ansible_port` is a port from 1 to 65535"
    assert "hunter2" not in str(wrong_value("ansible_password", "hunter2\n"))
    assert wrong_value("podwright_wait_for", "raedy")[1] == "did you mean `ready`?"
    assert "put it in quotes" in wrong_value("podwright_kubernetes_version", 1.3)[1]


def test_silenced_rules_are_sorted():
    assert silenced_rules({"b": "x", "a": "y"}) == silenced_rules(["b", "a", 1]) == ("a", "b")
    assert silenced_rules(None) == ()
