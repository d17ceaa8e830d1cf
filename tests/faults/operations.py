"""What is broken step by step: each operation of the command line, with what the node's file holds before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.faults.conftest import TEMPLATE
from tests.faults.steps import FAULTS

#: the word of content that podwright's mark is not on
THEIRS = "theirs"
#: the word of content that cannot run
BAD = "bad"


@dataclass(frozen=True)
class Operation:
    """A command, and the word in the node's file before and after it; None: no file.

    `through` is a word that the file holds meanwhile: it is broken from then on. `again` is the plain command that
    reaches `after`; by default the same one. `left`: `before` is what a run left that is to be confirmed, for which RUN
    stands. `fires`: nobody does, and what is broken is the node alone that takes it back.
    """

    words: tuple[str, ...]
    before: str | None
    after: str | None
    through: str | None = None
    again: tuple[str, ...] = ()
    left: bool = False
    fires: bool = False

    @property
    def faults(self) -> tuple[str, ...]:
        """What can break it: whoever is alone has neither a controller nor a connection."""
        return tuple(name for name in FAULTS if not self.fires or name not in ("controller", "connection"))

    @property
    def pushed(self) -> str:
        """The word that the templates say."""
        return self.through or (self.after if self.after not in (None, THEIRS) else "first")


_HOLD = ("--hold", "0")
_AS_JSON = ("-y", "-o", "json")
PUSH = ("manifest", "push", *_HOLD, *_AS_JSON)
REMOVE = ("manifest", "remove", "probe", *_AS_JSON)
RELEASE = ("manifest", "release", "probe", *_HOLD, *_AS_JSON)
RUN = "RUN"
#: what is never proven, and so stays to be confirmed
UNCONFIRMED = (
    "manifest",
    "push",
    *_AS_JSON,
    "--hold",
    "60",
    "--timeout",
    "2",
    "--confirm-within",
    "10m",
    "--retry",
)
#: and soon goes back
SOON = (*UNCONFIRMED, "--confirm-within", "15s")
REVERT = ("manifest", "revert", RUN, "-o", "json")
_AGAIN = (*PUSH, "--retry")
OPERATIONS: Mapping[str, Operation] = {
    "create": Operation(PUSH, None, "first"),
    "update": Operation(PUSH, "first", "second"),
    "remove": Operation(REMOVE, "second", None),
    "restart": Operation(("manifest", "restart", "probe", *_HOLD, *_AS_JSON), "first", "first"),
    # once more it would go back to where it came from
    "rollback": Operation(
        ("manifest", "rollback", "probe", *_HOLD, *_AS_JSON), "second", "first", again=PUSH
    ),
    "release": Operation(RELEASE, "first", THEIRS),
    "adopt": Operation(("manifest", "adopt", "probe", *_HOLD, *_AS_JSON), THEIRS, "first"),
    # what cannot run goes back by itself
    "go back": Operation((*PUSH, "--retry"), "second", "second", through=BAD, again=PUSH),
    # who does not confirm it in time finds it gone back
    "push to confirm": Operation((*_AGAIN, "--confirm-within", "20s"), "first", "third", again=_AGAIN),
    "confirm": Operation(
        ("manifest", "confirm", RUN, "-o", "json"), "third", "third", again=_AGAIN, left=True
    ),
    "revert": Operation(REVERT, "third", "first", again=_AGAIN, left=True),
    "fire": Operation(
        ("node", "pending", "-o", "json"), "third", "first", again=_AGAIN, left=True, fires=True
    ),
}
#: what only the bad one changes
PROBE = TEMPLATE.replace("docker.io/library/busybox:1.36", "{{ image }}").replace(
    "IfNotPresent", "{{ policy }}"
)


def variables(word: str) -> Mapping[str, object]:
    """What the templates are rendered with."""
    image = (
        ("example.com/nowhere:1", "Never")
        if word == BAD
        else ("docker.io/library/busybox:1.36", "IfNotPresent")
    )
    return {"static_pods": ["probe"], "word": word, "image": image[0], "policy": image[1]}
