"""Lays out the answers of the lab's API for a terminal: columns as kubectl's, and a description with its events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_GAP = "   "


def columns(
    definitions: Sequence[Mapping[str, Any]],
    rows: Iterable[Mapping[str, Any]],
    *,
    wide: bool,
    namespaces: bool,
) -> list[str]:
    """The lines of a Table, header first; columns of priority above 0 are for `wide` only."""
    shown = [number for number, column in enumerate(definitions) if wide or not column.get("priority")]
    lines = [[str(definitions[number]["name"]).upper() for number in shown]]
    lines += [[_cell(row["cells"][number]) for number in shown] for row in rows]
    if namespaces:
        spaces = ["NAMESPACE", *(row["object"]["metadata"].get("namespace", "") for row in rows)]
        lines = [[space, *line] for space, line in zip(spaces, lines, strict=True)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _cell(value: object) -> str:
    return "<none>" if value in (None, "") else str(value)


def describe(found: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> str:
    """Name, labels, annotations, state and events of one object, as text."""
    return "\n".join((*_identity(found), *_state(found), *_events(events), ""))


def _identity(found: Mapping[str, Any]) -> Iterator[str]:
    metadata = found["metadata"]
    yield f"Name:         {metadata['name']}"
    if "namespace" in metadata:
        yield f"Namespace:    {metadata['namespace']}"
    if node := found.get("spec", {}).get("nodeName"):
        yield f"Node:         {node}"
    for title in ("labels", "annotations"):
        pairs = sorted((metadata.get(title) or {}).items())
        yield f"{title.title()}:" + ("" if pairs else " <none>")
        yield from (f"  {name}: {value}" for name, value in pairs)
    for owner in metadata.get("ownerReferences") or ():
        yield f"Controlled By: {owner['kind']}/{owner['name']}"


def _state(found: Mapping[str, Any]) -> Iterator[str]:
    status = found.get("status") or {}
    if phase := status.get("phase"):
        yield f"Status:       {phase}"
    for container in status.get("containerStatuses") or ():
        yield f"Container {container['name']}:"
        yield f"  Image:         {container.get('image', '')}"
        for state, details in (container.get("state") or {}).items():
            reason = details.get("reason") or details.get("startedAt") or ""
            yield f"  State:         {state} {reason}".rstrip()
        yield f"  Ready:         {container.get('ready', False)}"
        yield f"  Restart Count: {container.get('restartCount', 0)}"
    conditions = status.get("conditions") or ()
    if conditions:
        yield "Conditions:"
        yield from (f"  {condition['type']}: {condition['status']}" for condition in conditions)


def _events(events: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "Events:" + ("" if events else " <none>")
    for event in events:
        yield f"  {event.get('type', '')}  {event.get('reason', '')}  {event.get('message', '')}"
