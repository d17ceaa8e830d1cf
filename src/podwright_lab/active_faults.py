"""What is broken in a lab now: breaks and repairs it, node by node or for all, and keeps account."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from podwright.suggestion import did_you_mean
from podwright_lab.cluster import Lab
from podwright_lab.faults import BREAKAGES, KUBELET_DOWN, Breakage
from podwright_lab.lab_error import LabUsageError

EVERY_NODE = "all"
EVERYTHING = "all"


class Breakages:
    """What is broken in one lab now. Breaking what is broken and repairing what works changes nothing."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._broken: dict[str, list[str]] = {node.name: [] for node in lab.nodes}
        self._broken_for_all: list[str] = []
        self._lock = threading.Lock()

    def of(self, node: str) -> list[str]:
        """The breakages of one node, in the order in which they were made."""
        with self._lock:
            self._note_killed()
            return list(self._broken[node])

    def of_all(self) -> list[str]:
        """The breakages of the lab as a whole."""
        return list(self._broken_for_all)

    def break_node(self, node: str, what: str) -> list[str]:
        """Break `what` on the node, or on each for `all`; returns where it is now broken.

        Raises LabUsageError for what there is not, and LabError if this lab or machine cannot do it.
        """
        return self._bring(node, what, broken=True)

    def mend_node(self, node: str, what: str) -> list[str]:
        """Undo `break_node`; `what` may be `all`. Returns where it works now; raises LabUsageError."""
        if what == EVERYTHING:
            return self._mend_everything(node)
        return self._bring(node, what, broken=False)

    def _bring(self, node: str, what: str, *, broken: bool) -> list[str]:
        breakage = _known(what)
        with self._lock:
            self._note_killed()
            places = self._places(node, what)
            for name, account in places.items():
                if (what in account) == broken:
                    continue
                change, note = (
                    (breakage.break_it, account.append) if broken else (breakage.mend_it, account.remove)
                )
                change(self._lab, self._lab.node(name))
                note(what)
                self._settle(name, breakage)
        return [EVERY_NODE] if breakage.whole_lab else list(places)

    def _mend_everything(self, node: str) -> list[str]:
        names = self._names(node)
        for name in names:
            for what in self.of(name):
                self.mend_node(name, what)
        if node == EVERY_NODE:
            for what in self.of_all():
                self.mend_node(EVERY_NODE, what)
        return names

    def _note_killed(self) -> None:
        """A kubelet that was killed is as down as one that was broken here."""
        for name in self._lab.kubelets.down():
            if not any(BREAKAGES[what].stops_kubelet for what in self._broken[name]):
                self._broken[name].append(KUBELET_DOWN)

    def _names(self, node: str) -> list[str]:
        return list(self._broken) if node == EVERY_NODE else [self._lab.node(node).name]

    def _places(self, node: str, what: str) -> Mapping[str, list[str]]:
        """Which nodes to change, each with the list that keeps account of it."""
        if not BREAKAGES[what].whole_lab:
            return {name: self._broken[name] for name in self._names(node)}
        if node != EVERY_NODE:
            raise LabUsageError(
                f"`{what}` concerns every node, not only `{node}`",
                f"name the node `{EVERY_NODE}`: {EVERY_NODE} {what}",
            )
        return {next(iter(self._broken)): self._broken_for_all}

    def _settle(self, name: str, changed: Breakage) -> None:
        """Bring the kubelet and the shell in line with what is broken on the node now."""
        self._write_prelude(name)
        if not changed.stops_kubelet:
            return
        if any(BREAKAGES[what].stops_kubelet for what in self._broken[name]):
            self._lab.kubelets.stop(name)
        else:
            self._lab.kubelets.start(name)

    def _write_prelude(self, name: str) -> None:
        text = "".join(BREAKAGES[what].prelude() for what in self._broken[name])
        prelude = self._lab.node(name).layout.shell_prelude
        if not text:
            prelude.unlink(missing_ok=True)
            return
        staged = prelude.with_suffix(".new")
        staged.write_text(text)
        staged.replace(prelude)


def _known(what: str) -> Breakage:
    try:
        return BREAKAGES[what]
    except KeyError:
        names = ", ".join(f"`{name}`" for name in BREAKAGES)
        raise LabUsageError(
            f"`{what}` is not something that a lab can break",
            did_you_mean(what, BREAKAGES, f"it can break {names}"),
        ) from None
