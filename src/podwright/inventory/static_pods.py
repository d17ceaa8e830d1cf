"""Reads the variable `static_pods`: which templates run on a node, once or in several instances, and which must not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from podwright.inventory.node import StaticPod
from podwright.inventory.pod_settings import NO_SETTINGS, SETTINGS, PodSettings, read_settings
from podwright.inventory.rollout_settings_reader import rollout_problems
from podwright.inventory.structure import Source
from podwright.inventory.variables import ROLLOUT, STATIC_PODS
from podwright.problem import Place, Problem
from podwright.suggestion import did_you_mean

TEMPLATE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
INSTANCE_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_STATES = {"present": True, "absent": False}
_WRITE = (
    "write `static_pods: [haproxy]` or `static_pods: {haproxy: present}`; templates are not rendered here"
)
_WRITE_INSTANCES = "write `vip: {instances: [{name: vip-a, vars: {…}}, …]}`"

#: what each template comes to: itself, or its instances
Pods = dict[str, tuple[StaticPod, ...]]


class StaticPods:
    """What each value of `static_pods` says; it is read once, and merged by the keys of its layers."""

    def __init__(self, sources: Iterable[Source], problems: list[Problem]) -> None:
        self._problems = problems
        # by the identity of the value: layers hold the very values of their sources
        self._said = {
            id(source.variables[STATIC_PODS]): _Reading(source, problems).pods()
            for source in sources
            if STATIC_PODS in source.variables
        }

    def merged(
        self, layers: Iterable[Mapping[Any, object]], below: Mapping[str, tuple[StaticPod, ...]]
    ) -> Pods:
        """Return what these layers say of each template, the later winning name by name; of settings, each by its own."""
        merged = dict(below)
        for layer in layers:
            for name, pods in self._said.get(id(layer.get(STATIC_PODS)), {}).items():
                merged[name] = _over(merged.get(name, ()), pods)
        return merged

    def pods(self, merged: Mapping[str, tuple[StaticPod, ...]]) -> tuple[StaticPod, ...]:
        """Everything in one tuple; each has a file name of its own."""
        pods = tuple(pod for of_template in merged.values() for pod in of_template)
        names = [pod.name for pod in pods if pod.present]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            message = f"`static_pods` has a template `{name}` and an instance that would have the same file"
            self._problems.append(Problem(message, "give the instance another name"))
        return pods


def _over(below: tuple[StaticPod, ...], pods: tuple[StaticPod, ...]) -> tuple[StaticPod, ...]:
    """A weaker layer's settings hold for what a stronger one only calls present, or absent."""
    if below and below[0].settings != NO_SETTINGS:
        pods = tuple(replace(pod, settings=pod.settings.over(below[0].settings)) for pod in pods)
    return _absent(below, pods)


def _absent(below: tuple[StaticPod, ...], pods: tuple[StaticPod, ...]) -> tuple[StaticPod, ...]:
    """A template that is absent is so in all its instances."""
    if any(pod.present or pod.instance for pod in pods):
        return pods
    return (*pods, *(replace(pod, present=False) for pod in below if pod.instance))


def as_variable(merged: Mapping[str, tuple[StaticPod, ...]]) -> dict[str, object]:
    """The value that templates see."""
    return {
        name: _state(pods[0]) if not pods[-1].instance else _instances(pods) for name, pods in merged.items()
    }


def _instances(pods: tuple[StaticPod, ...]) -> dict[str, object]:
    named = [pod for pod in pods if pod.instance]
    return {
        "instances": [{"name": pod.instance, "state": _state(pod), "vars": pod.variables} for pod in named]
    }


def _state(pod: StaticPod) -> str:
    return "present" if pod.present else "absent"


class _Reading:
    """One source's value of `static_pods`."""

    def __init__(self, source: Source, problems: list[Problem]) -> None:
        self._source = source
        self._document = source.document
        self._problems = problems

    def pods(self) -> Pods:
        value = self._source.variables[STATIC_PODS]
        if value is not None and not isinstance(value, list | dict):
            place = self._document.value_place(self._source.variables, STATIC_PODS)
            self._wrong("`static_pods` is a list or a mapping of template names", _WRITE, place)
        found: Pods = {}
        for name, state, name_place, state_place in self._entries(value):
            if not isinstance(name, str) or not TEMPLATE_NAME.fullmatch(name):
                hint = "the name of the file below the templates folder, without `.yaml.j2`"
                self._wrong(f"`{str(name)[:60]}` cannot be the name of a template", hint, name_place)
            elif isinstance(state, dict):
                settings = self._settings(name, state)
                pods = self._instances(name, state, state_place)
                found[name] = tuple(replace(pod, settings=settings) for pod in pods)
            elif (present := self._state(f"static_pods.{name}", state, state_place)) is not None:
                found[name] = (StaticPod(name, present),)
        return found

    def _entries(self, value: object) -> Iterator[tuple[object, object, Place, Place]]:
        place_of = self._document.value_place
        if isinstance(value, list):
            for index, name in enumerate(value):
                yield name, "present", place_of(value, index), place_of(value, index)
        elif isinstance(value, dict):
            for name, state in value.items():
                yield name, state, self._document.key_place(value, name), place_of(value, name)

    def _state(self, name: str, state: object, place: Place) -> bool | None:
        if state in ("present", "absent"):
            return _STATES[str(state)]
        hint = did_you_mean(str(state), _STATES, "write `present` or `absent`")
        self._wrong(f"`{name}` is neither `present` nor `absent`", hint, place)
        return None

    def _settings(self, template: str, entry: dict[object, object]) -> PodSettings:
        settings, wrong = read_settings(entry)
        for name, hint in wrong:
            place = self._document.value_place(entry, name)
            self._wrong(f"`static_pods.{template}.{name}` has no value that it may have", hint, place)
        if ROLLOUT in entry:
            self._problems += rollout_problems(self._source, STATIC_PODS, template, ROLLOUT)
        return settings

    def _instances(self, template: str, settings: dict[object, object], place: Place) -> Iterator[StaticPod]:
        name = f"static_pods.{template}"
        state = self._state(f"{name}.state", settings.get("state", "present"), place)
        known = ("state", "instances", *SETTINGS)
        for key in settings.keys() - set(known):
            hint = did_you_mean(str(key), known, f"there are {', '.join(f'`{one}`' for one in known)}")
            self._wrong(
                f"`{name}` has no setting `{str(key)[:60]}`", hint, self._document.key_place(settings, key)
            )
        instances = settings.get("instances")
        if "instances" not in settings:
            yield StaticPod(template, bool(state))
        elif not isinstance(instances, list) or not instances:
            self._wrong(f"`{name}.instances` is a list", _WRITE_INSTANCES, place)
        else:
            seen: set[object] = set()
            for index, instance in enumerate(instances):
                at = self._document.value_place(instances, index)
                pod = self._instance(template, instance, f"{name}.instances[{index}]", at)
                if pod is not None and pod.instance in seen:
                    self._wrong(
                        f"`{name}` has two instances `{pod.instance}`", "give each a name of its own", at
                    )
                elif pod is not None:
                    seen.add(pod.instance)
                    yield replace(pod, present=pod.present and bool(state))

    def _instance(self, template: str, value: object, path: str, place: Place) -> StaticPod | None:
        if not isinstance(value, dict) or value.keys() - {"name", "vars", "state"}:
            self._wrong(f"`{path}` is not a mapping of `name`, `vars` and `state`", _WRITE_INSTANCES, place)
            return None
        name, variables = value.get("name"), value.get("vars") or {}
        if not isinstance(name, str) or not INSTANCE_NAME.fullmatch(name):
            hint = "lower case letters, digits and `-`: it becomes part of the file's name"
            self._wrong(f"`{path}.name` cannot be the name of an instance", hint, place)
            return None
        if not isinstance(variables, dict):
            self._wrong(f"`{path}.vars` is not a mapping of variables", _WRITE_INSTANCES, place)
            return None
        present = self._state(f"{path}.state", value.get("state", "present"), place)
        return StaticPod(template, bool(present), name, variables=variables)

    def _wrong(self, message: str, hint: str, place: Place) -> None:
        self._problems.append(Problem(message, hint, place))
