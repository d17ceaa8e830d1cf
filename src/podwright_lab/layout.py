"""Where everything of a lab lies in its folder, and the files that are there before a node starts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from podwright_lab.kubelet.kubelet_process import KubeletFiles

CONTROL_PLANE_NODES = 3
NODE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#: In the environment of every process that a lab starts, so that those of a lab that crashed can be found.
MARK_VARIABLE = "PODWRIGHT_LAB_PROCESS_OF"
_INVENTORY_NOTE = "# Written by `podwright lab up`; the ports change with every start.\n"


@dataclass(frozen=True, slots=True)
class NodeLayout:
    """One node's folder tree: `root` stands for the node's `/`."""

    name: str
    root: Path

    @property
    def manifest_dir(self) -> Path:
        return KubeletFiles(self.root).manifest_dir

    @property
    def bin_dir(self) -> Path:
        return KubeletFiles(self.root).bin_dir

    @property
    def host_key(self) -> Path:
        return self.root / "etc/ssh/ssh_host_ed25519_key"

    @property
    def shell_prelude(self) -> Path:
        """What each command of the node sources first while something is broken; absent on a sound node."""
        return self.root / "run/shell-prelude"

    def create(self) -> None:
        files_of_ours = (self.host_key, self.shell_prelude)
        for folder in (self.manifest_dir, self.bin_dir, *(file.parent for file in files_of_ours)):
            folder.mkdir(parents=True, exist_ok=True)
        self.make_sound()

    def make_sound(self) -> None:
        """Undo what `lab break` did to files, for a lab that was killed before it could."""
        self.shell_prelude.unlink(missing_ok=True)
        for program in ("date", ".crictl-hidden"):
            (self.bin_dir / program).unlink(missing_ok=True)
        if self.manifest_dir.is_dir():
            self.manifest_dir.chmod(self.manifest_dir.stat().st_mode | 0o700)


@dataclass(frozen=True, slots=True)
class LabLayout:
    """A lab's folder; every path is absolute."""

    directory: Path

    @property
    def inventory(self) -> Path:
        return self.directory / "inventory"

    @property
    def templates(self) -> Path:
        return self.directory / "templates"

    @property
    def known_hosts(self) -> Path:
        return self.directory / "known_hosts"

    @property
    def ssh_config(self) -> Path:
        return self.directory / "ssh_config"

    @property
    def key_file(self) -> Path:
        return self.directory / "id_ed25519"

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "kubeconfig"

    @property
    def api_dir(self) -> Path:
        return self.directory / "api"

    @property
    def pid_file(self) -> Path:
        return self.directory / "pid"

    @property
    def control_socket(self) -> Path:
        return self.directory / "control.sock"

    @property
    def log_file(self) -> Path:
        return self.directory / "lab.log"

    @property
    def mark(self) -> Path:
        """The file by which a folder is known to be a lab's."""
        return self.directory / "lab.json"

    def node(self, name: str) -> NodeLayout:
        return NodeLayout(name, self.directory / "nodes" / name)

    def environment(self) -> Mapping[str, str]:
        """The variables that make podwright and kubectl use this lab."""
        return {
            "PODWRIGHT_INVENTORY": str(self.inventory),
            "PODWRIGHT_TEMPLATES": str(self.templates / "manifests"),
            "PODWRIGHT_KNOWN_HOSTS": str(self.known_hosts),
            "PODWRIGHT_LAB_DIR": str(self.directory),
            "KUBECONFIG": str(self.kubeconfig),
        }


def node_names(count: int) -> tuple[str, ...]:
    """`cp-1` to `cp-3`, then `worker-1` and on: the first three are a control plane."""
    control_plane = [f"cp-{number}" for number in range(1, min(count, CONTROL_PLANE_NODES) + 1)]
    workers = [f"worker-{number}" for number in range(1, count - CONTROL_PLANE_NODES + 1)]
    return (*control_plane, *workers)


def write_site(layout: LabLayout) -> None:
    """Put the example templates and group variables if there are none yet: a person's edits stay."""
    site = files("podwright_lab") / "site"
    _copy_missing(site / "templates", layout.templates)
    _copy_missing(site / "group_vars", layout.inventory / "group_vars")


def _copy_missing(source: Traversable, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.is_dir():
            _copy_missing(entry, target / entry.name)
        elif not (target / entry.name).exists():
            (target / entry.name).write_bytes(entry.read_bytes())


def write_connections(
    layout: LabLayout, user: str, ports: Mapping[str, int], host_keys: Mapping[str, str]
) -> None:
    """Write the inventory, known_hosts and ssh_config for nodes on these ports; both maps go by node name."""
    layout.inventory.mkdir(parents=True, exist_ok=True)
    inventory = yaml.safe_dump(_inventory(layout, user, ports), sort_keys=False)
    _replace(layout.inventory / "hosts.yaml", _INVENTORY_NOTE + inventory)
    known_hosts = "".join(f"[127.0.0.1]:{port} {host_keys[name]}\n" for name, port in ports.items())
    _replace(layout.known_hosts, known_hosts)
    _replace(layout.ssh_config, _ssh_config(layout, user, ports))


def _inventory(layout: LabLayout, user: str, ports: Mapping[str, int]) -> Mapping[str, object]:
    groups = {
        "control_plane": {"hosts": _hosts(ports, "cp-")},
        "workers": {"hosts": _hosts(ports, "worker-")},
    }
    variables = {
        "ansible_host": "127.0.0.1",
        "ansible_user": user,
        "ansible_ssh_private_key_file": str(layout.key_file),
    }
    return {
        "all": {
            "vars": variables,
            "children": {name: group for name, group in groups.items() if group["hosts"]},
        }
    }


def _hosts(ports: Mapping[str, int], prefix: str) -> Mapping[str, object]:
    return {name: {"ansible_port": port} for name, port in ports.items() if name.startswith(prefix)}


def _ssh_config(layout: LabLayout, user: str, ports: Mapping[str, int]) -> str:
    hosts: Iterable[str] = (f"Host {name}\n  Port {port}\n" for name, port in ports.items())
    common = {
        "HostName": "127.0.0.1",
        "User": user,
        "IdentityFile": f'"{layout.key_file}"',
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": f'"{layout.known_hosts}"',
    }
    return "".join(hosts) + "Host *\n" + "".join(f"  {key} {value}\n" for key, value in common.items())


def _replace(path: Path, text: str) -> None:
    """Write whole or not at all: another process may be reading it."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    staged.write_text(text)
    staged.replace(path)
