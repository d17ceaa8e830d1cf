"""Reads what the containers of a pod are started with: their words, flags as Go's programs take them, and variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct


class Command(Struct, frozen=True):
    """The words of a container's command, those variables that have a value, and its image."""

    words: tuple[str, ...]
    variables: Mapping[str, str]
    image: str = ""

    @property
    def program(self) -> str:
        """The program's name without its folder; "" if the image decides."""
        return self.words[0].rpartition("/")[2] if self.words else ""

    def flag(self, name: str) -> str:
        """The value of a flag as Go reads it: `--name=value`, `--name value`, with one dash or two; the last counts."""
        found = ""
        for word, following in zip(self.words, (*self.words[1:], ""), strict=True):
            bare, equals, value = word.removeprefix("-").removeprefix("-").partition("=")
            if word.startswith("-") and bare == name:
                found = value if equals else following
        return found


def commands(pod: Mapping[str, object]) -> Iterator[Command]:
    """Of each container of a pod's document."""
    for entry in _mappings(_mapping(pod.get("spec")).get("containers")):
        words = (*_listed(entry.get("command")), *_listed(entry.get("args")))
        variables = {str(one.get("name")): str(one.get("value", "")) for one in _mappings(entry.get("env"))}
        yield Command(tuple(map(str, words)), variables, str(entry.get("image") or ""))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    return (entry for entry in _listed(value) if isinstance(entry, Mapping))
