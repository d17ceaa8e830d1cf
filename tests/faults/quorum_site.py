"""A lab whose nodes run a real etcd of three members, and a watch over how many of them run."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.command_server import CommandServer, Running
from tests.fakes.etcd import Etcd, await_all

from podwright_lab.cluster import Lab

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
    commands: CommandServer
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

    def start(self, *words: str) -> Running:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PODWRIGHT_")}
        own = {
            "PODWRIGHT_INVENTORY": str(self.folder / "inventory"),
            "PODWRIGHT_TEMPLATES": str(self.folder / "templates"),
            "PODWRIGHT_KNOWN_HOSTS": str(self.lab.known_hosts),
            "KUBECONFIG": str(self.lab.kubeconfig),
        }
        return self.commands.start((*words, "-y", "-o", "json"), environment={**inherited, **own})

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


def greeting(port: int) -> str:
    """The first that a server says, or nothing."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as link:
        return link.recv(100).decode()
    return ""


def finished(process: Running) -> Answer:
    answer = process.answer(300)
    return Answer(answer.code, answer.out, answer.err)


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
