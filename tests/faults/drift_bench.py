"""A lab of two nodes that is checked for drift in this process, and what can be done to its first node."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.fakes.copies import replace

from podwright.cli.app import App
from podwright.cli.site_options import SiteOptions
from podwright.errors import PodwrightError
from podwright.operations.drift import NodeDrift, check_drift
from podwright.operations.holds import release_holds
from podwright.operations.pending_runs import revert_run
from podwright.operations.push import converge_fleet
from podwright.operations.report import Report
from podwright.operations.world import Settings
from podwright.plan.drift_excuses import Allowances
from podwright.plan.drift_history import NO_HISTORY, Before, DriftHistory, Scope
from podwright_lab.active_faults import Breakages
from podwright_lab.cluster import Lab

ONE, OTHER = "cp-1", "cp-2"
MARK = "# kim was here"
TODAY = "2027-01-31"
RUNS = "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"
#: `probe` is what is broken: its variables are of the first node; `steady` must never be found
STEADY = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: NAME}}
spec:
  terminationGracePeriodSeconds: 1
  enableServiceLinks: false
  containers:
    - name: main
      image: docker.io/library/busybox:1.36
      imagePullPolicy: IfNotPresent
      command: ["/bin/sh", "-c", "{RUNS}"]
"""
PROBE = """\
apiVersion: v1
kind: Pod
metadata: {name: probe}
spec:
  terminationGracePeriodSeconds: 1
  enableServiceLinks: false
  {{ init | default("") }}
  containers:
    - name: main
      image: {{ image | default("docker.io/library/busybox:1.36") }}
      imagePullPolicy: IfNotPresent
      command: ["/bin/sh", "-c", {{ program | default(runs) | to_json }}]
      env: [{name: WORD, value: {{ (word ~ ' ' ~ inventory_hostname) | to_json }}}]
      {{ more | default("") }}
"""


class Bench:
    """`world` stays open; the site is read again whenever it is written."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.breakages = Breakages(lab)
        self.app = App(
            SiteOptions(
                inventory=(folder / "inventory",),
                templates=folder / "templates",
                kubeconfig=str(lab.kubeconfig),
                known_hosts=(lab.known_hosts,),
            )
        )
        self.world = None
        #: ends what the last injection began
        self.undo = ExitStack()
        self.word = f"first in {folder}"

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, *, speed: float = 20) -> Iterator[Bench]:
        folder.mkdir(parents=True, exist_ok=True)
        with Lab(folder / "lab", nodes=2, speed=speed, sshd=True) as lab:
            (folder / "inventory").mkdir()
            shutil.copy(lab.inventory / "hosts.yaml", folder / "inventory")
            (folder / "templates").mkdir()
            (folder / "templates" / "probe.yaml.j2").write_text(PROBE)
            (folder / "templates" / "steady.yaml.j2").write_text(foreign("steady"))
            bench = cls(lab, folder)
            bench.site()
            with bench.app.world() as world:
                bench.world = world
                bench.push()
                bench.age()
                bench.rest()
                yield bench

    @property
    def manifests(self) -> Path:
        return self.lab.node(ONE).manifest_dir

    @property
    def probe(self) -> Path:
        return self.manifests / "probe.yaml"

    def inodes(self) -> set[int]:
        """Of the probe's file, in either slot."""
        return {path.stat().st_ino for path in self.manifests.glob("probe*.yaml")}

    def site(self, word: str = "", hosts: dict | None = None, **of_one: object) -> None:
        """The inventory, with variables of the first node."""
        self.word = word or self.word
        given = {
            "static_pods": ["probe", "steady"],
            "podwright_owner": "bench",
            "runs": RUNS,
            "word": self.word,
        }
        inventory = {"all": {"hosts": {ONE: of_one, **(hosts or {})}, "vars": given}}
        (self.folder / "inventory" / "zz.yaml").write_text(json.dumps(inventory))
        site, nodes = self.app.chosen_site(())
        self.desired = site.desired(nodes)

    def push(self) -> None:
        report = converge_fleet("PushReport", self.desired, self.world, Settings(hold=0.1, timeout=60))
        assert not report.problems, report.problems

    def age(self) -> None:
        """What lies on the nodes was written long ago: no run is at work."""
        long_ago = time.time() - 3600
        for node in self.lab.nodes:
            for path in (*node.manifest_dir.iterdir(), node.manifest_dir):
                os.utime(path, (long_ago, long_ago))

    def check(self, history: DriftHistory = NO_HISTORY) -> Report[NodeDrift]:
        return check_drift(
            self.desired, self.world, Settings(), allowances=Allowances(TODAY), whole=True, history=history
        )

    def found(self, history: DriftHistory = NO_HISTORY) -> set[tuple[str, str, str]]:
        """Node, kind and subject of what counts."""
        return {
            (finding.node, finding.drift.value, finding.subject)
            for result in self.check(history).nodes
            for finding in result.value.findings
        }

    def all_found(self) -> set[tuple[str, str, str]]:
        """Also what is excused."""
        return {
            (result.node, finding.drift.value, finding.subject)
            for result in self.check().nodes
            for finding in (*result.value.findings, *(one.finding for one in result.value.excused))
        }

    def process(self) -> int:
        """The first process of `probe` on the first node: the one with its WORD."""
        for entry in Path("/proc").iterdir():
            try:
                environment = (entry / "environ").read_bytes() if entry.name.isdecimal() else b""
                command = (entry / "cmdline").read_bytes() if environment else b""
            except OSError:
                continue
            word = f"WORD={self.word} {ONE}".encode()
            if RUNS.encode() in command and word in environment.split(b"\0"):
                return int(entry.name)
        raise AssertionError("no process of the probe")

    def counted(self) -> list[str]:
        return [str(one) for result in self.check().nodes for one in result.value.findings]

    def renamed(self, name: str) -> str:
        """The probe's file, of a pod of another name."""
        return (
            self.probe.read_text()
            .replace("name: probe", f"name: {name}")
            .replace('"name":"probe"', f'"name":"{name}"')
        )

    def history(self) -> DriftHistory:
        """What the next check is to know of now."""
        report, history = self.check(), DriftHistory(time.time(), Scope())
        nodes = {
            result.node: history.after(result.value.course, (), (), unchecked=False)
            for result in report.nodes
        }
        return replace(history, before=Before(history.now, Scope(), nodes))

    def rest(self) -> None:
        """Until nothing is found, excused or unchecked."""
        self.until(lambda: not self.restless(), lambda: str(self.restless()))

    def restless(self) -> list[str]:
        return [
            str(one)
            for result in self.check().nodes
            for one in (*result.value.findings, *result.value.excused, *result.problems)
        ]

    def until(self, condition: Callable[[], bool], told: Callable[[], str], seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, told()
            time.sleep(0.05)

    def put(self, name: str, text: str) -> None:
        """Whole, as a careful program would."""
        staged = self.manifests / f".{name}.staged"
        staged.write_text(text)
        staged.chmod(0o600)
        staged.rename(self.manifests / name)

    def put_desired(self, generation: int = 2) -> None:
        """As a push would write `probe` now."""
        [one] = [one for one in self.desired if one.node.name == ONE]
        [manifest] = [one for one in one.manifests if one.file_name == "probe.yaml"]
        self.put("probe.yaml", manifest.text(generation))

    def freeze(self) -> None:
        """The kubelet does nothing any more, and is there."""
        os.kill(self._kubelet(), signal.SIGSTOP)
        time.sleep(0.5)

    def _kubelet(self) -> int:
        return int((self.lab.node(ONE).layout.root / "run/kubelet.pid").read_text())

    def mirror(self, **changes: str) -> dict:
        """The probe's mirror pod of the first node, for another object of the API."""
        pod = self.lab.store.get("pods", "default", f"probe-{ONE}")
        kept = {name: pod["metadata"][name] for name in ("namespace", "labels", "annotations")}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {**kept, "name": f"probe-{ONE}", **changes},
            "spec": pod["spec"],
        }

    def revert(self, run: str) -> None:
        """What the node may have taken back by itself."""
        [node] = [one.node for one in self.desired if one.node.name == ONE]
        with suppress(PodwrightError):
            revert_run((node,), self.world, run, forks=1)

    def heal(self) -> None:
        """All as it was."""
        self.undo.close()
        self.breakages.mend_node("all", "all")
        os.kill(self._kubelet(), signal.SIGCONT)
        self.manifests.chmod(0o755)
        for path in self.manifests.iterdir():
            if path.name not in ("probe.yaml", "steady.yaml"):
                path.unlink()
        for pod in self.lab.store.list("pods", "default")[0]:
            if pod["spec"].get("nodeName") not in (ONE, OTHER):
                self.lab.store.delete("pods", "default", pod["metadata"]["name"], grace_seconds=0)
        self.site()
        release_holds(tuple(one.node for one in self.desired), self.world, (), forks=2)
        # a push leaves what others wrote, and what means the same
        if self.probe.exists() and (
            "podwright.dev/digest" not in self.probe.read_text() or MARK in self.probe.read_text()
        ):
            self.probe.unlink()
        self.until(self._pushed, lambda: "no push went through")
        self.age()
        self.rest()

    def _pushed(self) -> bool:
        report = converge_fleet("PushReport", self.desired, self.world, Settings(hold=0.1, timeout=60))
        return not report.problems


def foreign(name: str, more: str = "") -> str:
    """A manifest that podwright did not write."""
    return STEADY.replace("NAME", name) + more
