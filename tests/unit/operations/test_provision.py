"""A run over nodes: what is declared, from the inventory to the outcome."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.rooted_machine import WALL, Machine
from tests.unit.operations.conftest import FakeMirrors

from podwright.errors import ProblemsError
from podwright.inventory.load import load_inventory
from podwright.inventory.node import Node
from podwright.operations.interruption import Interruption
from podwright.operations.node_work import WorkHere, can_be_changed
from podwright.operations.provision import released
from podwright.operations.provision_declarations import NodeSite
from podwright.operations.push import converge_fleet
from podwright.operations.report import Outcome, Status
from podwright.operations.world import Settings, World
from podwright.plan.diff import unified_diff
from podwright.plan.expectations import WaitFor
from podwright.plan.observed import KubeletFacts
from podwright.plan.run import Run
from podwright.redaction.redactor import Redactor
from podwright.remote.host import Host
from podwright.remote.kube.cluster import NodeStatus

SETTINGS = Settings(wait_for=WaitFor.FILE)
INVENTORY = """
all:
  hosts: {n1: }
  vars:
    podwright_manifest_dir: FOLDER
    level: 7
    podwright_node:
      directories: {/etc/app: {mode: '0700'}}
      files:
        /etc/app/a.conf: {template: a.conf.j2, mode: '0600'}
        /etc/app/b.pem: {source: b.pem, comment: ''}
      sysctls: {net.ipv4.ip_forward: '{{ 1 }}'}
"""


class Site:
    """A site in a folder, and the machine that is its one node."""

    def __init__(self, folder: Path, inventory: str = INVENTORY) -> None:
        self.machine = Machine.made(folder / "machine")
        self.machine.write("/proc/sys/net/ipv4/ip_forward", "0\n")
        for name, text in (
            ("inventory.yaml", inventory.replace("FOLDER", self.machine.folder)),
            ("templates/manifests/x.yaml.j2", ""),
            ("templates/node/a.conf.j2", "level = {{ level }}\npassword = hunter-canary\n"),
            ("files/b.pem", "PEM\n"),
        ):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.inventory = load_inventory(folder / "inventory.yaml")
        self.site = NodeSite(self.inventory, folder / "templates/manifests")
        self.programs = 0

    @contextmanager
    def connect(self, _node: Node) -> Iterator[Host]:
        yield self

    alive = True

    def stream(self, program: str, **given: object) -> object:
        self.programs += 1
        return self.machine.host.stream(program, **given)  # type: ignore[arg-type]

    def run(
        self, *paths: str, dry_run: bool = False, adopt: bool = False, accept_quorum_loss: bool = False
    ) -> Outcome:
        """With `paths` they are released."""
        nodes = self.inventory.nodes
        desired = released(nodes, paths) if paths else self.site.desired(nodes)
        settings = replace(SETTINGS, adopt=adopt, accept_quorum_loss=accept_quorum_loss)
        [outcome] = converge_fleet("ProvisionReport", desired, self.world(), settings, dry_run=dry_run).nodes
        return outcome

    def world(self, mirrors: FakeMirrors | None = None) -> World:
        run = Run("r1", "me@here", "node provision", 1, "now")
        stopped = Interruption(lambda: None)
        return World(
            self.connect,
            mirrors or FakeMirrors(),
            run,
            lambda: 0.0,
            stopped,
            without_api=True,
            wall=lambda: WALL,
        )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_from_bare_to_as_declared_and_then_nothing_in_one_round_trip(site: Site) -> None:
    planned = site.run(dry_run=True)
    assert planned.status is Status.PENDING
    assert not site.machine.path("/etc/app").exists()
    done = site.run()
    assert (done.status, done.problems) == (Status.CHANGED, ())
    assert planned.value.plan is not None
    assert [change.name for change in planned.value.plan.pending] == [
        entry.file_name for entry in done.value.applied
    ]
    assert site.machine.path("/etc/app/a.conf").read_text().endswith("level = 7\npassword = hunter-canary\n")
    assert site.machine.path("/etc/app/b.pem").read_text() == "PEM\n"
    assert site.machine.path("/proc/sys/net/ipv4/ip_forward").read_text() == "1\n"
    site.programs = 0
    assert (site.run().status, site.programs) == (Status.UNCHANGED, 1)


def test_anothers_file_stops_the_node_before_anything_is_done(site: Site) -> None:
    site.machine.write("/etc/app/a.conf", "theirs\n")
    stopped = site.run()
    assert stopped.status is Status.CONFLICT
    assert "podwright node release" in stopped.problems[0].hint
    assert not site.machine.path("/etc/app/b.pem").exists()
    assert site.run(adopt=True).status is Status.CHANGED
    assert site.run("/etc/app/a.conf").status is Status.CHANGED
    assert site.machine.path("/etc/app/a.conf").read_text() == "theirs\n"
    assert site.run("/etc/app/a.conf").status is Status.UNCHANGED


def test_a_diff_shows_what_changes_without_secrets(site: Site) -> None:
    plan = site.run(dry_run=True).value.plan
    assert plan is not None
    shown = "".join(unified_diff(change, Redactor(["hunter-canary"])) for change in plan.pending)
    assert "+level = 7\n+password = [redacted]\n" in shown
    assert (
        "--- a/sysctl net.ipv4.ip_forward\n+++ b/sysctl net.ipv4.ip_forward\n@@ -1 +1 @@\n-0\n+1\n" in shown
    )


def test_what_is_held_since_it_was_planned_is_refused_under_the_lock(site: Site) -> None:
    work = WorkHere(site.world())
    [desired] = site.site.desired(site.inventory.nodes)
    plan = work.plan(desired, SETTINGS)
    assert can_be_changed(plan)
    site.machine.hold()
    site.programs = 0
    held = work.change(plan, SETTINGS)
    assert (held.status, site.programs) == (Status.REFUSED, 1)
    assert held.problems[0].message.startswith("somebody holds it since this run was planned (kim@ops1")
    assert not site.machine.path("/etc/app").exists()


def test_pressure_since_it_was_planned_refuses_what_restarts_a_runtime(tmp_path: Path) -> None:
    site = Site(
        tmp_path, GUARDED.replace("    static_pods: {web: {podwright_guard: {min_available: 1}}}\n", "")
    )
    site.machine.path("/run/systemd/system").mkdir(parents=True)
    site.machine.tool("systemctl", SYSTEMCTL)
    site.machine.write("/proc/meminfo", "MemTotal: 900000 kB\nMemFree: 800000 kB\nInactive(file): 0 kB\n")
    [desired] = site.site.desired(site.inventory.nodes)
    mirrors = FakeMirrors(silent="no kubeconfig")
    here = WorkHere(site.world(mirrors))
    plan = here.plan(desired, SETTINGS)
    assert can_be_changed(plan)
    reporting = replace(plan.observation, kubelet=KubeletFacts(True, node_name="n1"))
    plan = replace(plan, observation=reporting)
    site.machine.write("/proc/meminfo", "MemTotal: 900000 kB\nMemFree: 9 kB\nInactive(file): 0 kB\n")
    shown = FakeMirrors(shown_node=NodeStatus("n1", pressures=("DiskPressure",)))
    for work, why in (
        (here, "`memory.available` is 9216, and pods are evicted below 104857600; nothing was changed"),
        (WorkHere(site.world(shown)), "the API shows `DiskPressure`"),
    ):
        pressed = work.change(plan, SETTINGS)
        assert (pressed.status, pressed.problems[0].message.endswith(why)) == (Status.REFUSED, True)
    assert not site.machine.path("/etc/a").exists()
    assert WorkHere(site.world()).change(plan, SETTINGS).status is Status.CHANGED


def test_a_step_that_fails_fails_the_node_and_says_what_was_taken_back(tmp_path: Path) -> None:
    site = Site(tmp_path, INVENTORY + "      modules: [br_netfilter]\n")
    site.machine.tool("modprobe", "echo no such module; exit 1")
    failed = site.run()
    assert failed.status is Status.FAILED
    assert failed.problems[0].message == ("module br_netfilter: no such module")
    assert not site.machine.path("/etc/app").exists()


def test_what_is_ours_and_no_longer_declared_is_named(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.run()
    later = INVENTORY.replace("        /etc/app/b.pem: {source: b.pem, comment: ''}\n", "")
    (tmp_path / "inventory.yaml").write_text(later.replace("FOLDER", site.machine.folder))
    site.inventory = load_inventory(tmp_path / "inventory.yaml")
    site.site = NodeSite(site.inventory, tmp_path / "templates/manifests")
    [warning] = site.run().warnings
    assert warning == (
        "`/etc/app/b.pem` is podwright's and no longer declared: `podwright node release /etc/app/b.pem` gives it back"
    )


def test_a_sysctl_that_will_not_last_and_swap_that_comes_back_are_warned_about(tmp_path: Path) -> None:
    site = Site(tmp_path, INVENTORY + "      swap: off\n")
    site.machine.write("/run/systemd/system/x", "")
    site.machine.write("/etc/sysctl.d/99-other.conf", "net.ipv4.ip_forward = 0\n")
    site.machine.write("/etc/systemd/zram-generator.conf", "")
    warnings = site.run(dry_run=True).warnings
    assert [warning.partition(" ")[0] for warning in warnings] == [
        "`net.ipv4.ip_forward`",
        "`/etc/systemd/zram-generator.conf`",
    ]


def test_a_system_without_a_shell_for_us_is_refused(site: Site) -> None:
    site.machine.write("/etc/os-release", "ID=talos\n")
    refused = site.run()
    assert (refused.status, refused.problems[0].message) == (Status.REFUSED, "Talos has no shell")


GUARDED = """
all:
  hosts: {n1: }
  vars:
    podwright_manifest_dir: FOLDER
    static_pods: {web: {podwright_guard: {min_available: 1}}}
    podwright_node:
      files: {/etc/a: {content: a}}
      services: {containerd: {started: true}}
"""
SYSTEMCTL = """
case $1 in
  show) if [ -e "$root/started" ]; then echo ActiveState=active; else echo ActiveState=inactive; fi ;;
  *) touch "$root/started" ;;
esac
"""


def test_what_restarts_a_runtime_passes_the_guard_of_the_nodes_pods_and_nothing_else_does(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path, GUARDED)
    site.machine.path("/run/systemd/system").mkdir(parents=True)
    site.machine.tool("systemctl", SYSTEMCTL)
    site.machine.write("/etc/kubernetes/manifests/web.yaml", manifest().text(1))
    refused = site.run()
    assert refused.status is Status.REFUSED
    assert refused.problems[0].message == (
        "its group is guarded, and how n1 is cannot be told: there is no crictl on the node"
    )
    assert not site.machine.path("/etc/a").exists()
    accepted = site.run(accept_quorum_loss=True)
    assert (accepted.status, accepted.problems) == (Status.CHANGED, ())
    assert f"{refused.problems[0].message}: accepted" in accepted.warnings
    assert not [*site.machine.path("/etc/kubernetes/.podwright/manifests").glob("l*")], (
        "no lock and no lease is left"
    )
    site.machine.path("/etc/a").unlink()
    assert site.run().status is Status.CHANGED


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "mode: '0600'",
            "mode: 600",
            "`podwright_node.files./etc/app/a.conf.mode` is not an octal mode in quotes",
        ),
        ("'{{ 1 }}'", "'{{ nothing }}'", "`nothing` is undefined"),
        ("a.conf.j2", "b.conf.j2", "no template `b.conf.j2`"),
        ("source: b.pem", "source: ../inventory.yaml", "`../inventory.yaml` cannot be read"),
    ],
)
def test_what_is_wrong_is_known_before_a_node_is_reached(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    site = Site(tmp_path, INVENTORY.replace(old, new))
    with pytest.raises(ProblemsError) as raised:
        site.run()
    assert message in str(raised.value)
    assert site.programs == 0


def test_a_package_that_nothing_proves_after_a_run_that_was_cut_off_is_told(tmp_path: Path) -> None:
    site = Site(
        tmp_path,
        "all: {hosts: {n1: }, vars: {podwright_manifest_dir: FOLDER, podwright_node: {packages: {runc: }}}}",
    )
    site.machine.tool("apt-get", "")
    site.machine.tool("apt-mark", "")
    site.machine.tool("apt-cache", "")
    site.machine.tool("dpkg-query", "echo installed 1.1")
    site.machine.write("/var/lib/podwright/settings/.abc/files", "0 absent absent\n")
    warnings = " ".join(site.run(dry_run=True).warnings)
    assert "`package runc` may have been changed by a run that was cut off before it was proven" in warnings


FORESEEN = """
all:
  hosts: {n1: }
  vars:
    podwright_manifest_dir: FOLDER
    podwright_node:
      directories: {/srv/old: absent}
      files: {/etc/app.conf: {content: x, owner: nobody-here}}
      modules: [br_netfilterr]
      sysctls: {net.ipv4.ip_forwardd: 1}
      services: {kubelett: {started: true}}
"""


def test_what_apply_would_fail_on_is_all_told_before_anything_is_changed(tmp_path: Path) -> None:
    site = Site(tmp_path, FORESEEN)
    site.machine.write("/run/systemd/system/x", "")
    site.machine.write("/srv/old/a", "")
    site.machine.write(f"/lib/modules/{os.uname().release}/modules.dep", "kernel/br_netfilter.ko:\n")
    site.machine.tool("systemctl", "echo LoadState=not-found")
    for dry_run in (True, False):
        outcome = site.run(dry_run=dry_run)
        assert outcome.status is Status.CONFLICT
        assert sorted(problem.message for problem in outcome.problems) == [
            "`/etc/app.conf` is to belong to the user `nobody-here`, and there is none",
            "`/srv/old` is to be absent, and holds `a`",
            "it has no service `kubelett`",
            "its kernel has no module `br_netfilterr`",
            "its kernel has no sysctl `net.ipv4.ip_forwardd`",
        ]
        assert all(problem.hint for problem in outcome.problems)
    assert not site.machine.path("/etc/modules-load.d").exists()
