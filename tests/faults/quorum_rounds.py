"""Rounds with a real etcd of three members as the static pods of a lab with real OpenSSH: whatever fails before or during a
push, and however many operators push, no change ends a member that the quorum needs. `scripts/quorum 30 --seed 7`.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.command_server import CommandServer, command_server
from tests.fakes.etcd import await_true
from tests.faults.quorum_site import Answer, Site, Watch, finished, greeting

from podwright_lab.cluster import Lab, LabNode


@dataclass
class Round:
    """One round: something fails, somebody pushes; what came of it is told in `wrong` if it is not as it should be."""

    site: Site
    watch: Watch
    chance: random.Random
    word: str

    def victim(self) -> str:
        return self.chance.choice([*self.site.members])

    def well(self) -> Answer:
        self.site.want(self.word)
        return self.site.push()

    def frozen_member(self) -> Answer:
        """The others are refused: without it the quorum is all that is left."""
        name = self.victim()
        with self.freezing(name):
            self.site.want(self.word)
            answer = self.site.push()
            assert answer.code == 1, answer.err
            assert "changed" not in [answer.statuses[one] for one in self.site.members if one != name], (
                answer.err
            )
        return self.again()

    def member_that_freezes_later(self) -> Answer:
        self.site.want(self.word)
        process = self.site.start("manifest", "push")
        time.sleep(self.chance.uniform(1, 8))
        with self.freezing(self.victim()):
            finished(process)
        return self.again()

    def killed_member(self) -> Answer:
        """Its kubelet starts it again, sooner or later."""
        os.kill(self.process(self.victim()), signal.SIGKILL)
        self.site.want(self.word)
        self.site.push()
        return self.again()

    def two_operators(self) -> Answer:
        self.site.want(self.word)
        first, second = self.site.start("manifest", "push"), self.site.start("manifest", "restart", "etcd")
        for process in (first, second):
            finished(process)
        return self.again()

    def alarm(self) -> Answer:
        one = self.site.members[self.victim()]
        one.post("maintenance/alarm", action="ACTIVATE", memberID="0", alarm="NOSPACE")
        await_true(lambda: not one.healthy, 60)
        self.site.want(self.word)
        answer = self.site.push()
        assert answer.code == 1, answer.err
        assert "changed" not in answer.statuses.values(), answer.err
        one.post("maintenance/alarm", action="DEACTIVATE", memberID="0", alarm="NOSPACE")
        return self.again()

    def bad_manifest(self) -> Answer:
        """The first node fails and goes back under the guard; the others are left alone."""
        self.site.want(self.word, etcd_bad=["--no-such-flag"])
        answer = self.site.push()
        assert answer.code == 1, answer.err
        assert sorted(answer.statuses.values()) == ["failed", "not-begun", "not-begun"], answer.err
        assert "was rolled back to revision" in answer.err, answer.err
        return self.again()

    def forwarding_is_forbidden(self) -> Answer:
        """How the member behind that server is cannot be told, so no other is changed."""
        node = self.site.lab.node(self.victim())
        configuration = node.layout.host_key.parent / "sshd_config"
        text = configuration.read_text()
        try:
            self.configure(node, text.replace("AllowTcpForwarding local", "AllowTcpForwarding no"))
            self.site.want(self.word)
            answer = self.site.push()
            assert answer.code == 1, answer.err
            assert "changed" not in answer.statuses.values(), answer.err
            assert "administratively prohibited" in answer.err, answer.err
        finally:
            self.configure(node, text)
        return self.again()

    def configure(self, node: LabNode, text: str) -> None:
        """A server reads its configuration again, and greets as that says."""
        mark = f"configured-{time.monotonic_ns()}"
        (node.layout.host_key.parent / "sshd_config").write_text(f"VersionAddendum {mark}\n{text}")
        node.ssh.process.send_signal(signal.SIGHUP)
        await_true(lambda: mark in greeting(node.port), 60)

    def api_is_down(self) -> Answer:
        """What the nodes and etcd itself show is enough."""
        self.site.want(self.word)
        self.site.lab.api.stop_listening()
        try:
            answer = self.site.push()
        finally:
            self.site.lab.api.resume()
        assert [*answer.statuses.values()] == ["changed"] * 3, answer.err
        return self.again()

    def process(self, name: str) -> int:
        """Of a member; one that is being changed may have none."""
        pid = 0

        def found() -> bool:
            nonlocal pid
            pid = self.site.pid(name)
            return pid > 0

        await_true(found, 60)
        return pid

    @contextmanager
    def freezing(self, name: str) -> Iterator[None]:
        # one that is being changed may end it
        pid = self.process(name)
        self.watch.frozen.add(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
            self.watch.frozen.discard(pid)

    def again(self) -> Answer:
        """What failed for reasons of the member, and was taken back, is wanted all the same."""
        self.site.want(self.word)
        for _ in range(3):
            await_true(self.site.whole, 120)
            answer = self.site.push("--retry")
            # one that a busy machine keeps from answering just then is not well, and no other is changed
            if "members of etcd would be healthy" not in answer.err:
                break
        return answer


KINDS: tuple[Callable[[Round], Answer], ...] = (
    Round.well,
    Round.frozen_member,
    Round.two_operators,
    Round.bad_manifest,
    Round.alarm,
    Round.killed_member,
    Round.forwarding_is_forbidden,
    Round.member_that_freezes_later,
    Round.api_is_down,
)


def play(
    folder: Path, commands: CommandServer, count: int, seed: int, *, tell: Callable[[str], None]
) -> list[str]:
    """What went wrong in `count` rounds."""
    chance, wrong = random.Random(seed), list[str]()
    first = chance.randrange(len(KINDS))
    with Lab(folder / "lab", nodes=3, speed=2.0, sshd=True) as lab:
        site = Site(lab, folder / "site", commands)
        site.begin()
        with Watch(site).running() as watch:
            for number in range(count):
                kind = KINDS[(first + number) % len(KINDS)]
                began = time.monotonic()
                try:
                    answer = kind(Round(site, watch, chance, f"round {number}"))
                    failed = [] if answer.code == 0 and site.whole() else [f"did not converge: {answer.err}"]
                except AssertionError as error:
                    failed = [str(error)]
                failed += watch.broken
                watch.broken = []
                wrong += [f"round {number}, {kind.__name__}: {one}" for one in failed]
                tell(
                    f"round {number}, {kind.__name__}: {'; '.join(failed) or 'kept'} ({time.monotonic() - began:.0f} s)"
                )
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    with (
        tempfile.TemporaryDirectory(prefix="podwright-quorum-") as folder,
        command_server(Path(folder)) as commands,
    ):
        wrong = play(
            Path(folder), commands, given.rounds, given.seed, tell=lambda text: print(text, flush=True)
        )
    print(f"{given.rounds} rounds, {len(wrong)} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
