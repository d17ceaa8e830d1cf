"""Reads the variables that mean something to podwright on one node, and evaluates those that are expressions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from podwright.expressions.errors import ExpressionError
from podwright.expressions.inventory_text import is_expression
from podwright.expressions.site_variables import SiteVariables
from podwright.inventory.guards import read_guard
from podwright.inventory.node import NodeSettings
from podwright.inventory.rollout_settings_reader import strategy
from podwright.inventory.structure import Source
from podwright.inventory.variable_checks import Checks, silenced_rules, wrong_value
from podwright.inventory.variables import (
    COMMON_VERSION,
    EXPECTED_FILES,
    GUARD,
    ROLLOUT,
    SETTINGS_VARIABLES,
    SILENCED_RULES,
    VARIABLES,
    WAIVERS,
    Variable,
)
from podwright.inventory.waivers import expected_files, waivers
from podwright.problem import Place, Problem

if TYPE_CHECKING:
    from podwright.expressions.evaluation import Evaluator

_SAYS_NOTHING = NodeSettings()


class SettingsReader:
    """Reads one node's variables after another's; equal settings are one value."""

    def __init__(self, site: SiteVariables, checks: Checks, sources: Iterable[Source]) -> None:
        self._site = site
        self._checks = checks
        self._sources = sources
        self._evaluator: Evaluator | None = None

    def settings(self, node: str) -> NodeSettings:
        """Return the settings of podwright itself; what is wrong goes to the problems of the checks."""
        variables = self._site.variables[node]
        problems: list[Problem] = []
        fields = self.fields(node, SETTINGS_VARIABLES, problems)
        self._checks.problems += problems
        if silenced := silenced_rules(variables.get(SILENCED_RULES)):
            fields["silenced_rules"] = silenced
        if WAIVERS in variables:
            fields["waivers"] = waivers(variables[WAIVERS])
        if EXPECTED_FILES in variables:
            fields["expected_files"] = expected_files(variables[EXPECTED_FILES])
        if ROLLOUT in variables:
            fields["rollout"] = strategy(variables[ROLLOUT])
        if GUARD in variables:
            fields["guard"] = read_guard(variables[GUARD])
        common = variables.get(COMMON_VERSION)
        if isinstance(common, str) and not self._checks.schema.wrong(
            {"podwright_kubernetes_version": common}
        ):
            fields.setdefault("kubernetes_version", common)
        return NodeSettings(**fields) if fields else _SAYS_NOTHING

    def fields(self, node: str, known: Iterable[Variable], problems: list[Problem]) -> dict[str, Any]:
        """Return the values of these variables, by the names of their fields."""
        fields: dict[str, Any] = {}
        said = self._site.variables[node]
        for variable in known:
            if variable.name not in said:
                continue  # most of them, on each of many nodes
            value = self.value(node, variable.name, problems)
            wrong = self._checks.wrong(variable.name, value)
            if wrong is not None:
                problems.append(wrong)
            elif value is not None:
                fields[variable.field] = variable.kind.convert(value)
        return fields

    def says(self, node: str, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of `names` that the inventory has for `node`."""
        said = self._site.variables[node]
        return tuple(name for name in names if name in said)

    def value(self, node: str, name: str, problems: list[Problem]) -> object:
        """Return the value of a variable, evaluated and checked if it is an expression; None when there is none."""
        written = self._site.variables[node].get(name)
        if not is_expression(written):
            return written
        try:
            value = self._evaluated(node, name)
        except ExpressionError as error:
            place = error.place or self.place(name, written)
            problems.append(Problem(f"`{name}`: {error.message}", error.hint, place, node))
            return None
        if value is not None and name in VARIABLES and self._checks.schema.wrong({name: value}):
            problems.append(Problem(*wrong_value(name, value), self.place(name, written), node))
            return None
        return value

    def _evaluated(self, node: str, name: str) -> object:
        # an inventory without expressions pays for no jinja2
        from podwright.expressions.evaluation import Evaluator
        from podwright.expressions.scope import Evaluation, plain_value

        if self._evaluator is None:
            self._evaluator = Evaluator()
        return plain_value(Evaluation(self._site, self._evaluator).scope(node), name)

    def place(self, name: str, value: object) -> Place | None:
        """Where this very value is written; only asked for when something is wrong with it."""
        for source in self._sources:
            if source.variables.get(name) is value:
                return source.document.value_place(source.variables, name)
        return None
