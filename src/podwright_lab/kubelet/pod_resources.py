"""What a pod and its containers were granted, as their statuses show it (`component-helpers/resource/helpers.go`).

A lab grants what the manifest asks for.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

from podwright_lab.api.api_error import Object
from podwright_lab.api.quantity import parse_quantity, written_like


def granted_to_container(spec: Object) -> Object:
    """The fields `resources` and, if anything was asked for, `allocatedResources` of a container's status."""
    asked = spec.get("resources") or {}
    resources = {kind: dict(asked[kind]) for kind in ("limits", "requests") if asked.get(kind)}
    return _fields(resources)


def granted_to_pod(spec: Object) -> Object:
    """The same fields of the pod's status."""
    resources = {kind: total for kind in ("limits", "requests") if (total := _total(spec, kind))}
    return _fields(resources)


def _fields(resources: Object) -> Object:
    requests = resources.get("requests")
    return ({"allocatedResources": dict(requests)} if requests else {}) | {"resources": resources}


def _total(spec: Object, kind: str) -> Object:
    """The containers' sum, or what the largest init container takes beside the sidecars begun before it."""
    running: dict[str, Fraction] = {}
    highest: dict[str, Fraction] = {}
    texts: dict[str, str] = {}
    for container in spec.get("initContainers") or ():
        asked = _asked(container, kind, texts)
        beside = _each(operator.add, running, asked)
        highest = _each(max, highest, beside)
        if container.get("restartPolicy") == "Always":
            running = beside
    for container in spec["containers"]:
        running = _each(operator.add, running, _asked(container, kind, texts))
    return {
        name: written_like(texts[name], value) for name, value in sorted(_each(max, running, highest).items())
    }


def _asked(container: Object, kind: str, texts: dict[str, str]) -> dict[str, Fraction]:
    """By resource; `texts` gets how each was first written."""
    asked = (container.get("resources") or {}).get(kind) or {}
    for name, text in asked.items():
        texts.setdefault(name, str(text))
    return {name: parse_quantity(text) for name, text in asked.items()}


def _each(
    combine: Callable[[Fraction, Fraction], Fraction], one: dict[str, Fraction], other: dict[str, Fraction]
) -> dict[str, Fraction]:
    nothing = Fraction(0)
    return {
        name: combine(one.get(name, nothing), other.get(name, nothing)) for name in one.keys() | other.keys()
    }
