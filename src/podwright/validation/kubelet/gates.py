"""The feature gates of each version's kubelet: which it knows, which are on, and which cannot be changed.

Read from `schemas/kubelet-gates.txt`: a name, the minor version that brought it, the one that turned it on, the one that
locked it (`-` before it: locked off), the first that does not know it, and what it depends on (checked since 1.35).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from msgspec import Struct

_NEVER = 10_000
_DEPENDENCIES_SINCE = 35


class Gate(Struct, frozen=True):
    """One gate, with the minor versions of what happened to it."""

    since: int
    on: int
    locked: int
    locked_on: bool
    gone: int
    needs: tuple[str, ...]

    def known(self, minor: int) -> bool:
        return self.since <= minor < self.gone

    def default(self, minor: int) -> bool:
        return self.on <= minor and not (self.locked <= minor and not self.locked_on)


@cache
def _gates() -> Mapping[str, Gate]:
    text = resources.files("podwright.validation").joinpath("schemas/kubelet-gates.txt").read_text()
    return {line.split()[0]: _gate(line) for line in text.splitlines()}


def _gate(line: str) -> Gate:
    _, since, on, locked, gone, *needs = line.split()
    return Gate(
        int(since),
        _NEVER if on == "." else int(on),
        _NEVER if locked == "." else abs(int(locked)),
        not locked.startswith("-"),
        _NEVER if gone == "." else int(gone),
        tuple(needs[0].split(",")) if needs else (),
    )


def known_gates(minor: int) -> tuple[str, ...]:
    return tuple(name for name, gate in _gates().items() if gate.known(minor))


def is_on(name: str, chosen: Mapping[str, object], minor: int) -> bool:
    """Whether a gate is on for a kubelet with these `featureGates`; one that it does not know is off."""
    gate = _gates().get(name)
    if gate is None or not gate.known(minor):
        return False
    if gate.locked <= minor:
        return gate.locked_on
    value = chosen.get(name)
    return value if isinstance(value, bool) else gate.default(minor)


def locked_otherwise(chosen: Mapping[str, object], minor: int) -> Iterator[tuple[str, str]]:
    """Gates that are set to what this version has locked otherwise."""
    for name, value in chosen.items():
        gate = _gates().get(name)
        if gate and gate.known(minor) and gate.locked <= minor and value is not gate.locked_on:
            yield (
                name,
                f"cannot be changed: it is locked to {str(gate.locked_on).lower()} since 1.{gate.locked}",
            )


def refusals(chosen: Mapping[str, object], minor: int) -> Iterator[tuple[str, str]]:
    """Gates with why a kubelet that is given these ends."""
    yield from locked_otherwise(chosen, minor)
    if minor < _DEPENDENCIES_SINCE:
        return
    for name in known_gates(minor):
        off = [need for need in _gates()[name].needs if not is_on(need, chosen, minor)]
        if off and is_on(name, chosen, minor):
            yield name, f"is on, but depends on {', '.join(f'`{need}`' for need in off)}, which is off"
