"""Earlier drift checks: reads what `drift check -o json` wrote, and keeps each check's own last one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from podwright.plan.drift_history import Before, NodeBefore, Scope, Seen
from podwright.state.private_files import state_folder, write_file

MAX_BYTES = 64 << 20
#: checks of other sites or with other options
MAX_KEPT = 100


def last_check_file(home: Path, asked: Iterable[str]) -> Path:
    """Where the last check that was asked the same is kept; what makes a check the same is in `asked`."""
    name = hashlib.sha256("\0".join(asked).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return state_folder(home) / "drift" / f"{name}.json"


def keep_check(path: Path, text: str) -> None:
    """Raises OSError."""
    write_file(path, text)
    kept = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in kept[MAX_KEPT:]:
        old.unlink(missing_ok=True)


def read_check(path: Path) -> Before:
    """Raises OSError, and ValueError if it is not a report of a check."""
    with path.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES >> 20} MiB")
    try:
        return _before(json.loads(content))
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError("it is not a report of `drift check -o json`") from error


def _before(document: Mapping[str, object]) -> Before:
    if document["kind"] != "DriftReport":
        raise KeyError("kind")
    scope = _mapping(document["scope"])
    return Before(
        _seconds(document["checkedAt"]),
        Scope(_texts(scope["only"]), _texts(scope["ignored"]), _text(scope["waitFor"]), scope["api"] is True),
        {_text(node["node"]): _node(node) for node in map(_mapping, _list(document["nodes"]))},
    )


def _node(node: Mapping[str, object]) -> NodeBefore:
    found = [_mapping(one) for name in ("findings", "excused", "unconfirmed") for one in _list(node[name])]
    unchecked = bool(_list(node["unchecked"]))
    containers = [_mapping(one) for one in _list(node["containers"])]
    return NodeBefore(
        tuple(map(_seen, found)),
        unchecked,
        {(_text(one["uid"]), _text(one["name"])): _count(one["restarts"]) for one in containers},
    )


def _seen(one: Mapping[str, object]) -> Seen:
    drift, subject, detail = (_text(one[name]) for name in ("drift", "subject", "detail"))
    return Seen(drift, subject, detail, _seconds(one["firstSeen"]), one["reported"] is True)


def _seconds(value: object) -> float:
    return datetime.fromisoformat(_text(value)).timestamp()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _count(value: object) -> int:
    if type(value) is not int:
        raise TypeError(value)
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return value
