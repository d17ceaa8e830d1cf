"""A lab in virtual time: real folders and files, simulated containers, and a clock that jumps to what is due."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fakes.copies import replace

from podwright_lab.api.store import Store
from podwright_lab.kubelet.agenda import Agenda
from podwright_lab.kubelet.container_logs import ContainerLogs
from podwright_lab.kubelet.folder_watch import FolderWatches
from podwright_lab.kubelet.images import ImageStore
from podwright_lab.kubelet.kubelet import Kubelet
from podwright_lab.kubelet.launch import Life, Simulation
from podwright_lab.kubelet.mirror_feed import MirrorFeed
from podwright_lab.kubelet.run import NodeSettings, World
from podwright_lab.kubelet.runtime import Runtime
from podwright_lab.kubelet.timing import Jitter, Timing

#: what the rig called its one image by its content
IMAGE_ID = "sha256:81aee286b7e44f17e663c928d93c0e78cb4fc82745b843a291f5a1aeca9828fd"
EPOCH = datetime(2026, 11, 23, tzinfo=UTC)
#: when the first operation of an experiment happens, in the agenda's seconds
START = 200.0
CAPACITY = {"cpu": "2", "memory": "25302863872", "ephemeral-storage": "0", "pods": "110"}
WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: default}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 2
  containers:
  - name: c
    image: docker.io/library/busybox:1.36
    command: [sh, -c, "trap '' TERM; while true; do sleep 1; done"]
"""


class FixedJitter(Jitter):
    """Draws the same share each time, so that a replay can be as early or as late as the recording was."""

    def __init__(self, share: float) -> None:
        super().__init__(0)
        self._share = share

    def prolong(self, seconds: float, factor: float = 0.5) -> float:
        return seconds * (1 + factor * self._share)


@dataclass(frozen=True, slots=True)
class Luck:
    """What differs from run to run of a real kubelet and decides between orders that are all right.

    `share` of the jitter; `look` is the phase of the look at the containers within its second; `collect` which of the
    three ticks of a minute collects garbage; `first` how long the first set of pods takes; `lag` the way of a deletion
    to the recorder; `pace` how busy the machine was.
    """

    share: float = 0.3
    look: float = 0.1
    collect: int = 0
    first: float = 0.1
    lag: float = 0.01
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Phases:
    """Where in each 20 s a life of the kubelet reads the folder, and where in each 2 s it keeps the house."""

    tick: float
    sweep: float | None = None

    def loop(self, lag: float) -> float:
        """How long after the reading the sync loop began."""
        if self.sweep is None:
            return 0.2
        after = (self.sweep - lag - self.tick) % 2
        return after if after < 1.9 else 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Something that happened in the lab, `t` seconds after the first operation."""

    t: float
    what: str
    item: dict


class ReplayNode:
    """A node whose kubelet can be stopped and started."""

    def __init__(self, name: str, lab: ReplayLab) -> None:
        self.name = name
        self.root = lab.root / name
        self.manifest_dir = self.root / "manifests"
        self.manifest_dir.mkdir(parents=True)
        (self.manifest_dir / "web.yaml").write_text(WEB)
        self._lab = lab
        simulation = Simulation(lab.agenda, _life, _probe)
        self.runtime = Runtime(
            lab.agenda,
            lab.timing,
            lab.jitter,
            launch=simulation,
            images=_images(),
            logs=ContainerLogs(self.root / "logs", lab.nanoseconds),
            clock_ns=lab.nanoseconds,
        )
        self.kubelet: Kubelet | None = None

    def start(self, **changes: float) -> None:
        world = replace(self._lab.world, timing=replace(self._lab.timing, **changes))
        settings = NodeSettings(
            self.name,
            self.manifest_dir,
            self.root / "kubelet",
            address=f"192.0.2.{self.name[1:]}",
            capacity=CAPACITY,
            network_ready=False,
        )
        self.kubelet = self._lab.make_kubelet(settings, world, self.runtime)
        self.kubelet.start()

    def stop(self) -> None:
        if self.kubelet is not None:
            self.kubelet.close()
            self.kubelet = None


class ReplayLab:
    """`lives` are the phases of the kubelet's first life and of the one after a restart.

    A mutation test hands in another `make_kubelet`.
    """

    def __init__(
        self,
        root: Path,
        nodes: list[str],
        lives: tuple[Phases, Phases],
        luck: Luck,
        make_kubelet: Callable[..., Kubelet] = Kubelet,
        *,
        deaf: bool = False,
    ) -> None:
        self.root = root
        self.agenda = Agenda()
        self.luck = luck
        self.lives = lives
        self.timing = _paced(Timing(start_relist=luck.look, start_pods=luck.first), luck.pace)
        self.jitter = FixedJitter(luck.share)
        self.store = Store(now=self._wall)
        self.watches = FolderWatches()
        self.feed = MirrorFeed(self.store, lambda: None)
        self.world = World(
            self.store, self.agenda, self.watches, self.feed, self.timing, self.jitter, self._wall
        )
        self.make_kubelet = make_kubelet
        self.samples: list[Sample] = []
        self._watch = self.store.watch("pods")
        self._states: dict[str, str] = {}
        self.nodes = {name: ReplayNode(name, self) for name in nodes}
        first_read = (START + lives[0].tick) % 20 + 40 + 20 * luck.collect
        self.run_to(first_read - START - self.timing.start_files)
        for node in self.nodes.values():
            node.start(start_loop=lives[0].loop(luck.lag))
        self.run_to(-60.0)
        if deaf:
            self._replace_folders()
        self.run_to(0.0)
        self.samples.clear()

    def _replace_folders(self) -> None:
        """Leave every kubelet with a watch of a folder that is not there any more."""
        for node in self.nodes.values():
            content = {path.name: path.read_bytes() for path in node.manifest_dir.iterdir()}
            shutil.rmtree(node.manifest_dir)
            node.manifest_dir.mkdir()
            for name, data in content.items():
                (node.manifest_dir / name).write_bytes(data)

    def _wall(self) -> datetime:
        return EPOCH + timedelta(seconds=self.agenda.now)

    def nanoseconds(self) -> int:
        return int(EPOCH.timestamp()) * 10**9 + int(self.agenda.now * 10**9)

    @property
    def now(self) -> float:
        return self.agenda.now - START

    def run_to(self, t: float) -> None:
        """Let everything happen that is due by `t` seconds after the first operation."""
        while True:
            self.settle()
            due = self.agenda.next_time
            if due is None or due > START + t:
                break
            self.agenda.run_until(due)
        self.agenda.run_until(START + t)
        self.settle()

    def settle(self) -> None:
        """Let the kubelets see the files as they are now, and note what the API and the runtimes did."""
        self.watches.poll()
        self.feed.deliver()
        if self._watch.closed and self.store.available:
            self._watch = self.store.watch("pods", resource_version=self.store.resource_version)
        for event in self._watch.pending():
            self.samples.append(Sample(self.now, event.type, event.object))
        for node in self.nodes.values():
            self._note_runtime(node)

    def _note_runtime(self, node: ReplayNode) -> None:
        items = [("sandbox", s) for s in node.runtime.sandboxes.values()]
        items += [("container", c) for c in node.runtime.containers.values()]
        for what, item in items:
            if self._states.get(item.id) != item.state:
                self._states[item.id] = item.state
                self.samples.append(Sample(self.now, what, item.listed()))

    def close(self) -> None:
        for node in self.nodes.values():
            node.stop()
        self.feed.close()
        self.watches.close()
        shutil.rmtree(self.root, ignore_errors=True)


def _paced(timing: Timing, pace: float) -> Timing:
    """The runtime's work on a machine that does other things, too."""
    names = (
        "sandbox_start",
        "container_create",
        "container_start",
        "container_stop",
        "sandbox_stop",
        "image_pull",
    )
    return replace(timing, **{name: getattr(timing, name) * pace for name in names})


def _images() -> ImageStore:
    """The rig of the recordings: one image, and no registry."""

    def refuse(image: str) -> str:
        host, _, rest = image.partition("/")
        return (
            f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": failed to do request: '
            f'Head "https://{host}/v2/{rest.replace(":", "/manifests/")}": dial tcp: no such host'
        )

    return ImageStore(refuse, identify=lambda _: IMAGE_ID, present=("docker.io/library/busybox:1.36",))


def _life(_pod: dict, container: dict) -> Life:
    command = container.get("command") or ["sh"]
    words = " ".join(str(word) for word in [*command, *(container.get("args") or ())])
    if command[0].startswith("/no/such/"):
        return Life(
            start_error="failed to create containerd task: failed to create shim task: OCI runtime create failed: runc "
            f'create failed: unable to start container process: exec: "{command[0]}": stat {command[0]}: no such file '
            "or directory: unknown"
        )
    if "trap 'exit 0' TERM" in words:
        return Life()
    ended = re.search(r"exit (\d+)$", words)
    if ended:
        return Life(seconds=0.01, exit_code=int(ended[1]))
    if command == ["true"]:
        return Life(seconds=0.01)
    # the first process of a container gets no signal that it has no handler for
    return Life(ends_on_term=False)


def _probe(command: tuple[str, ...]) -> bool:
    return "exit 1" not in " ".join(command)
