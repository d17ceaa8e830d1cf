"""Finds everything wrong with the variables of an inventory, each where it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from podwright.inventory.groups import Source
from podwright.inventory.references import is_template
from podwright.inventory.scalars import QUOTE_HINT
from podwright.inventory.schema import (
    REFUSED_VARIABLES,
    SILENCED_RULES,
    SSH_CONNECTIONS,
    TEMPLATE_NAME,
    VARIABLES,
    Checker,
)
from podwright.problem import Place, Problem
from podwright.suggestion import did_you_mean

_OURS = (*(name for name in VARIABLES if name.startswith("podwright_")), SILENCED_RULES)
_WORDS = {"present": True, "absent": False}


def check_sources(sources: Iterable[Source], checker: Checker, problems: list[Problem]) -> None:
    """Check every mapping of variables once, however many nodes it serves."""
    sources = tuple(sources)
    known = VARIABLES.keys()
    checker.check_all(
        (name, source.variables[name])
        for source in sources
        for name in source.variables
        if isinstance(name, str) and name in known and not is_template(source.variables[name])
    )
    for source in sources:
        for name in source.variables:
            _check(source, name, checker, problems)


def _check(source: Source, name: object, checker: Checker, problems: list[Problem]) -> None:
    if not isinstance(name, str):
        place = source.document.key_place(source.variables, name)
        problems.append(Problem(f"`{name}` is no name of a variable", QUOTE_HINT, place))
    elif name in VARIABLES:
        _check_known(source, name, checker, problems)
    elif name == "static_pods":
        read_static_pods(source, problems)
    elif name == SILENCED_RULES:
        _check_silenced_rules(source, problems)
    elif name.startswith("podwright_"):
        place = source.document.key_place(source.variables, name)
        hint = did_you_mean(name, _OURS, f"there are {', '.join(f'`{ours}`' for ours in _OURS)}")
        problems.append(Problem(f"podwright has no variable `{name}`", hint, place))
    elif name.startswith("ansible_"):
        _check_ansible(source, name, problems)


def silenced_rules(value: object) -> tuple[str, ...]:
    """The rules that a value of `podwright_silenced_rules` silences, sorted; none where it is not of its form."""
    if not isinstance(value, dict) or any(_silence_problem(rule, reason) for rule, reason in value.items()):
        return ()
    return tuple(sorted(value))


def _silence_problem(rule: object, reason: object) -> str:
    if not isinstance(rule, str):
        return "names a rule that is no text"
    if not isinstance(reason, str) or not reason.strip():
        return f"gives no reason for `{rule}`"
    return ""


def _check_silenced_rules(source: Source, problems: list[Problem]) -> None:
    value = source.variables[SILENCED_RULES]
    place = source.document.value_place(source.variables, SILENCED_RULES)
    hint = "write `{RULE: why it does not matter here}`; docs/rules.md lists the rules"
    if not isinstance(value, dict):
        problems.append(Problem(f"`{SILENCED_RULES}` is a mapping of rules to reasons", hint, place))
        return
    for rule, reason in value.items():
        trouble = _silence_problem(rule, reason)
        if trouble:
            problems.append(Problem(f"`{SILENCED_RULES}` {trouble}", hint, place))


def _check_known(source: Source, name: str, checker: Checker, problems: list[Problem]) -> None:
    value = source.variables[name]
    if value is None or is_template(value) or checker.fits(name, value):
        return
    place = source.document.value_place(source.variables, name)
    problems.append(Problem(bad_value(name, value), value_hint(name, value), place))


def bad_value(name: str, value: object) -> str:
    """Say that a value does not fit, without showing it where it is a secret."""
    if VARIABLES[name].secret:
        return f"`{name}` is no single line of text"
    shown = f", not `{str(value)[:60]}`" if isinstance(value, str | int | float) else ""
    return f"`{name}` is {_expected(name)}{shown}"


def value_hint(name: str, value: object) -> str:
    variable = VARIABLES[name]
    if variable.rule["type"] == "string" and isinstance(value, bool | int | float):
        return QUOTE_HINT
    if "allowed" in variable.rule:
        return did_you_mean(str(value), variable.rule["allowed"])
    return ""


def _expected(name: str) -> str:
    rule: dict[str, Any] = VARIABLES[name].rule
    if "allowed" in rule:
        return "one of " + ", ".join(f"`{word}`" for word in rule["allowed"])
    return {
        "port": "a port from 1 to 65535",
        "seconds": "a number of seconds (or `90s`, `5m`, `1h`)",
        "boolean": "true or false",
        "folder": "an absolute path without `..`",
        "node name": "a lower-case DNS name",
        "version": "a Kubernetes version such as `1.36` or `1.36.2`, in quotes",
        "name": "a name without spaces that does not begin with `-`",
    }.get(VARIABLES[name].kind, "a text")


def _check_ansible(source: Source, name: str, problems: list[Problem]) -> None:
    value = source.variables[name]
    place = source.document.key_place(source.variables, name)
    if name == "ansible_connection" and not (isinstance(value, str) and value in SSH_CONNECTIONS):
        hint = "podwright speaks SSH only: remove it, or limit the run to the nodes that have sshd with `-l`"
        problems.append(Problem("`ansible_connection` is not `ssh`", hint, place))
    elif name == "ansible_become_method" and value != "sudo":
        hint = "podwright becomes another user with sudo only"
        problems.append(Problem("`ansible_become_method` is not `sudo`", hint, place))
    elif name in REFUSED_VARIABLES and not (value is None or value == "" or _harmless(name, value)):
        problems.append(Problem(f"`{name}` is not supported", REFUSED_VARIABLES[name], place))


def _harmless(name: str, value: object) -> bool:
    return name.endswith("host_key_checking") and str(value).lower() in {"true", "yes", "on", "1"}


def read_static_pods(source: Source, problems: list[Problem] | None = None) -> dict[str, bool]:
    """Return what one mapping of variables says about `static_pods`: template name to whether it should run."""
    problems = [] if problems is None else problems
    value = source.variables.get("static_pods")
    found: dict[str, bool] = {}
    for name, state, name_place, state_place in _static_pod_entries(source, value):
        if not isinstance(name, str) or not TEMPLATE_NAME.fullmatch(name):
            hint = "the name of the file below the templates folder, without `.yaml.j2`"
            problems.append(Problem(f"`{str(name)[:60]}` is no name of a template", hint, name_place))
        elif state not in ("present", "absent"):
            hint = did_you_mean(str(state), _WORDS, "write `present` or `absent`")
            problems.append(
                Problem(f"`static_pods.{name}` is neither `present` nor `absent`", hint, state_place)
            )
        else:
            found[name] = _WORDS[str(state)]
    if value is not None and not isinstance(value, list | dict):
        place = source.document.value_place(source.variables, "static_pods")
        hint = "write `static_pods: [haproxy]` or `static_pods: {haproxy: present}`; templates are not rendered here"
        problems.append(Problem("`static_pods` is a list or a mapping of template names", hint, place))
    return found


def _static_pod_entries(source: Source, value: object) -> Iterator[tuple[object, object, Place, Place]]:
    document = source.document
    if isinstance(value, list):
        for index, name in enumerate(value):
            place = document.value_place(value, index)
            yield name, "present", place, place
    elif isinstance(value, dict):
        for name, state in value.items():
            yield name, state, document.key_place(value, name), document.value_place(value, name)
