"""Facts of machines: as rows of a table, those that machines share once; and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from podwright.errors import UsageError
from podwright.plan.fact_values import camel, plain
from podwright.plan.facts import Facts, Sysctl
from podwright.plan.kubelet_state import Setting
from podwright.plan.unknown_fact import Unknown
from podwright.reports.documents import nodes_document
from podwright.suggestion import closest
from podwright.text import abbreviated

if TYPE_CHECKING:
    from podwright.operations.node_facts import NodeFacts
    from podwright.operations.report import Report


def facts_document(report: Report[NodeFacts], paths: tuple[str, ...] = ()) -> Mapping[str, object]:
    """All facts, or `parts` by the names that were asked for. Raises UsageError for one that is not there."""
    return nodes_document(
        report,
        lambda result: {
            "status": str(result.status),
            **_of_node(result.value.facts, paths),
        },
    )


def _of_node(facts: Facts | None, paths: tuple[str, ...]) -> Mapping[str, object]:
    if not paths:
        return {"facts": None if facts is None else plain(facts)}
    return {"parts": {} if facts is None else {path: part(plain(facts), path) for path in paths}}


def part(document: object, path: str, above: str = "") -> object:
    """What a name such as `kubelet.config` stands for, `above` being what led here; keys may have dots themselves.

    Raises UsageError.
    """
    if not path:
        return document
    if not isinstance(document, Mapping):
        raise UsageError(f"there is no fact below `{path}`", "leave FACT out to see all of them")
    if path in document:
        return document[path]
    for key in sorted(document, key=len, reverse=True):
        if path.startswith(f"{key}."):
            return part(document[key], path.removeprefix(f"{key}."), f"{above}{key}.")
    below = {key: value for key, value in document.items() if key.startswith(f"{path}.")}
    if not below:
        near = closest(path, document)
        others = (
            f"there are {', '.join(list(document)[:30])}" if document else f"nothing is in `{above[:-1]}`"
        )
        hint = f"did you mean `{above}{near}`?" if near else others
        raise UsageError(f"there is no fact `{above}{path}`", hint)
    return below


def is_fact(path: str) -> bool:
    """Whether the first part of a name is that of a fact."""
    return path.partition(".")[0] in map(camel, Facts.__struct_fields__)


def fact_rows(report: Report[NodeFacts], paths: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """A row a fact and value; nodes that have it alike stand together."""
    nodes: dict[tuple[str, str], list[str]] = {}
    for result in report.nodes:
        if result.value.facts is not None:
            for row in _chosen(result.value.facts, paths):
                nodes.setdefault(row, []).append(result.node)
    if not nodes:
        return []
    shown = sum(result.value.facts is not None for result in report.nodes)
    order = {fact: at for at, fact in enumerate(dict.fromkeys(fact for fact, _ in nodes))}
    rows = sorted(nodes, key=lambda row: order[row[0]])
    return [("NODE", "FACT", "VALUE"), *((_nodes(nodes[row], shown), *row) for row in rows)]


def _nodes(names: list[str], shown: int) -> str:
    return f"all {shown} nodes" if len(names) == shown > 1 else abbreviated(names)


def _chosen(facts: Facts, paths: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    rows = tuple(_rows("", facts))
    for path in paths:
        if not any(_below(fact, path) for fact, _ in rows):
            part(plain(facts), path)
    return (row for row in rows if not paths or any(_below(row[0], path) for path in paths))


def _below(fact: str, path: str) -> bool:
    return fact == path or fact.startswith((f"{path}.", f"{path}["))


def _rows(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _rows(f"{name}.{key}", item)
    elif isinstance(value, tuple) and value and all(isinstance(item, Struct) for item in value):
        for item in value:
            first, *others = _named(item)
            yield f"{name}[{_words(first[1])}]", ", ".join(f"{key} {_words(entry)}" for key, entry in others)
    elif isinstance(value, Struct) and not isinstance(value, Unknown | Setting | Sysctl):
        for key, item in _named(value):
            yield from _rows(f"{name}.{key}" if name else key, item)
    else:
        yield name, _words(value)


def _named(value: Struct) -> list[tuple[str, object]]:
    return [(camel(name), item) for name, item in asdict(value).items()]


def _words(value: object) -> str:
    """One value for a person."""
    match value:
        case Unknown():
            return f"? ({value.reason})"
        case Setting():
            return f"{_words(value.value)} ({value.source})"
        case Sysctl():
            return _sysctl(value)
        case bool():
            return "yes" if value else "no"
        case tuple() | list():
            return ", ".join(map(_words, value)) or "none"
        case Mapping():
            return ", ".join(f"{key}={_words(item)}" for key, item in value.items()) or "none"
        case None | "":
            return "-"
        case Struct():
            return ", ".join(f"{key} {_words(item)}" for key, item in _named(value))
    return str(value)


def _sysctl(fact: Sysctl) -> str:
    if isinstance(fact.at_boot, Unknown):
        boot = fact.at_boot.reason
    else:
        again = "again" if fact.lasts is True else _words(fact.at_boot)
        boot = f"at boot {again} by {fact.winner}"
    return "; ".join((_words(fact.value), boot, *fact.overridden_by))
