"""Checks of sysctls: those that pods rely on, those that do not last, and those that a strict kubelet wants."""

from __future__ import annotations

from podwright.plan.facts import Facts, Sysctl
from podwright.plan.node_checks.check import (
    BOTH,
    PLANE,
    STATIC,
    Check,
    Judged,
    Profile,
    Severity,
    Subject,
    held,
    known,
    not_applicable,
    of_fact,
    setting,
    unknown,
)
from podwright.plan.unknown_fact import Known, Unknown

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_MANY_FILES = 65_536
_DEFAULTS = {
    "vm.overcommit_memory": "1", "vm.panic_on_oom": "0", "kernel.panic": "10", "kernel.panic_on_oops": "1",
    "kernel.keys.root_maxkeys": "1000000", "kernel.keys.root_maxbytes": "25000000",
}  # fmt: skip
#: whose values pods rely on
_LASTING = (
    "net.ipv4.ip_forward", "net.bridge.bridge-nf-call-iptables", "fs.inotify.max_user_instances",
    "fs.inotify.max_user_watches", "net.netfilter.nf_conntrack_max", "vm.max_map_count", "fs.file-max",
)  # fmt: skip


def sysctl(facts: Facts, name: str) -> Known[str]:
    found = facts.sysctls.get(name)
    return found.value if found else Unknown(f"`{name}` is not there")


def number(facts: Facts, name: str) -> Known[int]:
    value = sysctl(facts, name)
    if isinstance(value, Unknown):
        return value
    return int(value) if value.isdigit() else Unknown(f"`{name}` is `{value[:40]}`")


def _open_files(subject: Subject) -> Judged:
    """As each process has it now: a unit, or the program itself, may have changed it."""
    found = subject.facts.limits.open_files
    if not found:
        return unknown("no kubelet and no runtime shows its limits")
    few = {name: most for name, most in found.items() if most < _MANY_FILES}
    seen = ", ".join(f"{name} {most}" for name, most in (few or found).items())
    return held(not few, seen, f"{_MANY_FILES} or more", "/proc/PID/limits")


def _ipv6(subject: Subject) -> Judged:
    """It matters to a kubelet that is given an IPv6 address."""
    address = setting(subject.facts, "--node-ip", default="")
    if isinstance(address, Unknown):
        return unknown(address.reason)
    if ":" not in str(address.value):
        return not_applicable("its kubelet is given no IPv6 address")
    name = "net.ipv6.conf.default.forwarding"
    return known(sysctl(subject.facts, name), lambda value: held(value == "1", value, "1", name))


def _lasts(subject: Subject) -> Judged:
    """Sysctls that a boot sets to another value than is in force."""
    found = subject.facts.sysctls
    changing = [(name, found[name]) for name in _LASTING if name in found and found[name].lasts is False]
    if not changing:
        return held(good=True, seen="the values in force come back", expected="the values in force")
    seen = "; ".join(f"{name} is {one.value} and becomes {one.at_boot}" for name, one in changing)
    return held(good=False, seen=seen, expected="the values in force", source=_winners(changing))


def _winners(changing: list[tuple[str, Sysctl]]) -> str:
    return ", ".join(dict.fromkeys(one.winner for _, one in changing))


def _defaults(subject: Subject) -> Judged:
    """They matter to a kubelet that is told not to set them."""
    protects = setting(subject.facts, "protectKernelDefaults", default=False)
    if isinstance(protects, Unknown):
        return unknown(protects.reason)
    if protects.value is not True:
        return not_applicable("the kubelet sets them at its start")
    wrong = {
        name: sysctl(subject.facts, name)
        for name, value in _DEFAULTS.items()
        if sysctl(subject.facts, name) != value
    }
    if hidden := next((one for one in wrong.values() if isinstance(one, Unknown)), None):
        return unknown(hidden.reason)
    seen = "; ".join(f"{name} is {value}" for name, value in wrong.items())
    wanted = [f"{name}={_DEFAULTS[name]}" for name in wrong or _DEFAULTS]
    mend = f"`sysctl -w {' '.join(wanted)}`"
    return held(not wrong, seen or "as the kubelet wants them", ", ".join(wanted), protects.source, mend)


def _forwarding(
    prefix: str, severity: Severity, profiles: tuple[Profile, ...], why: str, why_of_ipv6: str
) -> tuple[Check, ...]:
    """For static pods, which may do without, it is a warning; kubeadm refuses the node."""
    ipv4, ipv6 = "net.ipv4.ip_forward", "net.ipv6.conf.default.forwarding"
    return (
        Check(
            f"{prefix}ip-forward", severity, profiles, "IPv4 packets are not forwarded", why, f"`sysctl -w {ipv4}=1`",
            of_fact(lambda facts: sysctl(facts, ipv4), lambda value: value == "1", "1", ipv4), f"sysctls: {{{ipv4}: 1}}",
        ),
        Check(
            f"{prefix}ipv6-forward", severity, profiles, "IPv6 packets are not forwarded", why_of_ipv6,
            f"`sysctl -w {ipv6}=1`", _ipv6, f"sysctls: {{{ipv6}: 1}}",
        ),
    )  # fmt: skip


CHECKS = (
    Check(
        "open-files", _WARNING, BOTH, "few files may be open", "k0s asks for 65536",
        "`sysctl -w fs.file-max=1048576`",
        of_fact(lambda facts: number(facts, "fs.file-max"), lambda most: most >= _MANY_FILES, f"{_MANY_FILES} or more",
        "fs.file-max"),
        "sysctls: {fs.file-max: 1048576}",
    ),
    Check(
        "open-files-of-processes", _WARNING, BOTH, "the kubelet or its runtime may open few files",
        "k0s asks for 65536; what they hold for each pod counts", "set `LimitNOFILE=1048576` in a drop-in of its unit",
        _open_files, "services: {NAME: {drop_in: [TEXT]}}",
    ),
    *_forwarding(
        "", _WARNING, STATIC, "pods with a network of their own reach nothing",
        "pods of a node with an IPv6 address reach nothing by it",
    ),
    *_forwarding(
        "control-plane-", _ERROR, PLANE, "kubeadm refuses the node, and pods with a network of their own reach nothing",
        "kubeadm refuses a node with an IPv6 address, and its pods reach nothing by it",
    ),
    Check(
        "sysctl-lasts", _WARNING, BOTH, "sysctls change at the next boot", "what works now fails after a reboot",
        "put the value into a file whose name sorts last", _lasts, "sysctls: {NAME: VALUE}",
    ),
    Check(
        "sysctl-kernel-defaults", _ERROR, BOTH, "sysctls are not what the kubelet wants",
        "with `protectKernelDefaults: true` it does not start", "set them as expected", _defaults,
        "sysctls: {NAME: VALUE}",
    ),
)  # fmt: skip
