"""Reads the words of a `crictl` command line."""

from __future__ import annotations

from dataclasses import dataclass, field


class WordsError(Exception):
    """What crictl prints about words that it does not know."""


@dataclass(slots=True)
class Words:
    """A command, its options by their long names, and what is left; an option without a value is `"true"`."""

    command: str = ""
    options: dict[str, list[str]] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)

    def last(self, name: str, default: str = "") -> str:
        return self.options[name][-1] if name in self.options else default

    def has(self, name: str) -> bool:
        return self.last(name) == "true"


_GLOBAL = {
    "runtime-endpoint": ("r", True),
    "image-endpoint": ("i", True),
    "config": ("c", True),
    "timeout": ("t", True),
    "debug": ("D", False),
    "help": ("h", False),
    "version": ("v", False),
}
_LISTING = {
    "output": ("o", True),
    "quiet": ("q", False),
    "verbose": ("v", False),
    "no-trunc": ("", False),
    "latest": ("l", False),
    "last": ("n", True),
    "name": ("", True),
    "namespace": ("", True),
    "label": ("", True),
    "state": ("s", True),
    "id": ("", True),
    "resolve-image-path": ("", False),
}
_OUTPUT = {"output": ("o", True), "quiet": ("q", False)}
_OPTIONS: dict[str, dict[str, tuple[str, bool]]] = {
    "pods": _LISTING,
    "ps": _LISTING | {"all": ("a", False), "pod": ("p", True), "image": ("", True)},
    "inspect": _OUTPUT,
    "inspectp": _OUTPUT,
    "inspecti": _OUTPUT | {"filter": ("", True)},
    "pull": {"creds": ("", True), "auth": ("", True), "annotation": ("a", True)},
    "rmi": {"all": ("a", False)},
    "images": _OUTPUT | {"no-trunc": ("", False), "digests": ("", False), "verbose": ("v", False)},
    "info": _OUTPUT,
    "version": {},
    "stop": {"timeout": ("t", True)},
    "stopp": {},
    "rm": {"force": ("f", False), "all": ("a", False)},
    "rmp": {"force": ("f", False), "all": ("a", False)},
    "logs": {
        "tail": ("", True),
        "follow": ("f", False),
        "since": ("", True),
        "previous": ("p", False),
        "timestamps": ("t", False),
    },
}
COMMANDS = tuple(_OPTIONS)
_ALIASES = {"pod": "pods", "image": "images", "img": "images"}
#: What crictl itself has and the lab does not: only the kubelet makes and runs containers.
_NOT_HERE = frozenset(
    [
        "attach",
        "checkpoint",
        "config",
        "create",
        "events",
        "exec",
        "imagefsinfo",
        "metricsp",
        "port-forward",
        "run",
        "runp",
        "start",
        "stats",
        "statsp",
        "update",
    ]
)


def parse(words: list[str]) -> Words:
    """Raises WordsError for an unknown command, an unknown option, or an option without its value."""
    result = Words()
    rest = _take_options(words, _GLOBAL, result, stop_at_argument=True)
    if not rest:
        return result
    result.command = _ALIASES.get(rest[0], rest[0])
    if result.command in _NOT_HERE:
        raise WordsError(f"the lab's crictl has no '{result.command}', only {', '.join(COMMANDS)}")
    if result.command not in _OPTIONS:
        raise WordsError(f"No help topic for '{result.command}'")
    _take_options(rest[1:], _OPTIONS[result.command] | {"help": ("h", False)}, result, stop_at_argument=False)
    return result


def _take_options(
    words: list[str], known: dict[str, tuple[str, bool]], result: Words, *, stop_at_argument: bool
) -> list[str]:
    left = list(words)
    while left:
        word = left[0]
        if not word.startswith("-") or word in ("-", "--"):
            if stop_at_argument:
                return left
            result.arguments.append(left.pop(0))
            continue
        left.pop(0)
        written, equals, value = word.lstrip("-").partition("=")
        name = next(
            (long for long, (short, _) in known.items() if written in (long, short) and written), None
        )
        if name is None:
            raise WordsError(f"flag provided but not defined: -{written}")
        if known[name][1] and not equals:
            if not left:
                raise WordsError(f"flag needs an argument: -{written}")
            value = left.pop(0)
        result.options.setdefault(name, []).append(value if known[name][1] else value or "true")
    return left
