"""What a kubelet reads only once its runtime answered: a trial without one passes, and the real kubelet ends.

Source: cmd/kubelet/app/server.go `run`; pkg/kubelet: cm, logs, sysctl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from podwright.pods.go_fields import Record, child, flag, number, pairs, text, texts
from podwright.validation.checks import names
from podwright.validation.checks.quantities import parse_quantity
from podwright.validation.findings import shown
from podwright.validation.kubelet.allocatable import cpus_of
from podwright.validation.kubelet.checks import LOG_FILES_SINCE, RUN_ONCE_REFUSED_SINCE
from podwright.validation.kubelet.evictions import wrong_evictions
from podwright.validation.kubelet.gates import is_on
from podwright.validation.kubelet.managers import wrong_managers
from podwright.validation.kubelet.verdict import Found, Host, Moment

_RESERVABLE = ("cpu", "memory", "ephemeral-storage", "pid")
_SYSCTL = re.compile(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*([a-z0-9][-_a-z0-9]*)?[a-z0-9*]")
_NAMESPACED = re.compile(r"kernel\.sem$|kernel\.shm|kernel\.msg|fs\.mqueue\.|net\.")


def check_late(config: Record, minor: int, host: Host, found: Found) -> None:
    """Refuse what ends the kubelet after its runtime answered."""
    for field, wrong in (
        *wrong_evictions(config),
        *_reserved(config),
        *wrong_managers(config, minor),
        *_logs(config, minor),
        *_serving(config, host),
        *_swap(config, minor, host),
    ):
        found.refuse((field,), wrong, Moment.START)
    for index, pattern in enumerate(texts(config, "allowedUnsafeSysctls")):
        found.refuse(("allowedUnsafeSysctls", index), _sysctl(pattern), Moment.START)


def _reserved(config: Record) -> Iterator[tuple[str, str]]:
    for field in ("kubeReserved", "systemReserved"):
        for name, value in pairs(config, field).items():
            amount = parse_quantity(value)
            if name not in _RESERVABLE:
                yield field, f"has {shown(name)}, which cannot be reserved"
            elif name == "cpu" and cpus_of(text(config, "reservedSystemCPUs")):
                # the CPUs by number take its place
                continue
            elif amount is None:
                yield field, f"has {shown(value)} for {name}, which is not a quantity"
            elif amount < 0:
                yield field, f"has {value} for {name}, but must not be negative"
    for name, value in pairs(config, "qosReserved").items():
        percent = value.rstrip("%")
        good = (
            name == "memory"
            and value.endswith("%")
            and percent.isascii()
            and percent.isdecimal()
            and int(percent[:9]) <= 100
        )
        yield (
            "qosReserved",
            "" if good else f"has {shown(value)} for {name}, but can have only a percentage of memory",
        )


def _logs(config: Record, minor: int) -> Iterator[tuple[str, str]]:
    if minor < LOG_FILES_SINCE and number(config, "containerLogMaxFiles") <= 1:
        yield "containerLogMaxFiles", "must be greater than 1"
    size = text(config, "containerLogMaxSize")
    amount = parse_quantity(size)
    if amount is None or amount.denominator != 1:
        yield "containerLogMaxSize", f"is {shown(size)}, which is not a whole quantity of bytes"


def _serving(config: Record, host: Host) -> Iterator[tuple[str, str]]:
    for field in ("tlsCertFile", "tlsPrivateKeyFile"):
        if text(config, field) in host.missing:
            yield field, f"is {shown(text(config, field))}, which is not on the node"
    if flag(config, "enableServer"):
        yield "address", names.ip_address(text(config, "address"), strict=False)
    if host.kubeconfig:
        strategy = text(config, "configMapAndSecretChangeDetectionStrategy")
        yield "configMapAndSecretChangeDetectionStrategy", names.one_of(strategy, ("Get", "Cache", "Watch"))


def _swap(config: Record, minor: int, host: Host) -> Iterator[tuple[str, str]]:
    limited = text(child(config, "memorySwap"), "swapBehavior") == "LimitedSwap"
    if limited and host.cgroup_v1 and is_on("NodeSwap", child(config, "featureGates"), minor):
        yield "memorySwap", "is `LimitedSwap`, which needs cgroup v2"
    if host.swap and flag(config, "failSwapOn"):
        yield "failSwapOn", "is true, and swap is on"
    if minor < RUN_ONCE_REFUSED_SINCE and flag(config, "runOnce"):
        yield "runOnce", "makes the kubelet end after one pass"


def _sysctl(pattern: str) -> str:
    if len(pattern) > 253 or not _SYSCTL.fullmatch(pattern):
        return f"is {shown(pattern)}, which is not a pattern of sysctls"
    if not _NAMESPACED.match(pattern.replace("/", ".").removesuffix("*")):
        return f"is {shown(pattern)}, which is not known to be namespaced"
    return ""
