"""A lab of two nodes and the command line in this process; whatever a test breaks is mended after it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from podwright.cli.main import exit_code
from podwright_lab.active_faults import Breakages
from podwright_lab.cluster import Lab

TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata:
  name: probe
spec:
  terminationGracePeriodSeconds: 1
  enableServiceLinks: false
  containers:
    - name: main
      image: docker.io/library/busybox:1.36
      imagePullPolicy: IfNotPresent
      command: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"]
      env: [{name: WORD, value: "{{ word }}"}]
      resources: {requests: {cpu: 10m, memory: 16Mi}}
"""


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.01)


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    def node(self, name: str) -> dict:
        return next(node for node in json.loads(self.out)["nodes"] if node["node"] == name)


class Faults:
    """Breaks things and runs podwright."""

    def __init__(self, lab: Lab, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.lab = lab
        self.breakages = Breakages(lab)
        self.folder = folder
        self._capsys = capsys
        (folder / "templates").mkdir()
        (folder / "templates" / "probe.yaml.j2").write_text(TEMPLATE)
        self.word("first")

    def word(self, word: str) -> None:
        """What the pod's environment says from the next push on; the lab's own inventory says how to connect."""
        hosts = json.dumps({"all": {"vars": {"static_pods": ["probe"], "word": word}}})
        (self.folder / "inventory" / "zz.yaml").write_text(hosts)

    @property
    def site(self) -> tuple[str, ...]:
        """The global options that lead to the lab."""
        return (
            *("-i", str(self.folder / "inventory"), "--templates", str(self.folder / "templates")),
            *("--known-hosts", str(self.lab.known_hosts), "--kubeconfig", str(self.lab.kubeconfig)),
        )

    def run(self, *arguments: str) -> Answer:
        code = exit_code([*self.site, *arguments])
        shown = self._capsys.readouterr()
        assert "Traceback" not in shown.err
        return Answer(code, shown.out, shown.err)

    def push(self, *arguments: str) -> Answer:
        return self.run("manifest", "push", "-y", "--hold", "0", "-o", "json", *arguments)

    def remove(self, *arguments: str) -> Answer:
        return self.run("manifest", "remove", "probe", "-y", "-o", "json", *arguments)

    def file(self, node: str) -> Path:
        return self.lab.node(node).manifest_dir / "probe.yaml"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab"), nodes=2) as running:
        yield running


@pytest.fixture
def faults(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Faults]:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts.yaml").write_text((lab.inventory / "hosts.yaml").read_text())
    breaking = Faults(lab, tmp_path, capsys)
    yield breaking
    breaking.breakages.mend_node("all", "all")
    assert breaking.remove("--adopt").code == 0
