"""Rounds with a real etcd of three members as the static pods of a lab with real OpenSSH: whatever fails before or during a
push, and however many operators push, no change ends a member that the quorum needs. `scripts/quorum 30 --seed 7`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.etcd import Etcd, await_all, await_true

from podwright_lab.cluster import Lab, LabNode

QUORUM = 2
#: what was down before a change began is seen by its check; what fails while it begins cannot be
GRACE_SECONDS = 4.0
TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata:
  name: etcd
  namespace: kube-system
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 3
  containers:
    - name: etcd
      image: registry.k8s.io/etcd:3.5
      imagePullPolicy: IfNotPresent
      command: {{ etcd_command | to_json }}
      args: {{ etcd_bad | default([]) | to_json }}
      env: [{name: WORD, value: "{{ word }}"}]
      readinessProbe:
        httpGet: {host: 127.0.0.1, port: {{ etcd_metrics }}, path: /health}
        periodSeconds: 1
        timeoutSeconds: 2
        failureThreshold: 2
      resources: {requests: {cpu: 10m, memory: 16Mi}}
"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def statuses(self) -> dict[str, str]:
        return {node["node"]: node["status"] for node in json.loads(self.out)["nodes"]}


@dataclass
class Site:
    """A lab whose nodes each run a member, and the command line as a person uses it."""

    lab: Lab
    folder: Path
    members: dict[str, Etcd] = field(default_factory=dict)

    def begin(self) -> None:
        for folder in ("templates", "inventory", "data"):
            (self.folder / folder).mkdir(parents=True)
        names = [node.name for node in self.lab.nodes]
        self.members = {name: Etcd(name, self.folder / "data") for name in names}
        (self.folder / "templates" / "etcd.yaml.j2").write_text(TEMPLATE)
        hosts = (self.lab.layout.inventory / "hosts.yaml").read_text()
        (self.folder / "inventory" / "hosts.yaml").write_text(hosts)
        self.want("first")
        begun = self.push("--all-at-once", "--accept-quorum-loss")
        assert begun.code == 0, begun.err
        await_all(tuple(self.members.values()))

    def want(self, word: str, **variables: object) -> None:
        """What the pods should be from the next push on."""
        every = tuple(self.members.values())
        hosts = {
            name: {"etcd_command": one.command(every), "etcd_metrics": one.metrics}
            for name, one in self.members.items()
        }
        pods = {"etcd": {"podwright_guard": {"kind": "etcd"}}}
        said = {"static_pods": pods, "word": word, **variables}
        text = json.dumps({"all": {"vars": said, "hosts": hosts}})
        (self.folder / "inventory" / "zz.yaml").write_text(text)

    def push(self, *options: str) -> Answer:
        return finished(self.start("manifest", "push", *options))

    def start(self, *words: str) -> subprocess.Popen[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PODWRIGHT_")}
        return subprocess.Popen(
            [sys.executable, "-m", "podwright", *words, "-y", "-o", "json"],
            env={
                **inherited,
                "PODWRIGHT_INVENTORY": str(self.folder / "inventory"),
                "PODWRIGHT_TEMPLATES": str(self.folder / "templates"),
                "PODWRIGHT_KNOWN_HOSTS": str(self.lab.known_hosts),
                "KUBECONFIG": str(self.lab.kubeconfig),
            },
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def pid(self, name: str) -> int:
        """The process of a node's member."""
        marker = f"--name={name}\0"
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                text = entry.read_text()
                if marker in text and str(self.folder) in text:
                    return int(entry.parent.name)
        return 0

    def whole(self) -> bool:
        return all(one.healthy for one in self.members.values())


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as link:
        return link.recv(4) == b"SSH-"
    return False


def finished(process: subprocess.Popen[str]) -> Answer:
    out, err = process.communicate(timeout=300)
    return Answer(process.returncode, out, err)


@dataclass
class Watch:
    """Samples which members run, and keeps when each went down."""

    site: Site
    #: processes that the test stopped, which count as down
    frozen: set[int] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    _down: dict[str, float] = field(default_factory=dict)
    _reported: bool = False
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Watch]:
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.05):
            self._sample(time.monotonic())

    def _sample(self, now: float) -> None:
        for name in self.site.members:
            if (pid := self.site.pid(name)) in self.frozen or not pid:
                self._down.setdefault(name, now)
            else:
                self._down.pop(name, None)
        lost = len(self.site.members) - len(self._down) < QUORUM
        if lost and not self._reported and now - min(self._down.values()) > GRACE_SECONDS:
            last = max(self._down, key=self._down.__getitem__)
            if (
                self.site.pid(last) not in self.frozen
                and self._down[last] - min(self._down.values()) > GRACE_SECONDS
            ):
                self.broken.append(f"{last} was ended while {sorted(self._down.keys() - {last})} was down")
                self._reported = True
        if not lost:
            self._reported = False


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
        os.kill(self.site.pid(self.victim()), signal.SIGKILL)
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
        await_true(lambda: not one.healthy, 10)
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
        """A server reads its configuration again, and listens again after that."""
        (node.layout.host_key.parent / "sshd_config").write_text(text)
        node.ssh.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        await_true(lambda: answers(node.port), 10)

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

    @contextmanager
    def freezing(self, name: str) -> Iterator[None]:
        # one that is being changed may have no process, or end it
        await_true(lambda: self.site.pid(name) > 0, 60)
        pid = self.site.pid(name)
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
        await_true(self.site.whole, 120)
        return self.well()


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


def play(folder: Path, count: int, seed: int, *, tell: Callable[[str], None]) -> list[str]:
    """What went wrong in `count` rounds."""
    chance, wrong = random.Random(seed), list[str]()
    first = chance.randrange(len(KINDS))
    with Lab(folder / "lab", nodes=3, speed=2.0, sshd=True) as lab:
        site = Site(lab, folder / "site")
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
    with tempfile.TemporaryDirectory(prefix="podwright-quorum-") as folder:
        wrong = play(Path(folder), given.rounds, given.seed, tell=lambda text: print(text, flush=True))
    print(f"{given.rounds} rounds, {len(wrong)} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
