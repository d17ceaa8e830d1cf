"""The failures we expect: what happened, where, what to do about it, and the exit code it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to the shell; the README documents each."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    DRIFT = 3
    UNCHECKED = 4
    INTERRUPTED = 130


def several(names: Sequence[str]) -> str:
    """Names for a message: three at most, and how many more."""
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:3])} and {len(names) - 3} more nodes"


def printable(text: str) -> str:
    """Return `text` with every character that could steer a terminal written as an escape; tabs and line ends stay.

    Everything that comes from a node, an API, an inventory or a template passes here before a person sees it.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\n\t" or character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what we were given, and what to do about it."""

    message: str
    hint: str = ""
    place: Place | None = None
    node: str | None = None

    def __str__(self) -> str:
        where = str(self.place) if self.place else ""
        if self.node:
            where = f"{where} on {self.node}" if where else self.node
        return f"{where}: {self.message}" if where else self.message


class PodwrightError(Exception):
    """A failure we expect: shown as `error: MESSAGE`, a blank line and `hint: HINT`, without a traceback."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (Problem(self.message, self.hint),)


class UsageError(PodwrightError):
    """The command line asks for what cannot be: exit code 2."""

    exit_code = ExitCode.USAGE


class ProblemsError(PodwrightError):
    """Everything wrong with a set of files, told at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self._problems))

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems


class InventoryError(ProblemsError):
    """The inventory cannot be read as one."""


class TemplateError(ProblemsError):
    """A template cannot be rendered."""


class ManifestError(ProblemsError):
    """A text is not a manifest that a kubelet would run."""


class HostError(PodwrightError):
    """A node could not be reached, or did not do what it was asked."""


class HostUnreachableError(HostError):
    """No connection: refused, timed out, or its name does not resolve."""


class HostKeyError(HostError):
    """The host key is unknown, changed or revoked."""


class AuthenticationError(HostError):
    """The node refused our keys and passwords, or sudo did."""


class HostTimeoutError(HostError):
    """The node did not answer in time; what was sent may or may not have been done."""


class HostileOutputError(HostError):
    """The node sent more than any honest node would, or something that is not an answer."""


class ClusterError(PodwrightError):
    """The API could not be asked, so it is no witness; `reason` is one line for the report."""

    @property
    def reason(self) -> str:
        return self.message


class KubeconfigError(ClusterError):
    """The kubeconfig is missing, unreadable, or asks for what this client does not do."""


class NoKubeconfigError(KubeconfigError):
    """Nobody told us of a cluster: no kubeconfig anywhere, and we do not run inside a pod."""


class ClusterForbiddenError(ClusterError):
    """The API answered 401 or 403."""


class ClusterUnreachableError(ClusterError):
    """No connection to the API: refused, dropped, no route, or its name does not resolve."""


class ClusterTimeoutError(ClusterError):
    """The API did not answer in time."""


class ClusterCertificateError(ClusterError):
    """One side of the TLS handshake does not trust the other's certificate."""


class ClusterAnswerError(ClusterError):
    """The API answered with an error, with more than any honest API would, or with something that is not an answer."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be shown; `reveal()` at the one place that uses it."""

    _value: str

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "[redacted]"

    __str__ = __repr__
