"""The objects that every API server makes for itself when it starts."""

from __future__ import annotations

from collections.abc import Iterator

from podwright_lab.api.objects import Object

_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_PRIORITIES = (("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000))


def objects() -> Iterator[tuple[str, Object]]:
    """Each with the plural of its kind."""
    for name in _NAMESPACES:
        yield "namespaces", {"metadata": {"name": name}}
    for name, value in _PRIORITIES:
        body = {"metadata": {"name": name}, "value": value, "preemptionPolicy": "PreemptLowerPriority"}
        yield "priorityclasses", body
