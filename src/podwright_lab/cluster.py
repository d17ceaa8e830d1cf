"""Assembles a lab in this process: the API, the kubelets and the SSH servers of its nodes."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from podwright_lab.keys import ensure_key
from podwright_lab.lab_error import LabError, LabUsageError
from podwright_lab.layout import (
    MARK_VARIABLE,
    NODE_PATH,
    LabLayout,
    NodeLayout,
    node_names,
    write_connections,
    write_site,
)
from podwright_lab.processes import LabLock
from podwright_lab.ssh_command import NodeShell

if TYPE_CHECKING:
    from podwright_lab.api.server import ApiServer
    from podwright_lab.api.store import Store
    from podwright_lab.kubelet.fleet import KubeletFleet
    from podwright_lab.real_sshd import RealSshds, SshdNode
    from podwright_lab.ssh_server import SshNode, SshServers

_FORMAT = 1
#: A real kubelet is ready 1.3 s after its start.
_READY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class LabNode:
    """One node as tests and the demo use it: where its files are, and its SSH port on 127.0.0.1."""

    layout: NodeLayout
    shell: NodeShell
    ssh: SshNode | SshdNode

    @property
    def name(self) -> str:
        return self.layout.name

    @property
    def port(self) -> int:
        return self.ssh.port

    @property
    def manifest_dir(self) -> Path:
        return self.layout.manifest_dir


class Lab:
    """A cluster on loopback, alive between `start()` and `close()`, or inside a `with`.

    `directory` holds all of it and outlives it; starting there again brings the same nodes back, as after a
    reboot. `speed` makes the kubelets' clock run that many times faster. With `sshd`, a real sshd serves each
    node. Needs no root. Raises LabError if it cannot start; what had started by then is ended again.
    """

    def __init__(
        self,
        directory: Path | str,
        *,
        nodes: int | Sequence[str] = 3,
        speed: float = 1.0,
        sshd: bool = False,
        lock: LabLock | None = None,
    ) -> None:
        self.layout = LabLayout(Path(directory).resolve())
        self.user = _user_name()
        self._names = node_names(nodes) if isinstance(nodes, int) else tuple(nodes)
        self._speed = speed
        self._sshd = sshd
        self._lock = lock or LabLock(self.layout.pid_file)
        self._running = contextlib.ExitStack()
        self._nodes: dict[str, LabNode] = {}
        self.store: Store
        self.api: ApiServer
        self.kubelets: KubeletFleet

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def inventory(self) -> Path:
        return self.layout.inventory

    @property
    def templates(self) -> Path:
        return self.layout.templates

    @property
    def known_hosts(self) -> Path:
        return self.layout.known_hosts

    @property
    def kubeconfig(self) -> Path:
        return self.layout.kubeconfig

    @property
    def nodes(self) -> tuple[LabNode, ...]:
        return tuple(self._nodes.values())

    def node(self, name: str) -> LabNode:
        """Raises LabUsageError for a name that no node has."""
        try:
            return self._nodes[name]
        except KeyError:
            known = ", ".join(f"`{name}`" for name in self._nodes)
            raise LabUsageError(f"the lab has no node `{name}`", f"its nodes are {known}") from None

    def start(self) -> None:
        """Returns when every kubelet is ready, so that what is done next is not done to one that just starts."""
        claim(self.layout)
        with contextlib.ExitStack() as starting:
            starting.enter_context(self._lock)
            self._start_api(starting)
            self._start_nodes(starting)
            self.kubelets.await_ready(_READY_SECONDS)
            self._running = starting.pop_all()

    def close(self) -> None:
        """End everything, the node's containers too; safe to call twice."""
        self._running.close()

    def _start_api(self, starting: contextlib.ExitStack) -> None:
        from podwright_lab.api.server import serve
        from podwright_lab.api.store import Store

        self.store = Store()
        self.api = serve(self.store, directory=self.layout.api_dir, node_config=self._kubelet_configuration)
        starting.callback(self.api.close)
        write_private(self.layout.kubeconfig, self.api.kubeconfig())

    def _start_nodes(self, starting: contextlib.ExitStack) -> None:
        from podwright_lab.kubelet.fleet import KubeletFleet

        ensure_key(self.layout.key_file)
        self.kubelets = KubeletFleet(self.store, speed=self._speed, marks=self._marks)
        starting.callback(self.kubelets.close)
        servers = self._ssh_servers()
        starting.callback(servers.close)
        host_keys = {}
        for name in self._names:
            layout = self.layout.node(name)
            layout.create()
            host_keys[name] = ensure_key(layout.host_key, name)
            self.kubelets.add_node(name, layout.root)
            shell = self._shell(layout)
            self._nodes[name] = LabNode(layout, shell, servers.add_node(name, layout.host_key, shell))
        servers.start()
        write_site(self.layout)
        write_connections(self.layout, self.user, {node.name: node.port for node in self.nodes}, host_keys)

    def _ssh_servers(self) -> SshServers | RealSshds:
        if self._sshd:
            from podwright_lab.real_sshd import RealSshds

            return RealSshds(self.user, self.layout.key_file)
        from paramiko import Ed25519Key

        from podwright_lab.ssh_server import SshServers

        return SshServers(self.user, Ed25519Key.from_private_key_file(str(self.layout.key_file)))

    @property
    def _marks(self) -> Mapping[str, str]:
        return {MARK_VARIABLE: str(self.layout.directory)}

    def _kubelet_configuration(self, name: str) -> dict[str, Any]:
        """What the node's kubelet answers to `/configz`."""
        return {"kubeletconfig": {"staticPodPath": str(self.layout.node(name).manifest_dir)}}

    def _shell(self, layout: NodeLayout) -> NodeShell:
        environment = {
            "PATH": f"{layout.bin_dir}:{NODE_PATH}",
            # the nodes share one machine: this one's processes are its kubelet
            "HOST_PROC": str(layout.root / "run/proc"),
            "HOST_STATE": str(layout.root / "var/lib/podwright"),
            "HOME": str(layout.root),
            "USER": self.user,
            "LOGNAME": self.user,
            "SHELL": "/bin/sh",
            **self._marks,
        }
        return NodeShell(layout.root, environment, layout.shell_prelude)


def _user_name() -> str:
    """The account that this process runs as, whatever USER holds: a real sshd accepts no other."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return "operator"


def claim(layout: LabLayout) -> None:
    """Make the folder a lab's; raises LabError if it holds something else."""
    directory = layout.directory
    if not str(directory).isprintable() or '"' in str(directory):
        raise LabError(
            f"`{directory}` is not a name that ssh_config can hold", "leave out quotes and control characters"
        )
    try:
        if directory.exists() and not layout.mark.exists() and any(directory.iterdir()):
            raise LabError(f"`{directory}` is not empty and holds no lab", "give `--dir` a folder of its own")
        directory.mkdir(mode=0o755, parents=True, exist_ok=True)
        layout.mark.write_text(json.dumps({"format": _FORMAT}) + "\n")
    except OSError as error:
        raise LabError(f"`{directory}` cannot hold a lab: {error.strerror}") from error


def write_private(path: Path, text: str) -> None:
    """Write a file that holds a secret: readable by its owner only, from its first byte on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
