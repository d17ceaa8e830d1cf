"""Reads OpenSSH's client configuration, once a run, and works out what it means for one host (ssh_config(5)).

Own code since paramiko's reader knows no `Include`, takes 23 ms a lookup with 1,000 `Host` blocks, and names no file
and line in its errors.
"""

from __future__ import annotations

import os
import shlex
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from podwright.errors import HostError
from podwright.problem import Place
from podwright.remote.ssh.config_match import Criterion, Subject, criteria_of_host, criteria_of_match
from podwright.remote.ssh.config_settings import HostSettings, settings_from
from podwright.remote.ssh.local_account import home_folder, in_home, is_file
from podwright.remote.ssh.safe_names import check_host, check_user

SYSTEM_FILE = Path("/etc/ssh/ssh_config")
MAX_INCLUDE_DEPTH = 16
MAX_FILE_BYTES = 8 << 20
#: May be given several times, all of them count; of every other keyword the first value counts.
_COLLECTED = frozenset({"identityfile", "certificatefile"})
#: The rest of the line is one value, quotes and all.
_WHOLE_LINE = frozenset({"proxycommand", "knownhostscommand", "localcommand", "remotecommand"})


class Section(Struct, frozen=True):
    """The settings under one `Host` or `Match` line; they hold if every criterion does."""

    criteria: tuple[Criterion, ...]
    settings: tuple[tuple[str, tuple[str, ...]], ...]

    def holds_for(self, subject: Subject) -> bool:
        return all(criterion.matches(subject) for criterion in self.criteria)


class SshConfig:
    """The parsed files. Safe to share between threads: a lookup is made once for each host, user and port."""

    def __init__(self, sections: Iterable[Section]) -> None:
        self._sections = tuple(sections)
        self._wants_final_pass = any(c.final for section in self._sections for c in section.criteria)
        self._cache: dict[tuple[str, str | None, int | None, tuple[tuple[str, str], ...]], HostSettings] = {}
        self._lock = threading.Lock()

    @classmethod
    def load(cls, config_file: Path | None = None) -> SshConfig:
        """Read `config_file` alone, or with None `~/.ssh/config` and then `/etc/ssh/ssh_config`; `none` reads nothing.

        Raises HostError with file and line if a file is unreadable or wrong.
        """
        if config_file is None:
            user_folder = home_folder() / ".ssh"
            files = [(user_folder / "config", user_folder, True), (SYSTEM_FILE, SYSTEM_FILE.parent, False)]
            return cls(s for path, base, own in files if is_file(path) for s in _read(path, base, own=own))
        if str(config_file).lower() == "none":
            return cls(())
        if not config_file.is_file():
            raise HostError(f"`{config_file}`: there is no such SSH configuration file")
        return cls(_read(config_file, home_folder() / ".ssh"))

    def lookup(
        self,
        host: str,
        *,
        user: str | None = None,
        port: int | None = None,
        options: tuple[tuple[str, str], ...] = (),
    ) -> HostSettings:
        """Say what the files mean for `host`; a given `user` or `port` wins over theirs, and so do `options`.

        Raises HostError if a value makes no sense.
        """
        key = (host, user, port, options)
        with self._lock:
            if key not in self._cache:
                self._cache[key] = self._look_up(*key)
            return self._cache[key]

    def _look_up(
        self, host: str, user: str | None, port: int | None, options: tuple[tuple[str, str], ...]
    ) -> HostSettings:
        found: dict[str, list[str]] = {}
        # before any `Match exec` may see them
        check_host(host, "the name of the host to connect to")
        if user is not None:
            found["user"] = [check_user(user, f"the user to log in to {host} as")]
        if port is not None:
            found["port"] = [str(port)]
        for keyword, value in options:
            if parsed := _parse_line(f"{keyword} {value}", Place("the inventory")):
                _take(found, *parsed)
        self._collect(found, Subject(host.lower(), found))
        if self._wants_final_pass:
            self._collect(found, Subject(host.lower(), found, final=True))
        return settings_from(host.lower(), found)

    def _collect(self, found: dict[str, list[str]], subject: Subject) -> None:
        for section in self._sections:
            if section.holds_for(subject):
                for keyword, values in section.settings:
                    _take(found, keyword, values)


def _take(found: dict[str, list[str]], keyword: str, values: tuple[str, ...]) -> None:
    if keyword in _COLLECTED:
        kept = found.setdefault(keyword, [])
        kept.extend(value for value in values if value not in kept)
    else:
        found.setdefault(keyword, list(values))


def _read(
    path: Path, base: Path, outer: tuple[Criterion, ...] = (), depth: int = 0, *, own: bool = False
) -> Iterator[Section]:
    """Yield the sections of one file; those of an included file hold only if the including section does.

    As in OpenSSH, the user's `own` file and every included one must not be another user's to write: it can name commands.
    """
    criteria, settings = outer, list[tuple[str, tuple[str, ...]]]()
    for place, keyword, values in _lines(path, own=own):
        if keyword in ("host", "match"):
            yield Section(criteria, tuple(settings))
            read_criteria = criteria_of_host if keyword == "host" else criteria_of_match
            criteria, settings = (*outer, *read_criteria(values, place)), []
        elif keyword == "include":
            yield Section(criteria, tuple(settings))
            settings = []
            if depth >= MAX_INCLUDE_DEPTH:
                raise HostError(f"{place}: more than {MAX_INCLUDE_DEPTH} files include one another")
            for included in _included(values, base):
                yield from _read(included, base, criteria, depth + 1, own=True)
        else:
            settings.append((keyword, values))
    yield Section(criteria, tuple(settings))


def _included(patterns: tuple[str, ...], base: Path) -> Iterator[Path]:
    import glob

    for pattern in patterns:
        full = str(base / in_home(pattern))
        yield from (Path(name) for name in sorted(glob.glob(full)) if Path(name).is_file())  # noqa: PTH207


def _lines(path: Path, *, own: bool) -> Iterator[tuple[Place, str, tuple[str, ...]]]:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            status = os.fstat(file.fileno())
            if own and (status.st_uid not in (0, os.getuid()) or status.st_mode & 0o022):
                raise HostError(
                    f"`{path}`: bad owner or permissions: others could make it run their commands",
                    f"check who wrote it, then run: chmod go-w {shlex.quote(str(path))}",
                )
            if status.st_size > MAX_FILE_BYTES:
                raise HostError(f"`{path}`: larger than an SSH configuration can be")
            text = file.read()
    except OSError as error:
        raise HostError(f"`{path}`: cannot be read: {os.strerror(error.errno or 0).lower()}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if stripped := line.strip():
            place = Place(str(path), number)
            if parsed := _parse_line(stripped, place):
                yield (place, *parsed)


def _parse_line(line: str, place: Place) -> tuple[str, tuple[str, ...]] | None:
    if line.startswith("#"):
        return None
    keyword, rest = _split_keyword(line)
    if not rest:
        raise HostError(f"{place}: `{keyword}` has no value")
    if keyword in _WHOLE_LINE:
        return keyword, (rest,)
    lexer = shlex.shlex(rest, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.escape = True, "\\" if keyword == "match" else ""
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError as error:
        raise HostError(f"{place}: a quote is not closed") from error
    values = tuple(_without_comment(words))
    if not values:
        raise HostError(f"{place}: `{keyword}` has no value")
    return keyword, values


def _split_keyword(line: str) -> tuple[str, str]:
    """Split `Keyword value`, `Keyword=value` and `Keyword = value`."""
    end = next((i for i, character in enumerate(line) if character in " \t="), len(line))
    rest = line[end:].lstrip()
    return line[:end].lower(), rest.removeprefix("=").strip()


def _without_comment(words: list[str]) -> Iterator[str]:
    for word in words:
        if word.startswith("#"):
            return
        yield word
