"""Decides whether a `Host` or `Match` line of an SSH configuration holds for a host (ssh_config(5), PATTERNS)."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from msgspec import Struct

from podwright.errors import HostError
from podwright.problem import Place
from podwright.process import ProcessError, run, shell
from podwright.remote.ssh.config_tokens import expand_for_shell, expand_tokens
from podwright.remote.ssh.local_account import local_user
from podwright.remote.ssh.safe_names import check_host, check_user

EXEC_SECONDS = 10.0


class Subject(Struct, frozen=True):
    """The host asked about and what is known of it so far; `final` in the pass after host names are settled."""

    original: str
    found: Mapping[str, list[str]]
    final: bool = False

    @property
    def hostname(self) -> str:
        return expand_tokens(self._first("hostname", self.original), {"h": self.original})

    @property
    def user(self) -> str:
        return self._first("user", local_user())

    @property
    def port(self) -> str:
        return self._first("port", "22")

    @property
    def tag(self) -> str:
        return self._first("tag", "")

    def _first(self, keyword: str, default: str) -> str:
        values = self.found.get(keyword)
        return values[0] if values else default


class Criterion(Struct, frozen=True):
    """One condition; `final` if it asks for the last pass."""

    matches: Callable[[Subject], bool]
    final: bool = False


class PatternList:
    """Patterns with `*`, `?` and a leading `!`: holds when one matches and no negated one does."""

    __slots__ = ("_denied", "_literals", "_wanted")

    def __init__(self, patterns: Iterable[str]) -> None:
        listed = tuple(patterns)
        wanted = [p for p in listed if not p.startswith("!")]
        self._literals = frozenset(p for p in wanted if not _has_wildcard(p))
        # with what stands before the first wildcard: it rules out most patterns at little cost
        self._wanted = tuple((re.split(r"[*?]", p, maxsplit=1)[0], p) for p in wanted if _has_wildcard(p))
        self._denied = tuple(p[1:] for p in listed if p.startswith("!"))

    def matches(self, text: str) -> bool:
        found = text in self._literals or any(
            text.startswith(s) and _glob(p).match(text) for s, p in self._wanted
        )
        return found and not any(_glob(p).match(text) for p in self._denied)


def _has_wildcard(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    # fnmatch's expressions never backtrack over a star, so no pattern can make the search explode
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))


def criteria_of_host(patterns: tuple[str, ...], _place: Place) -> tuple[Criterion, ...]:
    listed = PatternList(patterns)
    return (Criterion(lambda subject: listed.matches(subject.original)),)


def criteria_of_match(words: tuple[str, ...], place: Place) -> tuple[Criterion, ...]:
    """Parse what follows `Match`. Raises HostError for a criterion that cannot be decided here."""
    criteria, rest = list[Criterion](), list(words)
    while rest:
        word = rest.pop(0)
        negated, name = word.startswith("!"), word.removeprefix("!").lower()
        name, equals, _value = name.partition("=")
        if equals:
            rest.insert(0, word.partition("=")[2])
        if name in ("all", "canonical", "final"):
            criteria.append(_pass_criterion(name, negated))
            continue
        if not rest:
            raise HostError(f"{place}: `Match {name}` has no value")
        criteria.append(_valued_criterion(name, rest.pop(0), negated, place))
    return tuple(criteria)


def _pass_criterion(name: str, negated: bool) -> Criterion:
    if name == "all":
        return Criterion(lambda _subject: not negated)
    # host names are never made canonical here, so `canonical` holds in the final pass only, as in OpenSSH
    return Criterion(lambda subject: subject.final != negated, final=name == "final")


def _valued_criterion(name: str, value: str, negated: bool, place: Place) -> Criterion:
    if name == "exec":
        return Criterion(lambda subject: _exec_holds(value, subject) != negated)
    asked: dict[str, Callable[[Subject], str]] = {
        "host": lambda subject: subject.hostname,
        "originalhost": lambda subject: subject.original,
        "user": lambda subject: subject.user,
        "localuser": lambda _subject: local_user(),
        "tagged": lambda subject: subject.tag,
        "sessiontype": lambda _subject: "exec",
    }
    if name not in asked:
        raise HostError(
            f"{place}: `Match {name}` is not understood",
            "move it to a file that podwright does not read, and give it another with `--ssh-config`",
        )
    listed, text_of = PatternList(value.split(",")), asked[name]
    return Criterion(lambda subject: listed.matches(text_of(subject)) != negated)


def _exec_holds(command: str, subject: Subject) -> bool:
    tokens = {
        "h": check_host(subject.hostname, "ssh_config: `hostname`"),
        "n": subject.original,
        "p": subject.port,
        "r": check_user(subject.user, "ssh_config: `user`"),
        "u": local_user(),
    }
    return _runs_well(expand_for_shell(command, tokens))


@cache
def _runs_well(command: str) -> bool:
    try:
        return run(shell(command), seconds=EXEC_SECONDS, capture=False).exit_status == 0
    except ProcessError:
        return False
