"""A whole node with a stand-in crictl and a stand-in API, for operations from their first look to their outcome."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelets import kubelet, show_processes
from tests.fakes.nouns import mirror
from tests.fakes.shell_host import SHELLS, ShellHost, fill_bin, stand_in

from podwright.inventory.node import Connection, Node
from podwright.manifests.manifest import Manifest
from podwright.operations.desired import Desired
from podwright.operations.interruption import Interruption
from podwright.operations.world import Settings, World
from podwright.plan.admission import Refusal
from podwright.plan.observed import MirrorPod, Unavailable
from podwright.plan.run import Run
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube.cluster import NodeStatus


@dataclass
class FakeMirrors:
    """An API of which a test says what it shows; `asked` counts the questions."""

    pods: dict[PodRef, MirrorPod | Unavailable] = field(default_factory=dict)
    silent: str = ""
    asked: list[tuple[PodRef, bool]] = field(default_factory=list)
    remedy: str = ""
    events: tuple[str, ...] = ()
    #: when (Unix seconds) and how its kubelet refused a pod
    refused: dict[PodRef, tuple[float, Refusal]] = field(default_factory=dict)
    version: str = ""
    #: its kubelet does not report to it
    cut_off: bool = False
    shown_node: NodeStatus = field(default_factory=lambda: NodeStatus("n1"))

    @property
    def unavailable(self) -> str:
        return self.silent

    @property
    def trouble(self) -> str:
        return self.silent

    def see(self, ref: PodRef, *, fresh: bool = False) -> MirrorPod | Unavailable | None:
        self.asked.append((ref, fresh))
        return Unavailable(self.silent) if self.silent else self.pods.get(ref)

    def on_node(self, node_name: str) -> tuple[MirrorPod, ...]:
        return tuple(pod for pod in self.pods.values() if isinstance(pod, MirrorPod) and pod.config_mirror)

    def everywhere(self) -> tuple[MirrorPod, ...]:
        return self.on_node("")

    def refusal(self, ref: PodRef, since: float) -> Refusal | None:
        found = self.refused.get(ref)
        return found[1] if found and found[0] >= int(since) else None

    def warnings(self, ref: PodRef, uid: str, others: Collection[str] = ()) -> tuple[str, ...]:
        return self.events

    def node(self, name: str) -> NodeStatus | None:
        return replace(self.shown_node, name=name, kubelet_version=self.version)

    def hears_from(self, node_name: str) -> bool:
        return not self.cut_off

    def silent_now(self) -> str:
        return self.silent

    def is_cordoned(self, node_name: str) -> bool:
        return self.shown_node.cordoned

    def pressures(self, node_name: str) -> tuple[str, ...] | None:
        return None if self.silent else self.shown_node.pressures

    def lacks_namespace(self, name: str) -> bool:
        return False

    def lacks_priority_class(self, name: str) -> bool:
        return False


@dataclass
class FakeNode:
    """A node named n1: real folders and programs; `run` makes its runtime and its API show a pod."""

    root: Path
    host: ShellHost
    mirrors: FakeMirrors
    world: World

    @property
    def node(self) -> Node:
        return Node("n1", Connection("127.0.0.1"))

    @property
    def folder(self) -> Path:
        return self.root / "manifests"

    def file(self, name: str = "web.yaml") -> str | None:
        try:
            return (self.folder / name).read_text()
        except FileNotFoundError:
            return None

    def desired(self, *manifests: Manifest, absent: tuple[str, ...] = ()) -> Desired:
        return Desired(self.node, manifests, absent)

    def show(self, *pods: dict[str, object]) -> None:
        """What crictl lists from now on, whole at every instant."""
        lists = (
            ("pods", {"items": [pod["sandbox"] for pod in pods]}),
            ("ps", {"containers": [entry for pod in pods for entry in pod["containers"]]}),
        )
        ready = [pod["sandbox"] for pod in pods if pod["sandbox"]["state"] == "SANDBOX_READY"]
        (self.root / "ready").write_text(" ".join(sandbox["metadata"]["uid"] for sandbox in ready))
        for name, document in lists:
            staged = self.root / f".{name}"
            staged.write_text(json.dumps(document))
            staged.replace(self.root / name)

    def runs(self, desired: Manifest, *, uid: str = "u1", generation: int = 1, **changes: object) -> None:
        self.show(sandbox(desired, uid=uid, generation=generation))
        self.mirrors.pods[desired.pod.on("n1")] = mirror(desired, uid=uid, generation=generation, **changes)

    def stops(self, desired: Manifest) -> None:
        self.show()
        self.mirrors.pods.pop(desired.pod.on("n1"), None)

    def place(self, desired: Manifest, generation: int = 1) -> None:
        (self.folder / desired.file_name).write_text(desired.text(generation))
        (self.folder / desired.file_name).chmod(0o600)

    @contextmanager
    def when_written(self, content: str | None, then) -> Iterator[None]:
        """Call `then` once the file holds `content` (None: once it is gone), as a kubelet would."""
        stop = threading.Event()

        def watch() -> None:
            while not stop.is_set():
                if self.file() == content:
                    then()
                    return
                time.sleep(0.02)

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def sandbox(
    desired: Manifest,
    *,
    uid: str = "u1",
    generation: int = 1,
    ready: bool = True,
    attempt: int = 0,
    state: str = "CONTAINER_RUNNING",
    age: float = 1000,
) -> dict[str, object]:
    """One pod as crictl lists it."""
    created = str(int((time.time() - age) * 1e9))
    full_name = desired.pod.on("n1")
    stamp = {"podwright.dev/digest": desired.digest, "podwright.dev/generation": str(generation)}
    return {
        "sandbox": {
            "id": f"s-{uid}",
            "metadata": {"name": full_name.name, "namespace": full_name.namespace, "uid": uid},
            "state": "SANDBOX_READY" if ready else "SANDBOX_NOTREADY",
            "createdAt": created,
            "annotations": {"kubernetes.io/config.source": "file", **(stamp if desired.marked else {})},
        },
        "containers": [
            {
                "podSandboxId": f"s-{uid}",
                "metadata": {"name": name, "attempt": attempt},
                "state": state,
                "createdAt": created,
            }
            for name in desired.containers
        ],
    }


#: lists everything as JSON, or with -q the ready sandbox of the uid that is asked for
CRICTL = """\
case " $* " in
*" -q "*) case " $(cat {folder}/ready) " in *" ${{*##*uid=}} "*) echo s-1 ;; esac ;;
*) cat {folder}/$1 ;;
esac"""
SETTINGS = Settings(timeout=20, hold=0.3)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FakeNode]:
    host = ShellHost(SHELLS["dash"], fill_bin(tmp_path / "bin", "dash"))
    mirrors = FakeMirrors()

    @contextmanager
    def connect(_: Node):
        yield host

    world = World(connect, mirrors, Run("r1", "ada@desk"), time.monotonic, Interruption())
    node = FakeNode(tmp_path, host, mirrors, world)
    node.folder.mkdir()
    (tmp_path / "kubelet" / "pods").mkdir(parents=True)
    stand_in(host.bin, "crictl", CRICTL.format(folder=tmp_path))
    node.show()
    arguments = (
        f"--pod-manifest-path={node.folder}",
        "--hostname-override=n1",
        f"--root-dir={tmp_path}/kubelet",
    )
    with kubelet(*arguments) as process:
        show_processes(host.proc, [process.pid])
        yield node
