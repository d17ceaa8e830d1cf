"""What the judge finds in a manifest: one finding a problem, collected in a report."""

from __future__ import annotations

import re

from msgspec import Struct, field
from msgspec.structs import replace

from podwright.pods.go_values import Mark, Path
from podwright.problem import Place, Problem
from podwright.validation.rules import RULES, Concern
from podwright.validation.versions import Behaviour

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# fields whose steps below are keys of a map, not names of fields
_MAPS = frozenset(
    ["labels", "annotations", "requests", "limits", "nodeSelector", "matchLabels", "overhead", "options"]
)
_LONGEST_SHOWN = 80
# enough for a person; a hostile file could have a million
_MOST_NOTES = 200


class Finding(Struct, frozen=True):
    """One thing that a rule found: `severity` is error, warning or note, `path` as Kubernetes writes field paths.

    Line and column count from 1 in the judged text, or in `file` if that is another one, which a template includes; None
    if no place is known.
    """

    rule: str
    severity: str
    path: str
    line: int | None
    column: int | None
    message: str
    hint: str = ""
    file: str = ""

    def problem(self, file: str) -> Problem:
        """The same as a problem of `file`."""
        return Problem(self.message, self.hint, Place(self.file or file, self.line, self.column))


class Note(Struct, frozen=True):
    """A finding before it has a place: `about_key`: the name of the field is wrong, not its value."""

    rule: str
    concern: Concern
    path: Path
    message: str
    hint: str = ""
    about_key: bool = False
    mark: Mark | None = None


class Report(Struct):
    """Collects what the checks find in one manifest, for the kubelet's minor version `minor`."""

    minor: int
    notes: list[Note] = field(default_factory=list)

    def add(
        self,
        rule: str,
        path: Path,
        text: str,
        hint: str = "",
        *,
        concern: Concern | None = None,
        key: bool = False,
    ) -> None:
        """Note that the value at `path` breaks `rule`; the message is the path followed by `text`.

        An empty text means that nothing is wrong, as from the checks of `names`: nothing is noted.
        """
        if not text:
            return
        stands_for = concern or RULES[rule].concern
        if len(self.notes) >= _MOST_NOTES and (stands_for is Concern.WISE or self.has(stands_for)):
            return
        message = f"`{path_text(path)}` {text}" if path else text
        self.notes.append(Note(rule, stands_for, path, message, hint, key))

    def does(self, behaviour: Behaviour) -> bool:
        """Whether the kubelet of this version behaves so."""
        return behaviour.of(self.minor)

    def concern(self, behaviour: Behaviour) -> Concern:
        """Whose objection it is to what kubelets refuse since some version: before, it is that of a newer API."""
        return Concern.KUBELET if self.does(behaviour) else Concern.NEWER_API

    def leave_to_api(self, start: int) -> None:
        """Of what was noted from this index on, the kubelet of this version sees nothing: a newer API does."""
        self.notes[start:] = [
            replace(note, concern=Concern.NEWER_API) if note.concern is Concern.KUBELET else note
            for note in self.notes[start:]
        ]

    def has(self, concern: Concern) -> bool:
        return any(note.concern is concern for note in self.notes)


def path_text(path: Path) -> str:
    """`spec.containers[0].name`; a step that is not a plain field name is in brackets."""
    text, inside_map = "", False
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _FIELD.fullmatch(step) and not inside_map:
            text += f".{step}" if text else step
        else:
            text += f"[{_cut(step)}]"
        inside_map = step in _MAPS and not inside_map
    return text


def shown(value: object) -> str:
    """A value for a message: in backticks, short, on one line."""
    return f"`{_cut(value if isinstance(value, str) else str(value))}`"


def _cut(text: str) -> str:
    line = text if text.isprintable() else text.encode("unicode_escape", "backslashreplace").decode("ascii")
    return line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 1] + "…"
