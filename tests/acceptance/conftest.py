"""The site that acceptance tests run on: the embedded lab, or the real cluster that PODWRIGHT_TEST_SITE names.

That folder holds `inventory/` (a folder), `kubeconfig`, and `known_hosts` where the default is not meant. The tests add a
static pod of their own to a copy of the inventory, and touch no other.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.command_server import Answer, CommandServer
from tests.fakes.programs import run

from podwright.inventory.load import load_inventory
from podwright.inventory.node import Node
from podwright.pods.pod_ref import PodRef
from podwright.remote.host import Host
from podwright.remote.kube.client import connect
from podwright.remote.kube.cluster import Cluster
from podwright.remote.ssh.connection import SshClient, SshOptions
from podwright_lab.cluster import Lab

NAME = "podwright-acceptance"
IMAGE = os.environ.get("PODWRIGHT_TEST_IMAGE", "docker.io/library/busybox:1.36")
TEMPLATE = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {NAME}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 2
  containers:
    - name: main
      image: {IMAGE}
      imagePullPolicy: IfNotPresent
      command: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"]
      env:
        - {{name: GREETING, value: "{{{{ acceptance_greeting }}}}"}}
      resources:
        requests: {{cpu: 10m, memory: 16Mi}}
"""


@dataclass(frozen=True)
class Site:
    """Where the command line is pointed at, and our own ways to look at what it did."""

    folder: Path
    kubeconfig: Path
    known_hosts: Path | None
    commands: CommandServer

    def podwright(self, *arguments: str, stdin: str = "", **environment: str) -> Answer:
        """Run the command line as a person would, from another folder."""
        known = {"PODWRIGHT_KNOWN_HOSTS": str(self.known_hosts)} if self.known_hosts else {}
        site = {
            "PODWRIGHT_INVENTORY": str(self.folder / "inventory"),
            "PODWRIGHT_TEMPLATES": str(self.folder / "templates" / "manifests"),
            "KUBECONFIG": str(self.kubeconfig),
        }
        own = {name: value for name, value in os.environ.items() if not name.startswith("PODWRIGHT_")}
        return self.commands.run(arguments, environment={**own, **site, **known, **environment}, stdin=stdin)

    def greet(self, greeting: str) -> None:
        """What the test pod's environment says from the next push on."""
        variables = {"all": {"vars": {"static_pods": {NAME: "present"}, "acceptance_greeting": greeting}}}
        (self.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps(variables))

    @property
    def nodes(self) -> tuple[Node, ...]:
        return load_inventory(self.folder / "inventory").nodes

    @contextmanager
    def host(self, node: Node) -> Iterator[Host]:
        known = (self.known_hosts,) if self.known_hosts else ()
        with SshClient(SshOptions(known_hosts_files=known)).connect(node) as host:
            yield host

    def shell(self, node: Node, program: str) -> str:
        with self.host(node) as host:
            result = run(host, program, timeout=30)
        assert result.exit_status == 0, result.stderr
        return result.stdout.decode()

    def statuses(self) -> dict[str, dict]:
        """By node, the line of `manifest status` about the test pod."""
        answer = self.podwright("manifest", "status", "-o", "json")
        assert answer.code == 0, answer.err
        return {
            node["node"]: pod
            for node in answer.document["nodes"]
            for pod in node["pods"]
            if pod["file"] == f"{NAME}.yaml"
        }

    def folder_of(self, node: Node) -> str:
        document = self.podwright("manifest", "status", "-l", node.name, "-o", "json").document
        return document["nodes"][0]["folder"]

    @property
    def cluster(self) -> Cluster:
        return connect(kubeconfig=str(self.kubeconfig), context=None, environ=os.environ)

    def kubectl(self, *arguments: str) -> str:
        result = subprocess.run(
            ["kubectl", "--kubeconfig", str(self.kubeconfig), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return result.stdout


def full_name(pod: dict) -> PodRef:
    namespace, _, name = pod["pod"].partition("/")
    return PodRef(namespace, name)


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory, commands: CommandServer) -> Iterator[Site]:
    """The test pod is on no node, as each test leaves it."""
    folder = tmp_path_factory.mktemp("site")
    real = os.environ.get("PODWRIGHT_TEST_SITE")
    if real:
        given = Path(real)
        shutil.copytree(given / "inventory", folder / "inventory")
        known_hosts = given / "known_hosts"
        site = Site(folder, given / "kubeconfig", known_hosts if known_hosts.exists() else None, commands)
        assert site.podwright("manifest", "remove", NAME, "-y", "--adopt").code == 0
        yield site
        return
    with Lab(tmp_path_factory.mktemp("lab"), nodes=3) as lab:
        shutil.copytree(lab.layout.inventory, folder / "inventory")
        yield Site(folder, lab.layout.kubeconfig, lab.layout.known_hosts, commands)


@pytest.fixture
def site(where: Site) -> Iterator[Site]:
    """The test pod is known to the inventory, and on no node before or after."""
    templates = where.folder / "templates" / "manifests"
    templates.mkdir(parents=True, exist_ok=True)
    (templates / f"{NAME}.yaml.j2").write_text(TEMPLATE)
    where.greet("hello")
    yield where
    assert where.podwright("manifest", "remove", NAME, "-y", "--adopt").code == 0
