"""Facts as plain values: for documents, and for templates, which see of a node only what lasts."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import asdict

from podwright.plan.facts import Facts, OperatingSystem
from podwright.plan.unknown_fact import Unknown
from podwright.text import printable

#: what changes by itself would change manifests, and restart their pods
_LASTING = (
    "os", "kernel", "init", "virtualization", "distribution", "cpus", "memory_bytes", "cgroup", "runtime", "security",
    "tools", "name_servers",
)  # fmt: skip
_OF_KUBELET = ("version", "static_pod_path", "node_name", "standalone")
_OF_IDENTITY = ("host_name", "machine_id", "product_uuid", "mac_addresses")
#: as Ansible calls them; of others the id with a capital letter
_DISTRIBUTIONS = {
    "almalinux": "AlmaLinux", "amzn": "Amazon", "arch": "Archlinux", "centos": "CentOS", "ol": "OracleLinux",
    "opensuse-leap": "openSUSE Leap", "rhel": "RedHat", "sles": "SLES",
}  # fmt: skip
_FAMILIES = {
    "debian": "Debian", "ubuntu": "Debian", "rhel": "RedHat", "fedora": "RedHat", "centos": "RedHat",
    "amzn": "RedHat", "suse": "Suse", "sles": "Suse", "opensuse": "Suse", "arch": "Archlinux",
}  # fmt: skip


def plain(value: object) -> object:
    """As JSON has it: names as in Kubernetes, and what is unknown as `{"unknown": WHY}`."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, Struct):
        return {camel(name): plain(item) for name, item in asdict(value).items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def for_templates(facts: Facts) -> dict[str, object]:
    """`facts`, and the common ones under `ansible_facts`. What is unknown is not there, and a text is one line."""
    own = {camel(name): getattr(facts, name) for name in _LASTING}
    own["kubelet"] = {camel(name): getattr(facts.kubelet, name) for name in _OF_KUBELET}
    own["identity"] = {camel(name): getattr(facts.identity, name) for name in _OF_IDENTITY}
    own["network"] = {"route": facts.network.route}
    own["sysctls"] = {name: found.value for name, found in facts.sysctls.items()}
    return {"facts": _known(own), "ansible_facts": _known(_as_ansible(facts))}


def _known(value: object) -> object:
    """Without what is unknown; a text of a node must not make lines of a manifest."""
    if isinstance(value, Struct):
        value = {camel(name): item for name, item in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(key): _known(item) for key, item in value.items() if not isinstance(item, Unknown)}
    if isinstance(value, list | tuple):
        return [_known(item) for item in value if not isinstance(item, Unknown)]
    return printable(value).replace("\n", "\\n") if isinstance(value, str) else value


def _as_ansible(facts: Facts) -> dict[str, object]:
    """Ansible's names and values of what is gathered here too."""
    name, memory = facts.identity.host_name, facts.memory_bytes
    guest = facts.virtualization not in ("none",) and not isinstance(facts.virtualization, Unknown)
    return {
        **(_system(facts.os) if isinstance(facts.os, OperatingSystem) else {}),
        "system": "Linux",
        "kernel": facts.kernel.release,
        "architecture": facts.kernel.architecture,
        "machine": facts.kernel.architecture,
        "nodename": name,
        "hostname": name if isinstance(name, Unknown) else name.partition(".")[0],
        "processor_nproc": facts.cpus,
        "processor_vcpus": facts.cpus,
        "memtotal_mb": memory if isinstance(memory, Unknown) else memory >> 20,
        "service_mgr": facts.init,
        "virtualization_type": facts.virtualization if guest else "NA",
        "virtualization_role": "guest" if guest else "NA",
        "machine_id": facts.identity.machine_id,
        "product_uuid": facts.identity.product_uuid,
        "selinux": _selinux(facts.security.selinux),
        "apparmor": {"status": "enabled" if facts.security.apparmor else "disabled"},
        "dns": {"nameservers": facts.name_servers},
        "default_ipv4": facts.network.route,
    }


def _selinux(mode: str) -> dict[str, str]:
    return {"status": "disabled"} if mode == "off" else {"status": "enabled", "mode": mode}


def _system(system: OperatingSystem) -> dict[str, object]:
    ids = (system.id, *system.like)
    return {
        "distribution": _DISTRIBUTIONS.get(system.id, system.id.capitalize()),
        "distribution_version": system.version,
        "distribution_major_version": system.version.partition(".")[0],
        "os_family": next((_FAMILIES[one] for one in ids if one in _FAMILIES), system.id.capitalize()),
    }
