"""One node of a lab on real OpenSSH, and the operations that are broken on it one after the other; what must hold then."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.command_server import CommandServer, Running
from tests.fakes.copies import replace
from tests.faults.operations import (
    OPERATIONS,
    PROBE,
    PUSH,
    RELEASE,
    REMOVE,
    RUN,
    SOON,
    THEIRS,
    UNCONFIRMED,
    Operation,
    variables,
)
from tests.faults.steps import FaultyShell
from tests.faults.switches import end_switch, until, waits

from podwright_lab.cluster import Lab, LabNode

FILE = "probe.yaml"
#: in the state folder: the last note of who broke a lock is for the run that held it
KEPT = ("backups", "broken", "history", "switched")
RUN_SECONDS = 200
#: without its kubelet a node proves nothing, however long one waits
FROZEN_SECONDS = "6"
#: what a run that lost its node says of it
UNKNOWN = re.compile(r"connection|ended before its time|not known|unknown|lost|could not be taken back")


@dataclass(frozen=True)
class Ran:
    """What a run of the command line came to."""

    code: int
    out: str
    err: str

    @property
    def node(self) -> dict:
        return json.loads(self.out)["nodes"][0] if self.out else {}

    @property
    def claimed(self) -> set[str]:
        return {entry["what"] for entry in self.node.get("applied", ())}


@dataclass
class Walk:
    """One node with a site of its own, on which one operation follows the other."""

    lab: Lab
    node: LabNode
    folder: Path
    shell: FaultyShell
    commands: CommandServer
    #: what the file holds, by word
    texts: dict[str | None, str | None] = field(default_factory=lambda: {None: None})

    @classmethod
    def on(cls, lab: Lab, node: LabNode, folder: Path, commands: CommandServer) -> Walk:
        (folder / "inventory").mkdir(parents=True)
        (folder / "templates").mkdir()
        (folder / "templates" / FILE).with_suffix(".yaml.j2").write_text(PROBE)
        (folder / "inventory" / "hosts.yaml").write_text((lab.inventory / "hosts.yaml").read_text())
        return cls(lab, node, folder, FaultyShell(node.layout), commands)

    def run(self, operation: Operation, *more: str) -> Ran:
        try:
            answer = self.start(operation, *more).answer(RUN_SECONDS)
        except TimeoutError as error:
            raise AssertionError(str(error)) from None
        return Ran(answer.code, answer.out, answer.err)

    def start(self, operation: Operation, *more: str) -> Running:
        """Begin its command; it writes nowhere but into this walk's folder."""
        (self.folder / "inventory" / "zz.yaml").write_text(
            json.dumps({"all": {"vars": variables(operation.pushed)}})
        )
        command = (
            *("-i", self.folder / "inventory"),
            *("--templates", self.folder / "templates", "--known-hosts", self.lab.known_hosts),
            *("--kubeconfig", self.lab.kubeconfig, "--ssh-config", "none"),
            *(self._run_to_confirm if word == RUN else word for word in operation.words),
            *("-l", self.node.name, *more),
        )
        environment = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}
        process = self.commands.start([*map(str, command)], environment=environment)
        kubelet = self.lab.kubelets.node(self.node.name).pid
        assert kubelet, "the kubelet is down"
        self.shell.pids({"controller": process.pid, "kubelet": kubelet})
        return process

    def learn(self, name: str) -> tuple[str, ...]:
        """Run an operation that nothing disturbs: the places it passes, and what the file holds on the way."""
        operation = OPERATIONS[name]
        self._begin(operation)
        if operation.through:
            # what begins before it is to be recorded passes steps later
            self.shell.arm("none", "kubelet")
        else:
            self.shell.record()
        found: list[str | None] = []
        with self._seeing(lambda text: self._on_the_way(text, operation, found)):
            ran = self._carried_out(operation)
        assert ran.code == (1 if operation.through else 0), ran.err
        assert self.texts.setdefault(operation.after, self.text()) == self.text(), ran.err
        return self.shell.places

    def _on_the_way(self, text: str | None, operation: Operation, found: list[str | None]) -> None:
        if operation.through and not found and text not in self.texts.values():
            found.append(text)
            self.texts[operation.through] = text
            self.shell.record()

    def text(self) -> str | None:
        """What the file holds, whatever its generation."""
        try:
            text = (self.node.manifest_dir / FILE).read_text()
        except FileNotFoundError:
            return None
        return re.sub(r"(podwright\.dev/generation: *)\S+", r"\1N", text)

    def survive(self, name: str, place: str, fault: str) -> bool:
        """Break an operation. Raises AssertionError if anything came of it that must not; whether the place was reached."""
        operation = OPERATIONS[name]
        self._begin(operation, place, fault)
        # what ends a switch waits for no kubelet
        more = ("--timeout", FROZEN_SECONDS) if fault == "kubelet" and not operation.left else ()
        if not operation.fires:
            self.shell.arm(place, fault)
        if not operation.through:
            self.shell.release()
        with self._watched(operation):
            ran = self._carried_out(operation, *more)
            reached = self.shell.disarm()
            if reached and not operation.fires:
                self._is_true(ran, operation)
            else:
                assert ran.code == (1 if operation.through else 0), f"not broken, yet: {ran.err}"
            self._converges(operation)
        return reached

    def _carried_out(self, operation: Operation, *more: str) -> Ran:
        if not operation.fires:
            return self.run(operation, *more)
        until(lambda: self.shell.reached or not waits(self), "it does not fire", lambda: "")
        return Ran(0, "", "")

    def _begin(self, operation: Operation, place: str = "none", fault: str = "kubelet") -> None:
        if operation.again and not operation.through:
            # what is brought back must have been there
            self._lead_to(operation.after)
        if not operation.left:
            self._lead_to(operation.before)
            return
        self._lead_to("first")
        if operation.fires:
            self.shell.arm(place, fault, alone=True)
        ran = self.run(Operation(SOON if operation.fires else UNCONFIRMED, "first", operation.before))
        assert ran.code == 1, f"cannot begin: {ran.err}"
        self.texts.setdefault(operation.before, self.text())

    @property
    def _run_to_confirm(self) -> str:
        return next((path.name for path in (self.state / "switch").glob("*")), "none")

    def _lead_to(self, before: str | None) -> None:
        self.shell.disarm()
        if before in self.texts and self.text() == self.texts[before]:
            if before in (None, THEIRS) or self._is_good:
                return
            # what is brought back is the newest that is good; to push the same once more would write nothing
            assert self.run(Operation((*REMOVE, "--adopt"), None, None)).code == 0
        if before == THEIRS:
            self._lead_to("first")
            ran = self.run(Operation(RELEASE, "first", THEIRS))
        else:
            words = (*PUSH, "--retry") if before else REMOVE
            ran = self.run(Operation((*words, "--adopt"), None, before))
        assert ran.code == 0, f"cannot begin: {ran.err}"
        self.texts.setdefault(before, self.text())

    def _is_true(self, ran: Ran, operation: Operation) -> None:
        now, unknown = self.text(), UNKNOWN.search(ran.err)
        back = not operation.through or "reverted" in ran.claimed
        stands = self.texts[operation.after if back else operation.through]
        if ran.claimed and not (operation.through and unknown):
            assert now == stands, f"reported as applied, but is not there: {ran.out}"
        if ran.code == 0:
            assert not operation.through, f"what cannot run is reported as done: {ran.out}"
            assert now == stands, f"reported as done, but is not: {ran.out}"
            assert all(pod["proven"] for pod in ran.node.get("pods", ())), ran.out
        elif ran.out and now != self.texts[operation.before] and not ran.claimed:
            assert unknown, f"applied, but not reported: {ran.err}"

    def _converges(self, operation: Operation) -> None:
        if operation.left or "--confirm-within" in operation.words:
            end_switch(self, operation)
        plain = replace(operation, words=operation.again or operation.words, through=None)
        again = self.run(plain)
        if self.break_lock(plain):
            again = self.run(plain)
        assert again.code == 0, f"the same command again fails ({again.code}): {again.err}"
        assert self.text() == self.texts[operation.after]
        until(lambda: not self._left_over(), "these stay: ", self._left_over)

    def _left_over(self) -> list[str]:
        """What a run has no more use for."""
        here = (*self.node.manifest_dir.glob(".*"), *self.state.glob("*"))
        return [path.name for path in here if path.name not in KEPT]

    def break_lock(self, operation: Operation) -> bool:
        """Whether there was one."""
        held = self.lock_of_the_dead()
        if held:
            self.run(replace(operation, words=("node", "lock", "break", held, "--reason", "it was killed")))
        return bool(held)

    def lock_of_the_dead(self) -> str:
        """The id of a lock that nobody will release any more: waiting for its expiry would take a minute."""
        lock = self.state / "lock"
        return lock.read_text().partition(" ")[0] if lock.exists() else ""

    @property
    def _is_good(self) -> bool:
        """Whether the newest revision of the node's history was proven."""
        kept = [path.name for path in (self.state / "history" / FILE).glob("*")]
        newest = max((name for name in kept if name.count(".") == 2), default="")
        return f"{newest}.good" in kept and f"{newest}.reverted" not in kept

    @property
    def state(self) -> Path:
        folder = self.node.manifest_dir
        return folder.parent / ".podwright" / folder.name

    @contextmanager
    def _watched(self, operation: Operation) -> Iterator[None]:
        """At every instant the folder holds whole files of ours, and nothing that a kubelet would take for one."""
        found: list[object] = []
        whole = {None, *self.texts.values()}

        def see(text: str | None) -> None:
            if operation.through and text == self.texts[operation.through]:
                self.shell.release()
            stray = [path.name for path in self.node.manifest_dir.glob("[!.]*") if path.name != FILE]
            if stray or text not in whole:
                found.append(stray or text)

        with self._seeing(see):
            yield
        assert not found, f"stray or torn: {found[0]}"

    @contextmanager
    def _seeing(self, see: Callable[[str | None], None]) -> Iterator[None]:
        """What the file holds from one instant to the next."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.005):
                see(self.text())

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
