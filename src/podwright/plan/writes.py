"""What a node can do to one watched name: the operations of every change, and of its undo."""

from __future__ import annotations

from msgspec import Struct

#: instead of a sha256: nothing lay there
NOTHING = "absent"


class SecondPut(Struct, frozen=True):
    """The write that closes an update's hole: the same content with the next generation, once `old_uid` has ended.

    `seconds`: how long its end is waited for.
    """

    text: str
    old_uid: str
    seconds: float


class Put(Struct, frozen=True):
    """The whole content of a file, in one rename, if what lies there is still `over` (its sha256, or NOTHING).

    `label`: the SELinux label that is all it is written for, if it is.
    """

    name: str
    text: str
    over: str = NOTHING
    second: SecondPut | None = None
    label: str = ""


class Remove(Struct, frozen=True):
    """The end of a file, if it is still what was observed."""

    name: str
    over: str


class Own(Struct, frozen=True):
    """Whether the file that is still `over` is ours: by a note on the node if that is not what being `marked` says."""

    name: str
    over: str
    ours: bool
    marked: bool = False


Write = Put | Remove | Own
