"""Reads the variable `static_pods`: which templates run on a node, and which must not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from podwright.inventory.node import StaticPod
from podwright.inventory.structure import Source
from podwright.inventory.variables import STATIC_PODS
from podwright.problem import Place, Problem
from podwright.suggestion import did_you_mean

TEMPLATE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
_STATES = {"present": True, "absent": False}


class StaticPods:
    """What each value of `static_pods` says; it is read once, and merged by the keys of its layers."""

    def __init__(self, sources: Iterable[Source], problems: list[Problem]) -> None:
        # by the identity of the value: layers hold the very values of their sources
        self._said = {
            id(source.variables[STATIC_PODS]): _read(source, problems)
            for source in sources
            if STATIC_PODS in source.variables
        }

    def merged(self, layers: Iterable[Mapping[Any, object]], below: Mapping[str, bool]) -> dict[str, bool]:
        """Return which templates are present after these layers, the later winning name by name."""
        merged = dict(below)
        for layer in layers:
            merged.update(self._said.get(id(layer.get(STATIC_PODS)), {}))
        return merged


def as_pods(merged: Mapping[str, bool]) -> tuple[StaticPod, ...]:
    return tuple(StaticPod(name, present) for name, present in merged.items())


def as_variable(merged: Mapping[str, bool]) -> dict[str, object]:
    """The value that templates see."""
    return {name: "present" if present else "absent" for name, present in merged.items()}


def _read(source: Source, problems: list[Problem]) -> dict[str, bool]:
    value = source.variables[STATIC_PODS]
    found: dict[str, bool] = {}
    if value is not None and not isinstance(value, list | dict):
        place = source.document.value_place(source.variables, STATIC_PODS)
        hint = "write `static_pods: [haproxy]` or `static_pods: {haproxy: present}`; templates are not rendered here"
        problems.append(Problem("`static_pods` is a list or a mapping of template names", hint, place))
    for name, state, name_place, state_place in _entries(source, value):
        if not isinstance(name, str) or not TEMPLATE_NAME.fullmatch(name):
            hint = "the name of the file below the templates folder, without `.yaml.j2`"
            message = f"`{str(name)[:60]}` cannot be the name of a template"
            problems.append(Problem(message, hint, name_place))
        elif state not in ("present", "absent"):
            hint = did_you_mean(str(state), _STATES, "write `present` or `absent`")
            message = f"`static_pods.{name}` is neither `present` nor `absent`"
            problems.append(Problem(message, hint, state_place))
        else:
            found[name] = _STATES[str(state)]
    return found


def _entries(source: Source, value: object) -> Iterator[tuple[object, object, Place, Place]]:
    document = source.document
    if isinstance(value, list):
        for index, name in enumerate(value):
            place = document.value_place(value, index)
            yield name, "present", place, place
    elif isinstance(value, dict):
        for name, state in value.items():
            yield name, state, document.key_place(value, name), document.value_place(value, name)
