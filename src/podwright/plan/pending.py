"""What a node takes back by itself unless its run is confirmed: the dead-man switch of a push, as a node shows it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class SwitchState(StrEnum):
    """`left`: nothing on the node waits for its time any more, as after a restart without systemd.

    `confirmed` is shown only to who confirms or reverts the run, `unwritten` (the run was to write it, and did not come so
    far) once, by the command that ended it.
    """

    ARMED = "armed"
    LEFT = "left"
    FIRED = "fired"
    SUPERSEDED = "superseded"
    CONFIRMED = "confirmed"
    UNWRITTEN = "unwritten"


class Switch(Struct, frozen=True):
    """What a node is to do with the writes of an order if its run is not confirmed within `seconds`.

    `back` has for each file's name what is to lie there again (None: nothing). After a restart it comes first, before any
    kubelet: `kubelet_unit` is the node's own if it has an unusual name.
    """

    seconds: int
    back: tuple[tuple[str, bytes | None], ...]
    kubelet_unit: str = ""


class Pending(Struct, frozen=True):
    """One file of a run that is to be confirmed, or was not in time.

    `who` began the run, `left` are the seconds until its time is over, `at` (Unix seconds) is when it was. `sha256s` are
    what the run wrote, or what the node left there (`absent`: nothing): only if one of them lies there does it matter.
    """

    run: str
    file_name: str
    state: SwitchState
    who: str = ""
    left: float = 0.0
    at: int = 0
    sha256s: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """What becomes of it, in words."""
        if self.state is SwitchState.LEFT:
            return "nothing on the node waits to take it back any more"
        return f"it goes back by itself in {self.left:.0f} s"

    @property
    def waits(self) -> bool:
        """Whether it may yet be confirmed, or taken back."""
        return self.state in (SwitchState.ARMED, SwitchState.LEFT)
