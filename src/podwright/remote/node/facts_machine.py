"""What the machine itself is: its system, processors, memory, identity, and what guards it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from podwright.plan.facts import Identity, OperatingSystem, Security
from podwright.plan.kubelet_state import Unit
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.facts_files import Texts
from podwright.remote.node.facts_firewall import packet_rules
from podwright.remote.node.records import Record

#: vendor or product of the firmware, and what runs the machine
_MACHINES = (
    ("KubeVirt", "kvm"), ("QEMU", "kvm"), ("KVM", "kvm"), ("Amazon EC2", "amazon"), ("Google", "google"),
    ("VMware", "vmware"), ("innotek", "oracle"), ("VirtualBox", "oracle"), ("Xen", "xen"), ("Bochs", "bochs"),
    ("Parallels", "parallels"), ("OpenStack", "kvm"), ("DigitalOcean", "kvm"), ("Hetzner", "kvm"), ("BHYVE", "bhyve"),
)  # fmt: skip


def operating_system(texts: Texts) -> Known[OperatingSystem]:
    lines = texts.of("etc/os-release") or texts.of("usr/lib/os-release")
    parted = (line.partition("=") for line in lines)
    found = {key.strip(): _unquoted(value.strip()) for key, equals, value in parted if equals}
    if not found.get("ID"):
        return texts.why("etc/os-release")
    return OperatingSystem(
        id=found["ID"],
        version=found.get("VERSION_ID", ""),
        name=found.get("PRETTY_NAME", ""),
        like=tuple(found.get("ID_LIKE", "").split()),
        variant=found.get("VARIANT_ID", ""),
    )


def _unquoted(value: str) -> str:
    """As a shell takes it that is given one word."""
    if value[:1] in ("'", '"') and value[:1] == value[-1:] and len(value) > 1:
        return value[1:-1] if value[0] == "'" else re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def init_system(texts: Texts) -> Known[str]:
    first = texts.word("proc/1/comm")
    if "run/systemd/system" in texts.paths:
        return "systemd"
    return "openrc" if "run/openrc" in texts.paths else first


def virtualization(texts: Texts) -> Known[str]:
    """As `systemd-detect-virt` names it; `none` is a machine of its own."""
    container = texts.word("run/systemd/container")
    if not isinstance(container, Unknown):
        return container
    for path, name in ((".dockerenv", "docker"), ("run/.containerenv", "podman")):
        if path in texts.paths:
            return name
    vendor, product = texts.word("sys/class/dmi/id/sys_vendor"), texts.word("sys/class/dmi/id/product_name")
    if isinstance(vendor, Unknown):
        return Unknown("its firmware does not tell who made it")
    shown = vendor if isinstance(product, Unknown) else f"{vendor} {product}"
    if "Microsoft Corporation Virtual" in shown:
        return "microsoft"
    return next((kind for word, kind in _MACHINES if word in shown), "none")


def cpus(texts: Texts) -> Known[int]:
    """`0-3,8` are five."""
    word = texts.word("sys/devices/system/cpu/online")
    if isinstance(word, Unknown):
        return word
    if not re.fullmatch(r"[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*", word):
        return Unknown("/sys/devices/system/cpu/online is no list of CPUs")
    ranges = (part.split("-") for part in word.split(","))
    return sum(int(ends[-1]) - int(ends[0]) + 1 for ends in ranges)


def memory(texts: Texts) -> Known[int]:
    for line in texts.of("proc/meminfo"):
        if found := re.fullmatch(r"MemTotal:\s+([0-9]{1,15}) kB", line):
            return int(found[1]) * 1024
    return texts.why("proc/meminfo")


def identity(texts: Texts) -> Identity:
    addresses = (texts.word(path) for path in texts.matching("sys/class/net/", "/address"))
    return Identity(
        host_name=texts.word("proc/sys/kernel/hostname"),
        machine_id=texts.word("etc/machine-id"),
        product_uuid=texts.word("sys/class/dmi/id/product_uuid"),
        boot_id=texts.word("proc/sys/kernel/random/boot_id"),
        mac_addresses=tuple(word for word in addresses if not isinstance(word, Unknown)),
    )


def security(texts: Texts, units: Mapping[str, Unit], records: tuple[Record, ...]) -> Security:
    rules = packet_rules(records)
    lsm = texts.word("sys/kernel/security/lsm")
    enforce = texts.word("sys/fs/selinux/enforce")
    on = [name for name in ("firewalld", "nftables") if name in units and units[name].active == "active"]
    if "ENABLED=yes" in texts.of("etc/ufw/ufw.conf"):
        on.append("ufw")
    return Security(
        lsm=lsm if isinstance(lsm, Unknown) else tuple(lsm.split(",")),
        selinux="off" if isinstance(enforce, Unknown) else "enforcing" if enforce == "1" else "permissive",
        apparmor=texts.word("sys/module/apparmor/parameters/enabled") == "Y",
        firewalls=tuple(on)
        if on or units
        else Unknown("its service manager does not tell which services are active"),
        input=rules
        if isinstance(rules, Unknown)
        else "drop"
        if any(one.refuses for one in rules)
        else "accept",
        rules=rules,
    )


def pending(texts: Texts) -> tuple[str, ...]:
    """What is about to end what runs, or waits for a boot."""
    found = []
    if texts.of("var/run/reboot-required") or "var/run/reboot-required" in texts.paths:
        found.append("a reboot is required (/var/run/reboot-required)")
    if "run/ostree/staged-deployment" in texts.paths:
        found.append("a new deployment of the system waits for a reboot")
    if texts.of("run/systemd/shutdown/scheduled"):
        found.append("a shutdown is scheduled")
    if "run/nologin" in texts.paths:
        found.append("logins are refused (/run/nologin): it boots or shuts down")
    return tuple(found)


def distribution(texts: Texts, process: str, *, standalone: Known[bool]) -> Known[str]:
    """Who installed the kubelet, as far as what lies there tells."""
    system = operating_system(texts)
    name = "" if isinstance(system, Unknown) else system.id
    marks = (
        ("talos", name == "talos"),
        ("bottlerocket", name == "bottlerocket"),
        ("openshift", "etc/machine-config-daemon" in texts.paths),
        ("rke2", "var/lib/rancher/rke2" in texts.paths or "etc/rancher/rke2" in texts.paths),
        ("k3s", process.startswith("k3s") or "etc/rancher/k3s" in texts.paths),
        ("microshift", process == "microshift" or "etc/microshift" in texts.paths),
        ("microk8s", process == "kubelite"),
        ("k0s", "var/lib/k0s" in texts.paths or "etc/k0s" in texts.paths),
        ("kind", "kind" in texts.paths),
        ("kubespray", "etc/kubernetes/kubelet.env" in texts.paths),
        (
            "kubeadm",
            bool(texts.paths & {"var/lib/kubelet/kubeadm-flags.env", "var/lib/kubelet/instance-config.yaml"}),
        ),
        ("standalone", standalone is True),
        ("plain", standalone is False),
    )
    return next(
        (known for known, found in marks if found), Unknown("no kubelet runs, and nothing of one lies there")
    )
