"""A node for node programs: a folder tree of its own, each shell that nodes have, stand-ins on its PATH."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelets import show_processes
from tests.fakes.shell_host import SHELLS, ShellHost, fill_bin, stand_in

from podwright.operations.observation import with_manifests
from podwright.plan.observed import FolderState, KubeletFacts, Observation
from podwright.remote.node.observe import observe


@dataclass(frozen=True)
class LocalNode:
    """`folder` is its manifest folder; no kubelet and no crictl until a test puts them there."""

    root: Path
    host: ShellHost

    @property
    def folder(self) -> Path:
        return self.root / "etc" / "manifests"

    @property
    def state(self) -> Path:
        return self.root / "etc" / ".podwright" / "manifests"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def pods(self) -> Path:
        return self.root / "kubelet" / "pods"

    def look(self, folder: Path | None = None) -> Observation:
        return with_manifests(observe("n1", self.host, folder=str(folder or self.folder)), (), None)

    def discover(self) -> Observation:
        return observe("n1", self.host)

    def seen(self, **facts: object) -> Observation:
        """A look at the folder with a kubelet that is said to run."""
        kubelet = KubeletFacts(
            True, pid=os.getpid(), static_pod_path=str(self.folder), root_dir=str(self.pods.parent)
        )
        return replace(self.look(), kubelet=replace(kubelet, **facts), folder_state=FolderState.USABLE)

    def crictl(self, body: str) -> None:
        stand_in(self.host.bin, "crictl", body)


def make_node(root: Path, shell: str) -> LocalNode:
    node = LocalNode(root, ShellHost(SHELLS[shell], fill_bin(root / "bin", shell)))
    node.folder.mkdir(parents=True)
    node.pods.mkdir(parents=True)
    show_processes(node.host.proc, [])
    return node


@pytest.fixture(params=SHELLS)
def node(request: pytest.FixtureRequest, tmp_path: Path) -> LocalNode:
    return make_node(tmp_path, request.param)


@pytest.fixture
def dash_node(tmp_path: Path) -> LocalNode:
    """For what does not depend on the shell."""
    return make_node(tmp_path, "dash")
