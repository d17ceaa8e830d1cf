"""Reads `podwright_rollout`: how the nodes of a group, or the nodes that a manifest changes on, are changed."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.rollout_settings import HOOK_SECONDS, Hook, OnFailure, Scope, Strategy
from podwright.inventory.schema import faults, found_at, path_in_words
from podwright.inventory.structure import Source
from podwright.inventory.variable_types import BOOLEAN, DURATION, Rule
from podwright.inventory.variables import ROLLOUT
from podwright.problem import Problem
from podwright.suggestion import did_you_mean

_NAME: Rule = {"type": "string", "minlength": 1, "maxlength": 253, "regex": r"[^\s\x00-\x1f\x7f]+\Z"}
_SHARE: Rule = {"type": "string", "regex": r"[0-9]{1,9}%?\Z"}
_SIZE: Rule = {"type": "string", "regex": r"0{0,8}[1-9][0-9]{0,8}%?\Z"}
_WORDS: Rule = {
    "type": "list",
    "minlength": 1,
    "maxlength": 100,
    "schema": {"type": "string", "maxlength": 4096, "regex": r"[^\x00]*\Z"},
}
_AROUND: Rule = {"type": "dict", "schema": {"before": _WORDS, "after": _WORDS}}
_RULE: Rule = {
    "type": "dict",
    "schema": {
        "batch": {"type": "list", "minlength": 1, "maxlength": 100, "schema": _SIZE},
        "canary": {"type": "list", "minlength": 1, "schema": _NAME},
        "order": {"type": "list", "minlength": 1, "schema": _NAME},
        "soak": DURATION.rule,
        "max_fail": _SHARE,
        "pause": BOOLEAN.rule,
        "on_failure": {"type": "string", "allowed": [str(one) for one in OnFailure]},
        "hooks": {
            "type": "dict",
            "schema": {**{str(scope): _AROUND for scope in Scope}, "deadline": DURATION.rule},
        },
    },
}
_WHAT = {
    "batch": "a list of numbers and percentages, such as `[1, 5, 20%]`",
    "canary": "a node, a group, a list of them, or how many nodes",
    "order": "a list of nodes and groups",
    "soak": DURATION.expected,
    "max_fail": "a number or a percentage, such as `3` or `25%`",
    "pause": BOOLEAN.expected,
    "on_failure": f"one of {', '.join(f'`{one}`' for one in OnFailure)}",
    "hooks": "a mapping such as `{node: {before: [./drain, now], after: [./undrain]}, deadline: 60s}`",
}
_HINT = "docs/rollouts.md has the settings and an example"


def rollout_problems(source: Source, *path: object) -> Iterator[Problem]:
    """What is wrong with the strategy at this path of a source's variables, each where it is written."""
    path = path or (ROLLOUT,)
    _, value = found_at(source, path)
    for below, why in faults(_RULE, _as_checked(value)):
        place, wrong = found_at(source, (*path, *below))
        shown, setting = path_in_words((*path, *below)), str(below[0]) if below else ""
        if "unknown" in why:
            known = (
                _WHAT if len(below) == 1 else (*Scope, "deadline") if len(below) == 2 else ("before", "after")
            )
            hint = did_you_mean(str(below[-1]), known, f"there are {', '.join(f'`{one}`' for one in known)}")
            yield Problem(
                f"`{path_in_words((*path, *below[:-1]))}` has no setting `{str(below[-1])[:60]}`", hint, place
            )
        elif not below:
            yield Problem(f"`{shown}` is a mapping", _HINT, place)
        else:
            said = f", not `{str(wrong)[:60]}`" if isinstance(wrong, str | int | float) else ""
            hint = did_you_mean(str(wrong), tuple(OnFailure), _HINT) if setting == "on_failure" else _HINT
            yield Problem(f"`{path_in_words((*path, setting))}` is {_WHAT[setting]}{said}", hint, place)


def strategy(value: object) -> Strategy | None:
    """What a value says; None if anything is wrong with it."""
    said = _as_checked(value)
    if not isinstance(said, dict) or next(faults(_RULE, said), None):
        return None
    canary = said.get("canary")
    counted = canary is not None and len(canary) == 1 and canary[0].isdecimal()
    return Strategy(
        batch=_amounts(said["batch"]) if "batch" in said else None,
        canary=tuple(canary) if canary and not counted else None,
        canary_count=int(canary[0]) if canary and counted else None,
        order=tuple(said["order"]) if "order" in said else None,
        soak=said.get("soak"),
        max_fail=Amount.read(said["max_fail"]) if "max_fail" in said else None,
        pause=said.get("pause"),
        on_failure=OnFailure(said["on_failure"]) if "on_failure" in said else None,
        hooks=tuple(_hooks(said.get("hooks", {}))),
    )


def _hooks(said: dict[str, dict[str, list[str]]]) -> Iterator[Hook]:
    seconds = said.get("deadline", HOOK_SECONDS)
    for scope in Scope:
        for when, words in said.get(scope, {}).items():
            yield Hook(scope, when == "before", tuple(words), float(seconds))  # type: ignore[arg-type]


def _amounts(texts: list[str]) -> tuple[Amount, ...]:
    return tuple(amount for text in texts if (amount := Amount.read(text)))


def _as_checked(value: object) -> object:
    """One value may stand for a list of it, and a number for its text."""
    if not isinstance(value, dict):
        return value
    said = {**value}
    for name in ("batch", "canary", "order"):
        if name in said:
            listed = said[name] if isinstance(said[name], list) else [said[name]]
            said[name] = [_text(one) for one in listed]
    for name, convert in (("soak", DURATION.convert), ("pause", BOOLEAN.convert), ("max_fail", _text)):
        if name in said:
            said[name] = convert(said[name])
    hooks = said.get("hooks")
    if isinstance(hooks, dict) and "deadline" in hooks:
        said["hooks"] = {**hooks, "deadline": DURATION.convert(hooks["deadline"])}
    return said


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
