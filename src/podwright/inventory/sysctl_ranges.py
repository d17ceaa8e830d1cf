"""Values that every kernel refuses for a sysctl; what depends on a kernel's version is not among them."""

from __future__ import annotations

from collections.abc import Mapping

from podwright.lazy_pattern import lazy_pattern

NUMBERS = lazy_pattern(r"-?(0|[1-9][0-9]*)( -?(0|[1-9][0-9]*))*")
_RANGES: Mapping[str, tuple[int, int]] = {
    "fs.protected_fifos": (0, 2),
    "fs.protected_hardlinks": (0, 1),
    "fs.protected_regular": (0, 2),
    "fs.protected_symlinks": (0, 1),
    "fs.suid_dumpable": (0, 2),
    "kernel.dmesg_restrict": (0, 1),
    "kernel.kptr_restrict": (0, 2),
    "kernel.pid_max": (301, 4194304),
    "kernel.unprivileged_bpf_disabled": (0, 2),
    "kernel.yama.ptrace_scope": (0, 3),
    "net.ipv4.ip_default_ttl": (1, 255),
    "net.ipv4.ip_local_port_range": (1, 65535),
    "net.ipv4.ip_unprivileged_port_start": (0, 65535),
    "net.ipv4.tcp_syn_retries": (1, 127),
    "vm.dirty_background_ratio": (0, 100),
    "vm.dirty_ratio": (0, 100),
    "vm.overcommit_memory": (0, 2),
    "vm.panic_on_oom": (0, 2),
    # since 5.8; 100 before
    "vm.swappiness": (0, 200),
}
_LIMIT = 1 << 64
#: more than a number below the limit has, with its sign
_MOST_DIGITS = 30


def refused_value(name: str, value: str) -> str:
    """What it takes instead, in words; nothing if a kernel may take it."""
    bounds = _RANGES.get(name.replace("/", "."))
    words = " ".join(value.split())
    if not NUMBERS.fullmatch(words):
        return f"whole numbers from {bounds[0]} to {bounds[1]}" if bounds else ""
    # int() refuses some thousands of digits
    numbers = [int(word[:_MOST_DIGITS]) for word in words.split()]
    if bounds and not all(bounds[0] <= number <= bounds[1] for number in numbers):
        return f"a number from {bounds[0]} to {bounds[1]}"
    if name.replace("/", ".") == "net.ipv4.ip_local_port_range" and numbers != sorted(numbers):
        return "two ports, the lower one first"
    return "" if all(abs(number) < _LIMIT for number in numbers) else "a number of at most 64 bits"
