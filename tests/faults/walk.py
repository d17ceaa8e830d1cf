"""One node of a lab on real OpenSSH, and the operations that are broken on it one after the other; what must hold then.

An operation more is a line in `OPERATIONS`, a fault more one in steps.py.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.copies import replace
from tests.faults.conftest import TEMPLATE
from tests.faults.steps import FaultyShell

from podwright_lab.cluster import Lab, LabNode

FILE = "probe.yaml"
#: in the state folder: the last note of who broke a lock is for the run that held it
KEPT = ("backups", "broken", "history")
RUN_SECONDS = 100
#: what a run that lost its node says of it
UNKNOWN = re.compile(r"connection|ended before its time|not known|unknown|lost")


@dataclass(frozen=True)
class Operation:
    """A command, and the word in the node's file before and after it; None: no file.

    `again` is the plain command that reaches the same; by default the same one.
    """

    words: tuple[str, ...]
    before: str | None
    after: str | None
    again: tuple[str, ...] = ()


PUSH = ("manifest", "push", "--hold", "0", "-y", "-o", "json")
REMOVE = ("manifest", "remove", "probe", "-y", "-o", "json")
RESTART = ("manifest", "restart", "probe", "--hold", "0", "-y", "-o", "json")
ROLLBACK = ("manifest", "rollback", "probe", "--hold", "0", "-y", "-o", "json")
OPERATIONS: Mapping[str, Operation] = {
    "create": Operation(PUSH, None, "first"),
    "update": Operation(PUSH, "first", "second"),
    "remove": Operation(REMOVE, "second", None),
    "restart": Operation(RESTART, "first", "first"),
    # once more it would go back to where it came from
    "rollback": Operation(ROLLBACK, "second", "first", again=PUSH),
}


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
    texts: dict[str | None, str | None] = field(default_factory=lambda: {None: None})

    @classmethod
    def on(cls, lab: Lab, node: LabNode, folder: Path) -> Walk:
        (folder / "inventory").mkdir(parents=True)
        (folder / "templates").mkdir()
        (folder / "templates" / "probe.yaml.j2").write_text(TEMPLATE)
        (folder / "inventory" / "hosts.yaml").write_text((lab.inventory / "hosts.yaml").read_text())
        return cls(lab, node, folder, FaultyShell(node.layout))

    def run(self, operation: Operation, *more: str) -> Ran:
        variables = {"static_pods": ["probe"], "word": operation.after or "first"}
        (self.folder / "inventory" / "zz.yaml").write_text(json.dumps({"all": {"vars": variables}}))
        site = (
            *("-i", self.folder / "inventory", "--templates", self.folder / "templates"),
            *(
                "--known-hosts",
                self.lab.known_hosts,
                "--kubeconfig",
                self.lab.kubeconfig,
                "--ssh-config",
                "none",
            ),
        )
        command = [
            sys.executable,
            "-m",
            "podwright",
            *site,
            *operation.words,
            "-l",
            self.node.name,
        ]
        with subprocess.Popen(
            [*command, *more],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            self.shell.controller_is(process.pid)
            try:
                out, err = process.communicate(timeout=RUN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise AssertionError("the run did not end") from None
        return Ran(process.returncode, out, err)

    def learn(self, name: str) -> tuple[str, ...]:
        """Run an operation that nothing disturbs: the places it passes."""
        operation = OPERATIONS[name]
        self._lead_to(operation.before)
        self.shell.record()
        ran = self.run(operation)
        assert ran.code == 0, ran.err
        self.texts[operation.after] = self.text()
        return self.shell.places

    def text(self) -> str | None:
        """What the file holds, whatever its generation."""
        try:
            text = (self.node.manifest_dir / FILE).read_text()
        except FileNotFoundError:
            return None
        return re.sub(r"(podwright\.dev/generation: *)\S+", r"\1N", text)

    def survive(self, name: str, place: str, fault: str) -> None:
        """Break an operation. Raises AssertionError if anything came of it that must not."""
        operation = OPERATIONS[name]
        if operation.again:
            # what is brought back must have been there
            self._lead_to(operation.after)
        self._lead_to(operation.before)
        self.shell.arm(place, fault)
        with self._watched():
            ran = self.run(operation)
            reached = self.shell.disarm()
            if reached:
                self._is_true(ran, operation)
            else:
                assert ran.code == 0, f"not broken, yet: {ran.err}"
            self._converges(operation)

    def _lead_to(self, before: str | None) -> None:
        self.shell.disarm()
        if self.text() != self.texts[before]:
            ran = self.run(Operation(PUSH if before else REMOVE, None, before))
            assert ran.code == 0, f"cannot begin: {ran.err}"

    def _is_true(self, ran: Ran, operation: Operation) -> None:
        now, wanted = self.text(), self.texts[operation.after]
        if ran.claimed:
            assert now == wanted, f"reported as applied, but is not there: {ran.out}"
        if ran.code == 0:
            assert now == wanted, f"reported as done, but is not: {ran.out}"
            assert all(pod["proven"] for pod in ran.node["pods"]), ran.out
        elif ran.out and now == wanted and not ran.claimed and operation.before != operation.after:
            assert UNKNOWN.search(ran.err), f"applied, but not reported: {ran.err}"

    def _converges(self, operation: Operation) -> None:
        plain = replace(operation, words=operation.again or operation.words)
        again = self.run(plain)
        if held := self._lock_of_the_dead():
            broken = self.run(
                replace(plain, words=("node", "lock", "break", held, "--reason", "it was killed"))
            )
            assert broken.code == 0, broken.err
            again = self.run(plain)
        assert again.code == 0, f"the same command again fails ({again.code}): {again.err}"
        assert self.text() == self.texts[operation.after]
        _until(lambda: not self._left_over(), "these stay: ", self._left_over)

    def _left_over(self) -> list[str]:
        """What a run has no more use for."""
        here = (*self.node.manifest_dir.glob(".*"), *self._state.glob("*"))
        return [path.name for path in here if path.name not in KEPT]

    def _lock_of_the_dead(self) -> str:
        """The id of a lock that nobody will release any more: waiting for its expiry would take a minute."""
        lock = self._state / "lock"
        return lock.read_text().partition(" ")[0] if lock.exists() else ""

    @property
    def _state(self) -> Path:
        folder = self.node.manifest_dir
        return folder.parent / ".podwright" / folder.name

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """At every instant the folder holds whole files of ours, and nothing that a kubelet would take for one."""
        over, found = threading.Event(), []
        whole = {text for text in self.texts.values() if text is not None}

        def watch() -> None:
            while not over.wait(0.005):
                stray = [path.name for path in self.node.manifest_dir.glob("[!.]*") if path.name != FILE]
                text = self.text()
                if stray or (text is not None and text not in whole):
                    found.append(stray or text)

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        assert not found, f"stray or torn: {found[0]}"


def _until(condition: Callable[[], bool], complaint: str, detail: Callable[[], object]) -> None:
    deadline = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < deadline, f"{complaint}{detail()}"
        time.sleep(0.05)
