"""One thing of a node as a kind of subject: its state is a line of text, observed, wanted and put back alike."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from podwright.lazy_pattern import lazy_pattern
from podwright.plan.changes import Action, Resource
from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.history import Revision
from podwright.plan.provision.kubelet_asks import STANDALONE, TURNED_ON, KubeletAsks
from podwright.plan.reasons import Conflict
from podwright.plan.writes import Write

ABSENT = "absent"
#: behind the state of what a run may have changed that ended before it was proven
UNPROVEN = " unproven"
#: services and packages that are a kubelet or a container runtime, or hold one
_KUBELET_OR_RUNTIME = lazy_pattern(
    r"kubelet|k3s(-agent)?|rke2(-server|-agent)?|microshift|k0s(controller|worker)?"
    r"|containerd(\.io)?|cri-?o|cri-dockerd?|docker(\.io|-ce)?|moby-engine|runc|crun"
)


class Kind(StrEnum):
    """The kinds of things; each has two functions in the node's program, which observe and make a state."""

    PACKAGE = "package"
    USER = "user"
    DIRECTORY = "directory"
    FILE = "file"
    MODULE = "module"
    SYSCTL = "sysctl"
    SWAP = "swap"
    SERVICE = "service"
    #: that one service keeps its clock
    TIME = "time"
    #: that it began after its configuration was last written
    KUBELET = "kubelet"
    #: a file of ours that goes, for what lay there before it
    ORIGINAL = "original"


class Item(Struct, frozen=True):
    """A thing that the inventory declares: `state` is what it is to be.

    `text` is a file's. `asks` are what the node's program is to report, or to watch, of the thing.
    """

    kind: Kind
    key: str
    state: str
    text: str = ""
    asks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """For a person; paths speak for themselves."""
        if self.kind is Kind.KUBELET:
            return str(self.kind)
        return (
            self.key if self.kind in (Kind.FILE, Kind.DIRECTORY, Kind.ORIGINAL) else f"{self.kind} {self.key}"
        )

    @property
    def restarts(self) -> bool:
        """Whether to change it may restart the node's kubelet or its container runtime."""
        if self.kind in (Kind.SERVICE, Kind.PACKAGE):
            unit = self.key.removesuffix(".service").removesuffix(".socket")
            return _KUBELET_OR_RUNTIME.fullmatch(unit) is not None
        return self.kind is Kind.KUBELET

    @property
    def is_restarted(self) -> bool:
        """Whether that happens again if a run was cut off before it was proven."""
        if self.kind is Kind.SERVICE:
            return "started=yes" in self.state or "current=yes" in self.state
        return self.kind is Kind.KUBELET

    @property
    def reads(self) -> tuple[str, ...]:
        """The files for which it restarts."""
        match self.kind:
            case Kind.SERVICE:
                return self.asks[1:]
            case Kind.KUBELET:
                asks = KubeletAsks(*self.asks)
                unit = f"/etc/systemd/system/{self.key}.service.d"
                return asks.file, asks.main, f"{unit}/{STANDALONE}", f"{unit}/{TURNED_ON}"
        return ()

    @property
    def move(self) -> tuple[str, str, str]:
        """Of a kubelet whose static pods move: from which folder to which, and how many; empty words if they do not."""
        asks = KubeletAsks(*self.asks) if self.kind is Kind.KUBELET else KubeletAsks()
        return asks.moves_from, asks.static_pods, asks.count


class Seen(Struct, frozen=True):
    """What the node shows of a thing: its state, a file's content, and whether podwright's record there names it.

    `original` is what lay there when podwright took the file over. `others_folder` is whose the folder is in which a file
    lies, if others than root may change it. `lacks` is what the node has not, that a change would need, with words for each.
    """

    state: str
    content: bytes = b""
    recorded: bool = False
    original: bytes | None = None
    others_folder: str = ""
    lacks: tuple[tuple[Conflict, str], ...] = ()


class Thing(Struct, frozen=True):
    """A thing with what it is and what it is to be. `takes_over`: what lies there is another's, and is kept."""

    item: Item
    seen: Seen
    takes_over: bool = False

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def before(self) -> bytes | None:
        if self._is_file:
            return self.seen.content if self.seen.state.startswith("file ") else None
        return None if self.seen.state == ABSENT else f"{self.seen.state}\n".encode()

    @property
    def after(self) -> bytes | None:
        if self.item.kind is Kind.ORIGINAL:
            return self.seen.original
        if self.item.state == ABSENT:
            return None
        return (self.item.text if self._is_file else f"{self.item.state}\n").encode()

    @property
    def _is_file(self) -> bool:
        return self.item.kind in (Kind.FILE, Kind.ORIGINAL)

    @property
    def modes(self) -> tuple[str, str]:
        """A file's, if it is there and stays."""
        old, new = self.seen.state.split(), self.item.state.split()
        if self.item.kind is Kind.FILE and len(old) > 2 and len(new) > 2:
            return old[2], new[2]
        return "", ""

    @property
    def is_cosmetic(self) -> bool:
        return False

    @property
    def facts(self) -> Mapping[str, str | int | None]:
        return {"kind": str(self.item.kind), "state": self.seen.state, "wanted": self.item.state}

    @property
    def takes(self) -> tuple[Resource, ...]:
        return ()

    @property
    def gives_up(self) -> tuple[Resource, ...]:
        return ()

    def writes(self, action: Action) -> tuple[Write, ...]:
        """The node's program changes things by their states."""
        del action
        return ()

    def expectations(self, action: Action, wait_for: WaitFor) -> tuple[Expectation, ...]:
        """The node's program observes each thing again once it was changed."""
        del action, wait_for
        return ()

    def revision(self, action: Action) -> Revision | None:
        del action
        return None

    def found(self) -> Revision | None:
        return None

    def undo(self, action: Action, lies_there: str) -> tuple[Write, ...]:
        """The node's program makes the state again that was observed."""
        del action, lies_there
        return ()

    def back(self, action: Action) -> bytes | None:
        """Nothing of it goes back without us."""
        del action
        return None

    def undone(self, wait_for: WaitFor) -> tuple[Expectation, ...]:
        del wait_for
        return ()


_MAY_SAY_MORE = ("file", "directory", "released", "time")


def is_as_wanted(wanted: str, state: str) -> bool:
    """A label, which stands last, counts only if one is asked for."""
    words, found = wanted.split(), state.split()
    return found[: len(words)] == words and (len(found) == len(words) or words[0] in _MAY_SAY_MORE)
