"""Reads what is accepted of a node: waivers with a reason and an end, and files that others may put there."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date

from msgspec import Struct

from podwright.inventory.schema import faults, found_at, path_in_words
from podwright.inventory.structure import Source
from podwright.inventory.variable_types import Rule
from podwright.inventory.variables import EXPECTED_FILES, WAIVERS
from podwright.problem import Problem
from podwright.suggestion import did_you_mean

_SETTINGS = {
    "drift": "a kind of drift",
    "check": "the id of a check of nodes",
    "file": "the name of a file, or a pattern such as `kube-*.yaml`",
    "reason": "a text that gives the reason",
    "until": "a date such as `2027-01-31`",
}
_PATTERN: Rule = {"type": "string", "minlength": 1, "maxlength": 255, "regex": r"[^/\x00-\x1f\x7f]+\Z"}
_WRITE = "write `[{drift: KIND, file: NAME, reason: WHY, until: YYYY-MM-DD}]`; docs/drift.md lists the kinds"
_WRITE_CHECK = "write `[{check: ID, reason: WHY, until: YYYY-MM-DD}]`; docs/nodes.md lists the checks"
_WRITE_FILES = "write `[etcd.yaml, kube-*.yaml]`"


class Waiver(Struct, frozen=True):
    """What is accepted `until` the end of that day (`2027-01-31`): a kind of `drift`, of files that fit `file` or of all, or
    what a `check` of nodes finds; the other is empty."""

    drift: str
    reason: str
    until: str
    file: str = ""
    check: str = ""


def waiver_problems(
    source: Source,
    kinds: Collection[str] | None,
    checks: Callable[[], Collection[str]] | None = None,
) -> Iterator[Problem]:
    """What is wrong with `podwright_waivers`, each where it is written; with `kinds` of drift None any may be named.

    `checks` gives the ids of checks, and is asked only if one is named.
    """
    written = _as_written(source.variables[WAIVERS])
    ids = checks() if checks and _names_checks(written) else ()
    for path, why in faults(_waivers_rule(kinds, ids), written):
        place, value = found_at(source, (WAIVERS, *path))
        shown, setting = path_in_words((WAIVERS, *path)), path[-1] if len(path) == 2 else ""
        write = _WRITE_CHECK if path and _names_checks([written[path[0]]]) else _WRITE  # type: ignore[index]
        if not path:
            yield Problem(f"`{WAIVERS}` is a list of waivers", _WRITE, place)
        elif "unknown" in why:
            hint = did_you_mean(
                str(setting), _SETTINGS, f"there are {', '.join(f'`{n}`' for n in _SETTINGS)}"
            )
            yield Problem(
                f"`{path_in_words((WAIVERS, *path[:1]))}` has no setting `{str(setting)[:60]}`", hint, place
            )
        elif "must not be present" in why:
            if setting == "drift":
                message = f"`{path_in_words((WAIVERS, *path[:1]))}` has both `drift` and `check`"
                yield Problem(message, "write a waiver for each", place)
        elif "required" in why:
            if setting == "check":
                continue  # one of the two is asked for, and the other is told
            yield Problem(f"`{path_in_words((WAIVERS, *path[:1]))}` has no `{setting}`", write, place)
        elif not setting:
            yield Problem(f"`{shown}` is not a waiver", _WRITE, place)
        else:
            hint = write
            if setting in ("drift", "check"):
                known = kinds or () if setting == "drift" else ids
                otherwise = _WRITE if setting == "drift" else _WRITE_CHECK
                hint = did_you_mean(str(value), known, otherwise, of_words=True)
            yield Problem(f"`{shown}` is {_SETTINGS[str(setting)]}, not `{str(value)[:60]}`", hint, place)


def expected_problems(source: Source) -> Iterator[Problem]:
    """What is wrong with `podwright_expected_files`, each where it is written."""
    rule: Rule = {"type": "list", "schema": _PATTERN}
    for path, _why in faults(rule, source.variables[EXPECTED_FILES]):
        place, _value = found_at(source, (EXPECTED_FILES, *path))
        what = "the name of a file, or a pattern of names" if path else "a list of names of files"
        yield Problem(f"`{path_in_words((EXPECTED_FILES, *path))}` is not {what}", _WRITE_FILES, place)


def waivers(value: object) -> tuple[Waiver, ...]:
    """What a value of `podwright_waivers` says; nothing if anything is wrong with it."""
    written = _as_written(value)
    if not isinstance(written, list) or next(faults(_waivers_rule(None), written), None):
        return ()
    return tuple(Waiver(**{"drift": "", **entry}) for entry in written)


def expected_files(value: object) -> tuple[str, ...]:
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()


def _names_checks(written: object) -> bool:
    return isinstance(written, list) and any(isinstance(one, dict) and "check" in one for one in written)


def _waivers_rule(kinds: Collection[str] | None, ids: Collection[str] = ()) -> Rule:
    """Exactly one of `drift` and `check`: both are required, and each excludes the other."""
    drift: Rule = {"type": "string", "required": True, "excludes": "check"}
    check: Rule = {"type": "string", "required": True, "excludes": "drift"}
    if kinds:
        drift["allowed"] = list(kinds)
    if ids:
        check["allowed"] = list(ids)
    reason: Rule = {"type": "string", "required": True, "maxlength": 1000, "regex": r"[\s\S]*\S[\s\S]*"}
    until: Rule = {"type": "string", "required": True, "check_with": _is_date}
    schema: Rule = {"drift": drift, "check": check, "reason": reason, "until": until, "file": _PATTERN}
    return {"type": "list", "schema": {"type": "dict", "schema": schema}}


def _is_date(_field: object, value: object, error: Callable[[object, str], None]) -> None:
    try:
        known = re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)) and date.fromisoformat(str(value))
    except ValueError:
        known = None
    if not known:
        error(_field, "no date")


def _as_written(value: object) -> object:
    """YAML reads a date as one."""
    if not isinstance(value, list):
        return value
    return [
        {key: str(said) if isinstance(said, date) else said for key, said in entry.items()}
        if isinstance(entry, dict)
        else entry
        for entry in value
    ]
