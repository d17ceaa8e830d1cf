"""How each tool is started for each case, tuned as its own documentation advises."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from benchmarks.fleet import Fleet
from benchmarks.site import PODS, BenchSite

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "benchmarks" / "clients"
FORKS = 50
THREADS = 32


class Case(StrEnum):
    """What is done to the fleet; its value is what the table says."""

    PUSH = "first push"
    UNCHANGED = "push, no change"
    DRIFT_1 = "drift check, 1 manifest"
    DRIFT_10 = "drift check, 10 manifests"
    REMOVE = "remove"
    CHECK = "node check, 1 manifest"

    @property
    def pods(self) -> tuple[str, ...]:
        return PODS if self is Case.DRIFT_10 else PODS[:1]

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(f"{pod}.yaml" for pod in self.pods)

    @property
    def found(self) -> tuple[str, ...]:
        """The files that lie in each folder before it."""
        return () if self is Case.PUSH else self.files

    @property
    def left(self) -> tuple[str, ...]:
        """The files that must lie there after it."""
        return () if self is Case.REMOVE else self.files

    @property
    def action(self) -> str:
        words = {Case.PUSH: "push", Case.UNCHANGED: "push", Case.REMOVE: "remove", Case.CHECK: "check"}
        return words.get(self, "drift")

    @property
    def statuses(self) -> tuple[int, ...]:
        """How the process may end: nodes without a kubelet fail some check."""
        return (0, 3, 4) if self is Case.CHECK else (0,)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a tool works on."""

    fleet: Fleet
    site: BenchSite


@dataclass(frozen=True, slots=True)
class Command:
    """A process to start."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tool:
    """`command` makes what is measured. `stamped` says that files found before must be podwright's own; `checks`, that it
    can check nodes."""

    name: str
    command: Callable[[Setting, Case], Command]
    stamped: bool = False
    writes: bool = True
    checks: bool = False


def _python(setting: Setting, case: Case, module: str, *words: str) -> Command:
    del setting, case
    return Command((sys.executable, "-m", module, *words))


def _floor(setting: Setting, case: Case) -> Command:
    return _python(setting, case, "benchmarks.clients.floor", str(setting.fleet.home), str(THREADS))


def _podwright(setting: Setting, case: Case) -> Command:
    words = {
        "push": ("manifest", "push", "-y", "--wait-for", "file"),
        "remove": ("manifest", "remove", PODS[0], "-y", "--wait-for", "file"),
        "drift": ("drift", "check", "--wait-for", "file"),
        "check": ("node", "check"),
    }[case.action]
    site = (
        *("-i", str(setting.site.inventory(len(case.pods)))),
        *("--templates", str(setting.site.templates)),
        *("--ssh-config", "none", "--known-hosts", str(setting.fleet.known_hosts), "--no-api"),
    )
    return _python(setting, case, "podwright", *site, *words, "-f", str(THREADS))


def _plain_fabric(setting: Setting, case: Case) -> Command:
    words = (str(setting.fleet.home), str(setting.site.rendered), case.action, *case.files)
    return _python(setting, case, "benchmarks.clients.plain_fabric", *words)


def _ssh(setting: Setting, case: Case) -> Command:
    nodes = setting.fleet.home / "nodes.txt"
    nodes.write_text("".join(f"{node.name}={node.manifest_dir}\n" for node in setting.fleet.nodes))
    words = (str(CLIENTS / "plain_ssh.sh"), str(setting.fleet.home), str(setting.site.rendered), case.action)
    return Command(("xargs", "-a", str(nodes), "-n1", "-P", str(THREADS), "sh", *words, ",".join(case.files)))


def _pyinfra(setting: Setting, case: Case) -> Command:
    inventory = setting.site.folder / f"pyinfra_{case.name.lower()}.py"
    hosts = [
        (
            node.name,
            {
                "ssh_hostname": "127.0.0.1",
                "ssh_port": node.port,
                "ssh_user": setting.fleet.user,
                "ssh_key": str(setting.fleet.key),
                "ssh_known_hosts_file": str(setting.fleet.known_hosts),
                "manifest_dir": node.manifest_dir,
                "rendered": str(setting.site.rendered),
                "pods": list(case.files),
                "absent": case is Case.REMOVE,
            },
        )
        for node in setting.fleet.nodes
    ]
    inventory.write_text(f"nodes = {hosts!r}\n")
    how = ("--dry",) if case.action == "drift" else ("-y",)
    deploy = str(CLIENTS / "pyinfra_push.py")
    return Command((str(peer("pyinfra")), *how, "--parallel", str(FORKS), str(inventory), deploy))


def _ansible(setting: Setting, case: Case, strategy: Mapping[str, str]) -> Command:
    inventory = setting.site.folder / f"ansible_{case.name.lower()}.json"
    shared = {
        "ansible_host": "127.0.0.1",
        "ansible_user": setting.fleet.user,
        "ansible_ssh_private_key_file": str(setting.fleet.key),
        "ansible_python_interpreter": shutil.which("python3"),
        "rendered": str(setting.site.rendered),
        "pods": list(case.files),
        "absent": case is Case.REMOVE,
    }
    hosts = {n.name: {"ansible_port": n.port, "manifest_dir": n.manifest_dir} for n in setting.fleet.nodes}
    inventory.write_text(json.dumps({"all": {"vars": shared, "hosts": hosts}}))
    environment = {
        "ANSIBLE_FORKS": str(FORKS),
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_TIMEOUT": "120",  # mitogen opens many connections at once, and few cores serve them all
        "ANSIBLE_SSH_ARGS": f"-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile={setting.fleet.known_hosts}",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(setting.fleet.home / "cp"),
        "ANSIBLE_LOCAL_TEMP": str(setting.fleet.home / "ansible"),
        "ANSIBLE_STDOUT_CALLBACK": "minimal",
        "ANSIBLE_NOCOLOR": "1",
        **strategy,
    }
    how = ("--check", "--diff") if case.action == "drift" else ()
    words = ("-i", str(inventory), *how, str(CLIENTS / "ansible_push.yaml"))
    return Command((str(peer("ansible-playbook")), *words), environment)


def _ansible_core(setting: Setting, case: Case) -> Command:
    return _ansible(setting, case, {})


def _mitogen(setting: Setting, case: Case) -> Command:
    package = next(peer("..").glob("lib/python*/site-packages/ansible_mitogen"))
    strategy = {
        "ANSIBLE_STRATEGY": "mitogen_linear",
        "ANSIBLE_STRATEGY_PLUGINS": str(package / "plugins/strategy"),
    }
    return _ansible(setting, case, strategy)


def peer(program: str) -> Path:
    """A program of the peers' own environment, which scripts/bench makes."""
    return Path(os.environ.get("PODWRIGHT_BENCH_PEERS", ROOT / ".bench/peers")) / "bin" / program


TOOLS = (
    Tool("floor", _floor, writes=False),
    Tool("podwright", _podwright, stamped=True, checks=True),
    Tool("plain fabric", _plain_fabric),
    Tool("ssh + xargs", _ssh),
    Tool("pyinfra", _pyinfra),
    Tool("mitogen", _mitogen),
    Tool("ansible-core", _ansible_core),
)
