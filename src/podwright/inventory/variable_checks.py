"""Finds what is wrong with the variables of an inventory, each where it is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from msgspec import Struct, field

from podwright.expressions.inventory_text import is_expression
from podwright.inventory.guards import guard_problems
from podwright.inventory.rollout_settings_reader import rollout_problems
from podwright.inventory.schema import Schema
from podwright.inventory.ssh_arguments import SUPPORTED, read_ssh_arguments
from podwright.inventory.structure import Source
from podwright.inventory.variables import (
    CONNECTION_VARIABLES,
    EXPECTED_FILES,
    GUARD,
    HOST_KEY_CHECKING,
    LISTS,
    NODE,
    ROLLOUT,
    SILENCED_RULES,
    SSH_ARGUMENTS,
    STATIC_PODS,
    UNUSED_VARIABLES,
    VARIABLES,
    WAIVERS,
)
from podwright.inventory.waivers import expected_problems, waiver_problems
from podwright.inventory.yaml_scalars import LITERAL_HINT, QUOTE_HINT
from podwright.problem import Problem
from podwright.suggestion import closest, did_you_mean

_OF_CONNECTIONS = frozenset(variable.name for variable in CONNECTION_VARIABLES)
_OURS = (*(name for name in VARIABLES if name.startswith("podwright_")), *LISTS, NODE)


class Checks(Struct):
    """Checks every mapping of variables once, however many nodes it serves.

    `rules` are the ids that may be silenced, `drifts` the kinds that may be waived, `node_checks` too; None takes any.
    What is wrong `of_connections` is an obstacle to whoever connects to such a host, what is wrong
    `of_waivers` (and files that others may put there) to checks, and to nobody else.
    """

    rules: Collection[str] | None
    drifts: Collection[str] | None = None
    node_checks: Callable[[], Collection[str]] | None = None
    schema: Schema = field(default_factory=Schema)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    of_connections: list[Problem] = field(default_factory=list)
    of_waivers: list[Problem] = field(default_factory=list)
    _wrong: dict[tuple[str, int], Problem] = field(default_factory=dict)

    def check(self, sources: Iterable[Source]) -> None:
        for source in sources:
            self._check_known(source)
            for name in source.variables:
                self._check_name(source, name)

    def wrong(self, name: str, value: object) -> Problem | None:
        """What is wrong with a value of a source, if anything."""
        return self._wrong.get((name, id(value)))

    def _check_known(self, source: Source) -> None:
        known = {
            name: value
            for name, value in source.variables.items()
            if isinstance(name, str) and name in VARIABLES and value is not None and not is_expression(value)
        }
        shown = (
            {name: _as_text(name, value) for name, value in known.items()}
            if source.document.literal
            else known
        )
        for name in self.schema.wrong(shown) if known else ():
            place = source.document.value_place(source.variables, name)
            message, hint = wrong_value(name, known[name])
            literal = source.document.literal and hint == QUOTE_HINT
            problem = Problem(message, LITERAL_HINT if literal else hint, place)
            self._wrong[name, id(known[name])] = problem
            (self.of_connections if name in _OF_CONNECTIONS else self.problems).append(problem)

    def _check_name(self, source: Source, name: object) -> None:
        if not isinstance(name, str):
            place = source.document.key_place(source.variables, name)
            self.warnings.append(
                Problem(f"no template can use a variable called `{name}`", QUOTE_HINT, place)
            )
        elif name == SILENCED_RULES:
            self._check_silenced_rules(source)
        elif name == WAIVERS:
            self.of_waivers += waiver_problems(source, self.drifts, self.node_checks)
        elif name == EXPECTED_FILES:
            self.of_waivers += expected_problems(source)
        elif name == ROLLOUT:
            self.problems += rollout_problems(source)
        elif name == GUARD:
            self.problems += guard_problems(source)
        elif name.startswith("podwright_") and name != NODE:
            if name not in VARIABLES:
                hint = did_you_mean(name, _OURS, f"there are {', '.join(f'`{ours}`' for ours in _OURS)}")
                self._key_problem(source, name, f"podwright has no variable `{name}`", hint)
        elif name.startswith("static") and name != STATIC_PODS:
            if closest(name, [STATIC_PODS]):
                hint = f"did you mean `{STATIC_PODS}`?"
                self._key_problem(source, name, f"podwright has no variable `{name}`", hint)
        elif name in SSH_ARGUMENTS:
            self._check_ssh_arguments(source, name)
        elif name in UNUSED_VARIABLES and not _says_nothing(name, source.variables[name]):
            place = source.document.key_place(source.variables, name)
            self.warnings.append(Problem(f"`{name}` is not used", UNUSED_VARIABLES[name], place))

    def _check_silenced_rules(self, source: Source) -> None:
        value = source.variables[SILENCED_RULES]
        hint = "write `[RULE]`, or `{RULE: why it does not matter here}`; docs/rules.md lists the rules"
        if not isinstance(value, dict | list):
            message = f"`{SILENCED_RULES}` is a list of rules, or a mapping of rules to reasons"
            self._value_problem(source, SILENCED_RULES, message, hint)
            return
        for rule in value:
            reason = value[rule] if isinstance(value, dict) else "-"
            if not isinstance(rule, str):
                self._value_problem(
                    source, SILENCED_RULES, f"`{SILENCED_RULES}` names a rule that is not text", hint
                )
            elif not isinstance(reason, str) or not reason.strip():
                self._value_problem(
                    source, SILENCED_RULES, f"`{SILENCED_RULES}` gives no reason for `{rule}`", hint
                )
            elif self.rules is not None and rule not in self.rules:
                message = f"there is no rule `{rule[:60]}` that can be silenced"
                near = did_you_mean(rule, self.rules, "docs/rules.md lists the rules")
                self._value_problem(source, SILENCED_RULES, message, near)

    def _check_ssh_arguments(self, source: Source, name: str) -> None:
        value = source.variables[name]
        if value is None or is_expression(value):
            return
        try:
            ignored = read_ssh_arguments(value).ignored if isinstance(value, str) else None
        except ValueError as error:
            self._value_problem(source, name, f"`{name}` cannot be read: {error}", "write it as for ssh")
            return
        if ignored is None:
            self._value_problem(source, name, f"`{name}` is not a text", "write it as for ssh")
        elif ignored:
            hint = f"write it into ~/.ssh/config; here {', '.join(SUPPORTED)} count"
            place = source.document.value_place(source.variables, name)
            message = f"`{name}`: {', '.join(f'`{option[:60]}`' for option in ignored)} is not used"
            self.warnings.append(Problem(message, hint, place))

    def _key_problem(self, source: Source, name: object, message: str, hint: str) -> None:
        self.problems.append(Problem(message, hint, source.document.key_place(source.variables, name)))

    def _value_problem(self, source: Source, name: str, message: str, hint: str) -> None:
        self.problems.append(Problem(message, hint, source.document.value_place(source.variables, name)))


def wrong_value(name: str, value: object) -> tuple[str, str]:
    """Return message and hint for a value that does not fit; one that is secret is not shown."""
    kind = VARIABLES[name].kind
    is_scalar = isinstance(value, str | int | float)
    shown = f", not `{str(value)[:60]}`" if is_scalar and not kind.secret else ""
    message = f"`{name}` is {'not ' if kind.secret else ''}{kind.expected}{shown}"
    if kind.rule["type"] == "string" and isinstance(value, bool | int | float):
        return message, QUOTE_HINT
    return message, did_you_mean(str(value), kind.rule.get("allowed", ()))


def _as_text(name: str, value: object) -> object:
    """A number that was written as it is shown may be a password or the name of a user."""
    is_text = VARIABLES[name].kind.rule["type"] == "string"
    return str(value) if is_text and isinstance(value, int) and not isinstance(value, bool) else value


def silenced_rules(value: object) -> tuple[str, ...]:
    """The rules that a value of `podwright_silenced_rules` silences, sorted."""
    rules = value if isinstance(value, list | dict) else ()
    return tuple(sorted(rule for rule in rules if isinstance(rule, str)))


def _says_nothing(name: str, value: object) -> bool:
    """Nothing, or what podwright does anyway."""
    agrees = name in HOST_KEY_CHECKING and str(value).lower() in {"true", "yes", "on", "1"}
    return agrees or value is None or value == ""
