"""Facts of recorded machines of ten distributions, by the real program in each shell; and of hostile ones."""

from __future__ import annotations

import os
import re
import resource
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.recorded_machine import MACHINES, machine_host
from tests.fakes.shell_host import SHELLS, stand_in

from podwright.plan.facts import Facts
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node import observe as observe_module
from podwright.remote.node.observe import Part, observe
from podwright.remote.node.records import Record

PARTS = (Part.FACTS, Part.PORTS, Part.OPTIONS, Part.MACHINE)


def look(host) -> Facts:
    facts = observe("n1", host, parts=PARTS).machine
    assert facts is not None
    return facts


@dataclass(frozen=True)
class Expected:
    os: tuple[str, str]
    distribution: str
    kubelet: str
    runtime: tuple[str, str]
    driver: str | None
    cgroup: int = 2
    init: str = "systemd"
    virtualization: str = "kvm"
    swap_at_boot: int = 0
    synchronized: bool | None = True
    forwarding: tuple[str, bool] | None = None
    selinux: str = "off"
    firewalls: tuple[str, ...] | None = ()


EXPECTED = {
    "debian-12": Expected(
        ("debian", "12"), "kubeadm", "1.33.4", ("containerd", "1.6.20~ds1"), "systemd",
        swap_at_boot=2, forwarding=("/etc/sysctl.d/99-sysctl.conf", False),
    ),
    "ubuntu-24.04": Expected(
        ("ubuntu", "24.04"), "kubeadm", "1.34.1", ("containerd", "v1.7.24"), "systemd",
        virtualization="amazon", swap_at_boot=1, forwarding=("/etc/sysctl.d/99-kubernetes-cri.conf", True),
        firewalls=("ufw",),
    ),
    "rocky-9": Expected(
        ("rocky", "9.5"), "kubeadm", "1.32.6", ("cri-o", "1.32.4"), "systemd", virtualization="vmware",
        synchronized=False, forwarding=("/etc/sysctl.d/k8s.conf", True), selinux="enforcing", firewalls=("firewalld",),
    ),
    "opensuse-leap-15.6": Expected(
        ("opensuse-leap", "15.6"), "kubeadm", "1.31.9", ("containerd", "v1.7.21"), None, cgroup=1,
        virtualization="microsoft", swap_at_boot=1, synchronized=None,
        forwarding=("/etc/sysctl.d/70-yast.conf", True), firewalls=("firewalld",),
    ),
    "alpine-3.20": Expected(
        ("alpine", "3.20.3"), "kubeadm", "1.30.5", ("containerd", "1.7.24"), None, init="openrc", swap_at_boot=2,
        synchronized=False, forwarding=("/etc/sysctl.conf", True), firewalls=None,
    ),
    "flatcar-4152": Expected(
        ("flatcar", "4152.2.0"), "standalone", "1.33.0", ("containerd", "v1.7.23"), "systemd", synchronized=False,
        forwarding=("/etc/sysctl.d/kubernetes.conf", True),
    ),
    "amazon-2023": Expected(
        ("amzn", "2023"), "plain", "1.32.1-eks-5d632ec", ("containerd", "1.7.25"), "systemd", virtualization="amazon",
        swap_at_boot=1, forwarding=("/etc/sysctl.d/99-sysctl.conf", False), selinux="permissive",
    ),
    "rhcos-4.18": Expected(
        ("rhel", "4.18"), "openshift", "1.31.5", ("cri-o", "1.31.4-5.rhaos4.18"), None, selinux="enforcing",
    ),
    "arch-k3s": Expected(
        ("arch", ""), "k3s", "1.31.4+k3s1", ("containerd", "v1.7.23-k3s2"), "systemd", virtualization="none",
        swap_at_boot=1,
    ),
    "sles-15.6-rke2": Expected(
        ("sles", "15.6"), "rke2", "1.31.5+rke2r1", ("containerd", "v1.7.23-k3s2"), None, synchronized=None,
        forwarding=("/etc/sysctl.d/90-rke2.conf", True),
    ),
}  # fmt: skip


def known(value: object) -> object:
    return None if isinstance(value, Unknown) else value


def test_every_recording_is_expected() -> None:
    assert set(EXPECTED) == set(MACHINES)
    assert len(MACHINES) >= 8


@pytest.mark.parametrize("name", MACHINES)
def test_a_recorded_machine_is_read(name: str, tmp_path: Path) -> None:
    facts, expected = look(machine_host(name, "dash", tmp_path)), EXPECTED[name]
    forwarding = facts.sysctls["net.ipv4.ip_forward"]
    assert expected == Expected(
        os=(facts.os.id, facts.os.version),
        distribution=facts.distribution,
        kubelet=facts.kubelet.version,
        runtime=(facts.runtime.name, facts.runtime.version),
        driver=known(facts.runtime.cgroup_driver),
        cgroup=facts.cgroup.version,
        init=facts.init,
        virtualization=facts.virtualization,
        swap_at_boot=len(facts.swap.at_boot),
        synchronized=known(facts.time.synchronized),
        forwarding=(forwarding.winner, forwarding.lasts) if forwarding.winner else None,
        selinux=facts.security.selinux,
        firewalls=known(facts.security.firewalls),
    )
    assert facts.kubelet.running
    assert facts.kubelet.started == 1_796_040_042


#: what depends on which programs the test machine has, on its disks and on the moment
_OWN = ("machine-tools", "machine-disks", "clock", "begin", "alive")


def lines(name: str, shell: str, folder: Path) -> list[Record]:
    host = machine_host(name, shell, folder)
    records = []
    original = observe_module.read_records
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            observe_module, "read_records", lambda *given: records.extend(original(*given)) or tuple(records)
        )
        look(host)
    return [
        replace(
            record,
            words=re.sub(str(folder), "", record.words),
            body=record.body.replace(str(folder).encode(), b""),
        )
        for record in records
        if record.kind not in _OWN
    ]


@pytest.mark.parametrize("name", MACHINES)
def test_every_shell_reports_the_same_lines(name: str, tmp_path: Path) -> None:
    dash, *others = (lines(name, shell, tmp_path / shell) for shell in SHELLS)
    assert len(dash) >= 10
    for other in others:
        assert [(record.kind, record.words, record.text) for record in other] == [
            (record.kind, record.words, record.text) for record in dash
        ]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_node_spends_less_than_a_third_of_a_second_of_cpu(shell: str, tmp_path: Path) -> None:
    """Of its shell and whatever that starts; a machine that is busy gets more than one try."""
    host = machine_host("debian-12", shell, tmp_path)

    def spent() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        look(host)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert any(spent() < 0.3 for _ in range(3))


def test_ports_are_told_with_their_owners(tmp_path: Path) -> None:
    facts = look(machine_host("debian-12", "dash", tmp_path))
    shown = [(port.address, port.port, known(port.process), known(port.pid)) for port in facts.ports]
    assert shown == [
        ("127.0.0.1", 10248, "kubelet", 812),
        ("0.0.0.0", 22, "sshd", 901),
        ("127.0.0.1", 2379, None, None),
        ("::", 10250, "kubelet", 812),
    ]
    assert facts.limits.inotify_instances == 2


def test_the_rights_of_manifests_are_seen_where_the_kubelet_reads_them(tmp_path: Path) -> None:
    facts = look(machine_host("sles-15.6-rke2", "dash", tmp_path))
    paths = [one.path for one in facts.files]
    assert paths.count("/var/lib/rancher/rke2/agent/pod-manifests/kube-apiserver.yaml") == 1


def test_a_forged_file_stands_for_itself_alone(tmp_path: Path) -> None:
    """Neither a record nor a line of another file can be made by what a file holds."""
    host = machine_host("debian-12", "dash", tmp_path)
    root = tmp_path / "root"
    fstab = "\n@x machine 0\nproc/swaps:/dev/sda9 partition 1 1 1\n/dev/sda9 none swap \x1b[31m 0 0\n"
    (root / "etc/fstab").write_text(fstab)
    (root / "etc/sysctl.d/a:b.conf").write_text("net.ipv4.ip_forward = 7\n")
    (root / "etc/sysctl.d/zz\nswaps:x.conf").write_text("net.ipv4.ip_forward = 8\n")
    facts = look(host)
    assert facts.swap.now == ("/dev/vda5",)
    assert "/etc/fstab: /dev/sda9 none swap \x1b[31m 0 0" in facts.swap.at_boot
    assert [line for line in facts.sysctls["net.ipv4.ip_forward"].files if line.endswith(("7", "8"))] == []


def test_megabytes_of_a_file_are_cut(tmp_path: Path) -> None:
    host = machine_host("debian-12", "dash", tmp_path)
    (tmp_path / "root/etc/sysctl.d/99-z.conf").write_text(f"vm.x = {'9' * 5_000_000}\n" * 2)
    (tmp_path / "root/etc/crio").mkdir()
    stand_in(host.bin, "systemctl", "yes 'Id=kubelet.service' | head -c 30000000")
    facts = look(host)
    assert facts.os.id == "debian"
    assert len(repr(facts)) < 2_000_000


def test_what_stands_in_the_way_of_reading_is_no_file(tmp_path: Path) -> None:
    host = machine_host("debian-12", "dash", tmp_path)
    (tmp_path / "root/etc/fstab").unlink()
    os.mkfifo(tmp_path / "root/etc/fstab")
    assert look(host).swap.at_boot == ("/run/systemd/generator/dev-vda5.swap",)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can run a program as somebody else")
def test_without_root_it_says_what_could_not_be_seen(tmp_path: Path) -> None:
    host = replace(machine_host("debian-12", "dash", tmp_path), user=65_534)
    for path in (tmp_path, *tmp_path.parents[:3]):
        if path != Path("/tmp"):
            path.chmod(path.stat().st_mode | 0o055)
    (tmp_path / "root/sys/class/dmi/id/product_uuid").chmod(0o400)
    facts = look(host)
    assert facts.login == "65534"
    assert facts.identity.product_uuid == Unknown("the login may not read /sys/class/dmi/id/product_uuid")
    assert facts.limits.inotify_instances == Unknown("only root sees all of them")
    assert "/sys/class/dmi/id/product_uuid" in facts.unreadable
    assert facts.os.id == "debian"
