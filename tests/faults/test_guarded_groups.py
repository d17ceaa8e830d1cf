"""Groups that are guarded, on three nodes with real OpenSSH: a virtual address always has one holder, and of three pods two
are always there, however many operators change them.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import environ
from pathlib import Path

import pytest
from tests.fakes.command_server import CommandServer, Running
from tests.fakes.etcd import await_true
from tests.fakes.sshd import free_port

from podwright_lab.cluster import Lab

ADDRESS = "127.0.0.77"
#: a node's addresses are those of this machine, and this one where the marker lies
SED = """\
#!/bin/sh
case "$*" in *'host LOCAL'*) [ ! -e {root}/holds ] || echo '   |-- {address}' ;; esac
exec /bin/sed "$@"
"""
TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata: {name: guarded}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 2
  containers:
    - name: main
      image: docker.io/library/busybox:1.36
      imagePullPolicy: IfNotPresent
      command: [/bin/sh, -c]
      args:
        - |
          trap 'rm -f {{ root }}/runs; exit 0' TERM
          touch {{ root }}/runs
          while :; do sleep 1 & wait $!; done
      env: [{name: WORD, value: "{{ word }}"}]
      resources: {requests: {cpu: 10m, memory: 16Mi}}
"""
pytestmark = pytest.mark.xdist_group("guarded")


@dataclass
class Answer:
    code: int
    err: str
    statuses: dict[str, str]


class Site:
    def __init__(self, lab: Lab, folder: Path, commands: CommandServer) -> None:
        self.lab, self.folder, self._commands = lab, folder, commands
        self.roots = {node.name: node.layout.root for node in lab.nodes}
        for name in ("inventory", "templates"):
            (folder / name).mkdir(parents=True)
        (folder / "inventory" / "hosts.yaml").write_text((lab.layout.inventory / "hosts.yaml").read_text())
        (folder / "templates" / "guarded.yaml.j2").write_text(TEMPLATE)

    def want(self, word: str, **guard: object) -> None:
        hosts = {name: {"root": str(root)} for name, root in self.roots.items()}
        pods = {"guarded": {"podwright_guard": guard} if guard else "present"}
        document = {"all": {"vars": {"static_pods": pods, "word": word}, "hosts": hosts}}
        (self.folder / "inventory" / "zz.yaml").write_text(json.dumps(document))

    def start(self, *words: str) -> Running:
        own = {
            "PODWRIGHT_INVENTORY": str(self.folder / "inventory"),
            "PODWRIGHT_TEMPLATES": str(self.folder / "templates"),
            "PODWRIGHT_KNOWN_HOSTS": str(self.lab.known_hosts),
            "KUBECONFIG": str(self.lab.kubeconfig),
        }
        inherited = {name: value for name, value in environ.items() if name[:10] != "PODWRIGHT_"}
        words = ("manifest", *words, "-y", "-o", "json")
        return self._commands.start(words, environment={**inherited, **own})

    def push(self) -> Answer:
        return finished(self.start("push"))

    def running(self) -> list[str]:
        return [name for name, root in self.roots.items() if (root / "runs").exists()]

    def holders(self) -> list[str]:
        return [name for name, root in self.roots.items() if (root / "holds").exists()]

    def written_last(self) -> str:
        """The node whose manifest is the newest."""
        return max(
            self.lab.nodes, key=lambda node: (node.manifest_dir / "guarded.yaml").stat().st_mtime_ns
        ).name

    @contextmanager
    def without_api(self) -> Iterator[None]:
        self.lab.api.stop_listening()
        try:
            yield
        finally:
            self.lab.api.resume()


def finished(process: Running) -> Answer:
    answer = process.answer(170)
    nodes = answer.document["nodes"] if answer.out else []
    return Answer(answer.code, answer.err, {node["node"]: node["status"] for node in nodes})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, commands: CommandServer) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("guarded")
    with Lab(folder / "lab", nodes=3, speed=2.0, sshd=True) as lab:
        site = Site(lab, folder / "site", commands)
        site.want("first")
        begun = site.push()
        assert begun.code == 0, begun.err
        yield site


@contextmanager
def every(seconds: float, work) -> Iterator[None]:
    over = threading.Event()

    def run() -> None:
        while not over.wait(seconds):
            work()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.timeout(400)
def test_of_three_pods_two_are_always_there_though_two_operators_change_them(site: Site) -> None:
    fewest: list[int] = []
    site.want("guarded", min_available=2)
    with every(0.05, lambda: fewest.append(len(site.running()))):
        operators = [
            site.start("push"),
            site.start("restart", "guarded"),
            site.start("push", "--wait-lock", "100s"),
        ]
        answers = [finished(one) for one in operators]
    assert min(fewest) == 2, [answer.err for answer in answers]
    # each may have come between the nodes of another
    again = site.push()
    assert again.code == 0, again.err
    assert len(site.running()) == 3


@pytest.mark.timeout(200)
def test_a_run_that_is_confirmed_node_by_node_is_not_in_its_own_way(site: Site) -> None:
    site.want("confirmed", min_available=2)
    answer = finished(site.start("push", "--confirm-within", "120s"))
    assert answer.code == 0, answer.err
    assert set(answer.statuses.values()) == {"changed"}


@pytest.fixture
def address(site: Site) -> Iterator[dict[str, object]]:
    """Held by one node, and taken over by another if its pod goes, as kube-vip and keepalived do; the guard that fits."""
    for name, root in site.roots.items():
        stand_in = site.lab.node(name).layout.bin_dir / "sed"
        stand_in.write_text(SED.format(root=root, address=ADDRESS))
        stand_in.chmod(0o755)
    await_true(lambda: len(site.running()) == 3, 90)
    first = min(site.roots)
    (site.roots[first] / "holds").touch()

    def take_over() -> None:
        there = site.running()
        [holder] = site.holders()[:1] or [""]
        if holder not in there and there:
            (site.roots[there[-1]] / "holds").touch()
            if holder:
                (site.roots[holder] / "holds").unlink()

    with socket.create_server((ADDRESS, 0)) as listener, every(0.05, take_over):
        yield {"kind": "vip", "address": ADDRESS, "port": listener.getsockname()[1]}
    for root in site.roots.values():
        (root / "holds").unlink(missing_ok=True)


@pytest.mark.timeout(400)
def test_the_holder_of_an_address_changes_last_and_not_while_the_api_is_down(
    site: Site, address: dict[str, object]
) -> None:
    [holder] = site.holders()
    site.want("with an address", **address)
    with site.without_api():
        blind = site.push()
    others = [name for name in site.roots if name != holder]
    assert [blind.statuses[name] for name in (*others, holder)] == ["changed", "changed", "refused"], (
        blind.err
    )
    assert f"it holds the address {ADDRESS}, and another node may not take that over" in blind.err

    site.want("with an address again", **address)
    whole = site.push()
    assert whole.code == 0, whole.err
    assert site.written_last() == holder
    assert len(site.holders()) == 1


@pytest.mark.timeout(200)
def test_an_address_with_two_holders_or_that_does_not_answer_refuses_every_node(
    site: Site, address: dict[str, object]
) -> None:
    site.want("too many", **address)
    (site.roots[max(site.roots)] / "holds").touch()
    answer = site.push()
    assert "changed" not in answer.statuses.values()
    assert f"more than one node holds the address {ADDRESS}" in answer.err
    (site.roots[max(site.roots)] / "holds").unlink()

    site.want("silent", **{**address, "port": free_port()})
    answer = site.push()
    assert "changed" not in answer.statuses.values()
    assert f"the address {ADDRESS} does not answer" in answer.err
