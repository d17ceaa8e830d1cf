"""One node of the lab: its runtime, which lives as long as the node, and its kubelet, which may come and go."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.container_logs import ContainerLogs
from podwright_lab.kubelet.crictl import Crictl
from podwright_lab.kubelet.host_processes import HostProcesses
from podwright_lab.kubelet.images import ImageStore
from podwright_lab.kubelet.kubelet import Kubelet
from podwright_lab.kubelet.kubelet_process import KubeletFiles, KubeletProcess, Leash
from podwright_lab.kubelet.launch import Running, Simulation
from podwright_lab.kubelet.other_kubelet import OtherKubelet
from podwright_lab.kubelet.run import NodeSettings, World
from podwright_lab.kubelet.runtime import Runtime
from podwright_lab.kubelet.stand_ins import write_stand_ins

_JOURNAL_LINES = 1000


class LabKubelet:
    """All methods run on the fleet's thread; `KubeletFleet` has those for everybody else."""

    def __init__(
        self,
        name: str,
        root: Path,
        world: World,
        *,
        processes: HostProcesses,
        leash: Leash,
        marks: Mapping[str, str],
    ) -> None:
        self.name = name
        self.files = KubeletFiles(root)
        self.files.create()
        self._world = world
        self._processes = processes
        self._simulation = Simulation(world.agenda)
        self.runtime = Runtime(
            world.agenda,
            world.timing,
            world.jitter,
            launch=self._launch,
            images=ImageStore(),
            logs=ContainerLogs(self.files.logs, self._nanoseconds),
            clock_ns=self._nanoseconds,
        )
        self.crictl = Crictl(self.runtime, world.agenda, self._nanoseconds, self.files.endpoints)
        self.process = KubeletProcess(name, self.files, leash, marks)
        self._elsewhere = OtherKubelet(self.files, leash, marks)
        self.journal: deque[str] = deque(maxlen=_JOURNAL_LINES)
        self._kubelet: Kubelet | None = None
        write_stand_ins(self.files.bin_dir, self.files.socket, self.files.proc)

    @property
    def manifest_dir(self) -> Path:
        return self.files.manifest_dir

    @property
    def kubelet_root(self) -> Path:
        return self.files.kubelet_root

    @property
    def bin_dir(self) -> Path:
        return self.files.bin_dir

    @property
    def socket(self) -> Path:
        return self.files.socket

    @property
    def pid(self) -> int | None:
        return self.process.pid

    @property
    def up(self) -> bool:
        return self._kubelet is not None

    @property
    def ready(self) -> bool:
        return self._kubelet is not None and self._kubelet.ready

    def start(self) -> None:
        if self._kubelet is not None:
            return
        self.process.start()
        settings = NodeSettings(self.name.lower(), self.manifest_dir, self.kubelet_root)
        self._kubelet = Kubelet(settings, self._world, self.runtime, self.journal)
        self._kubelet.start()

    def stop(self) -> None:
        """The kubelet ends as after SIGKILL; containers and mirrors stay."""
        if self._kubelet is not None:
            self._kubelet.close()
            self._kubelet = None
        self.process.end()

    def configure(self, *, by_drop_in: bool) -> None:
        """Write the kubelet's configuration again; a kubelet that runs is restarted to read it."""
        running = self.up
        self.stop()
        self.files.configure(by_drop_in=by_drop_in)
        if running:
            self.start()

    def show_elsewhere(self) -> None:
        """Let the node's processes show a kubelet in another mount namespace; raises LabError."""
        self._elsewhere.start()

    def hide_elsewhere(self) -> None:
        self._elsewhere.end()

    def notice(self) -> None:
        """Somebody may have killed the process: then the kubelet is down; or stopped it: then it is frozen."""
        if self._kubelet is None:
            return
        if self.process.alive:
            self._kubelet.freeze(self.process.stopped)
        else:
            self.stop()

    def _nanoseconds(self) -> int:
        return int(self._world.wall().timestamp() * 1_000_000) * 1000

    def _launch(
        self,
        pod: Object,
        container: Object,
        on_exit: Callable[[int], None],
        on_output: Callable[[bytes], None],
    ) -> Running:
        """A process if the manifest names a command that this machine has, or requires it with a path."""
        if self._processes.runs_here(container):
            return self._processes.start(pod, container, self.files.root, on_exit, on_output)
        return self._simulation(pod, container, on_exit, on_output)
