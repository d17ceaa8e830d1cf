"""A node's variables are read once each, and evaluated only if they are expressions."""

from __future__ import annotations

from podwright.expressions.site_variables import SiteVariables
from podwright.inventory.node import NodeSettings
from podwright.inventory.settings_reader import SettingsReader
from podwright.inventory.variable_checks import Checks
from podwright.inventory.variables import SETTINGS_VARIABLES


def reader(**variables: object) -> SettingsReader:
    return SettingsReader(SiteVariables({"n": variables}), Checks(None), [])


def test_what_is_not_said_is_not_there():
    assert reader().settings("n") == NodeSettings()
    assert reader(podwright_hold=None).settings("n") == NodeSettings()


def test_values_and_expressions_are_converted():
    found = reader(
        podwright_hold="{{ pause }}", pause="1m", podwright_timeout=5, kubernetes_version="1.35"
    ).settings("n")
    assert (found.hold, found.timeout, found.kubernetes_version) == (60.0, 5.0, "1.35")


def test_a_value_that_cannot_be_evaluated_is_a_problem_of_the_node():
    problems: list = []
    fields = reader(podwright_hold="{{ nope }}", podwright_timeout="{{ 'x' }}").fields(
        "n", SETTINGS_VARIABLES, problems
    )
    assert fields == {}
    assert [str(problem) for problem in problems] == [
        "n: `podwright_timeout` is a number of seconds (or `90s`, `5m`, `1h`), not `x`",
        "n: `podwright_hold`: `nope` is undefined",
    ]


def test_an_expression_without_a_value_says_nothing():
    assert reader(podwright_hold="{{ none }}").settings("n") == NodeSettings()


def test_names_that_are_said():
    assert reader(a=1, b=2).says("n", ["b", "c", "a"]) == ("b", "a")
