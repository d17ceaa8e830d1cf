"""Objects as the tables that `kubectl get` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from podwright_lab.api import columns
from podwright_lab.api.kinds import Kind
from podwright_lab.api.messages import Request
from podwright_lab.api.objects import Object, as_json
from podwright_lab.api.watching import WatchEvent


def wanted(accept: str) -> bool:
    """Whether a client takes tables; of those that do, each names them first."""
    return any("as=Table" in kind and "g=meta.k8s.io" in kind for kind in accept.split(","))


def table(
    kind: Kind,
    items: tuple[Object, ...],
    metadata: Object,
    now: datetime,
    query: Mapping[str, str],
    *,
    headed: bool = True,
) -> Object:
    """Rows in the items' order; `includeObject` decides how much of each object goes along."""
    include = query.get("includeObject", "Metadata")
    head = [column.definition() for column in columns.of(kind)] if headed else []
    rows = [{"cells": columns.cells(kind, item, now), "object": _included(item, include)} for item in items]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": head,
        "rows": rows,
    }


def _included(item: Object, include: str) -> Object | None:
    if include == "Object":
        return item
    if include == "None":
        return None
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": item["metadata"]}


def watch_encoder(
    kind: Kind, now: Callable[[], datetime], request: Request
) -> Callable[[WatchEvent], bytes] | None:
    """Return what makes a line of each event for a client that wants tables, `None` for one that does not.

    Only the first event carries the columns, as the API server has it.
    """
    if not wanted(request.accept):
        return None
    headed = True

    def line(event: WatchEvent) -> bytes:
        nonlocal headed
        items = () if event.type == "BOOKMARK" else (event.object,)
        metadata = {"resourceVersion": event.object["metadata"]["resourceVersion"]}
        content = table(kind, items, metadata, now(), request.query, headed=headed)
        headed = False
        return as_json({"type": event.type, "object": content}) + b"\n"

    return line
