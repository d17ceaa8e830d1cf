"""What a kubelet reads only once its runtime answered: a trial without one passes, and the real kubelet ends.

Source: cmd/kubelet/app/server.go `run`; pkg/kubelet: cm, logs, sysctl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from podwright.pods.go_fields import Record, child, flag, number, pairs, text, texts
from podwright.validation.checks import names
from podwright.validation.checks.quantities import int64_of, parse_quantity
from podwright.validation.findings import shown
from podwright.validation.kubelet.access import wrong_endpoint
from podwright.validation.kubelet.allocatable import cpus_of
from podwright.validation.kubelet.checks import LOG_FILES_SINCE, RUN_ONCE_REFUSED_SINCE
from podwright.validation.kubelet.durations import seconds
from podwright.validation.kubelet.evictions import wrong_evictions
from podwright.validation.kubelet.gates import is_on
from podwright.validation.kubelet.managers import wrong_managers
from podwright.validation.kubelet.verdict import Found, Host, Moment

_RESERVABLE = ("cpu", "memory", "ephemeral-storage", "pid")
_PERCENT = re.compile(r"[+]?([0-9]{1,9})%+", re.ASCII)
_SYSCTL = re.compile(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*([a-z0-9][-_a-z0-9]*)?[a-z0-9*]")
_NAMESPACED = re.compile(r"kernel\.sem$|kernel\.shm|kernel\.msg|fs\.mqueue\.|net\.")
_SERVER_READS_NO_FILES_SINCE, _USER_IDS_GATED_SINCE = 36, 35
#: Go's net/http `ConfigureServer` asks for one of them, unless TLS 1.3 makes the list idle
_HTTP2_SUITES = ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
_SHORTEST_REQUEST = Fraction(1, 1000)
_USER_IDS, _ALL_USER_IDS = 65536, 1 << 32


def check_late(config: Record, minor: int, host: Host, found: Found) -> None:
    """Refuse what ends the kubelet after its runtime answered."""
    for field, wrong in (
        *wrong_evictions(config),
        *_reserved(config),
        *wrong_managers(config, minor),
        *_logs(config, minor),
        *_serving(config, minor, host),
        *_pods(config, minor),
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
        percent = _PERCENT.fullmatch(value)
        good = name == "memory" and percent is not None and int(percent[1]) <= 100
        yield (
            "qosReserved",
            "" if good else f"has {shown(value)} for {name}, but can have only a percentage of memory",
        )


def _logs(config: Record, minor: int) -> Iterator[tuple[str, str]]:
    if minor < LOG_FILES_SINCE and number(config, "containerLogMaxFiles") <= 1:
        yield "containerLogMaxFiles", "must be greater than 1"
    size = text(config, "containerLogMaxSize")
    if int64_of(size) is None:
        yield "containerLogMaxSize", f"is {shown(size)}, which is not a whole number of bytes with one suffix"


def _serving(config: Record, minor: int, host: Host) -> Iterator[tuple[str, str]]:
    yield from _certificates(config, minor, host)
    serves, read_only = flag(config, "enableServer"), number(config, "readOnlyPort")
    if serves or read_only:
        yield "address", names.ip_address(text(config, "address"), strict=False)
    suites, newest = texts(config, "tlsCipherSuites"), text(config, "tlsMinVersion") == "VersionTLS13"
    if serves and suites and not newest and not set(_HTTP2_SUITES) & set(suites):
        yield "tlsCipherSuites", f"needs {' or '.join(_HTTP2_SUITES)}, which HTTP/2 requires"
    yield from _ports(config)
    images = text(config, "imageServiceEndpoint")
    gone = images.removeprefix("unix://") in host.missing
    yield (
        "imageServiceEndpoint",
        f"is {shown(images)}, which is not on the node" if gone else wrong_endpoint(images, minor),
    )
    if host.kubeconfig:
        strategy = text(config, "configMapAndSecretChangeDetectionStrategy")
        yield "configMapAndSecretChangeDetectionStrategy", names.one_of(strategy, ("Get", "Cache", "Watch"))


def _ports(config: Record) -> Iterator[tuple[str, str]]:
    """Two servers on one port: one of them cannot listen, and ends the kubelet unless it is its health check.

    Whether that one or its health check comes first is chance at each start.
    """
    used = {
        "port": number(config, "port") * flag(config, "enableServer"),
        "readOnlyPort": number(config, "readOnlyPort"),
    }
    if used["port"] and used["port"] == used["readOnlyPort"]:
        yield "readOnlyPort", f"is {used['port']}, which is its `port` too"
    addresses = {text(config, "address"), text(config, "healthzBindAddress")}
    if len(addresses) == 1 or addresses & {"0.0.0.0", "::"}:  # noqa: S104
        for field, port in used.items():
            if port and port == number(config, "healthzPort"):
                yield (
                    "healthzPort",
                    f"is {port}, which is its `{field}` too: the kubelet ends, or its health check never answers",
                )


def _certificates(config: Record, minor: int, host: Host) -> Iterator[tuple[str, str]]:
    """Source: `NewMainKubelet`; before 1.36 its server reads the files too, whatever else gives it a certificate."""
    files = {field: text(config, field) for field in ("tlsCertFile", "tlsPrivateKeyFile")}
    served = minor < _SERVER_READS_NO_FILES_SINCE and flag(config, "enableServer") and any(files.values())
    read = all(files.values()) and not flag(config, "serverTLSBootstrap")
    reloads = is_on("ReloadKubeletServerCertificateFile", child(config, "featureGates"), minor)
    if not served and not (read and (reloads or minor >= _SERVER_READS_NO_FILES_SINCE)):
        return
    for field, path in files.items():
        if path in host.missing:
            yield field, f"is {shown(path)}, which is not on the node"
        elif not path:
            yield field, "is missing beside the other half of its certificate"


def _pods(config: Record, minor: int) -> Iterator[tuple[str, str]]:
    """Source: pkg/kubelet: `NewMainKubelet`, cm `setupNode`, userns `MakeUserNsManager`."""
    if seconds(config.get("syncFrequency")) <= 0:
        yield "syncFrequency", "must be positive"
    if seconds(config.get("runtimeRequestTimeout")) < _SHORTEST_REQUEST:
        yield "runtimeRequestTimeout", "is too short for the runtime to answer"
    if text(config, "systemCgroups") == "/":
        yield "systemCgroups", "cannot be the root"
    mapped = is_on("UserNamespacesSupport", child(config, "featureGates"), minor)
    if minor >= _USER_IDS_GATED_SINCE and not mapped:
        return
    each = number(child(config, "userNamespaces"), "idsPerPod", _USER_IDS)
    if each < _USER_IDS:
        # refused before
        return
    if not mapped and _ALL_USER_IDS % each:
        # otherwise the node's user `kubelet` may have subordinate IDs
        yield (
            "userNamespaces",
            f"has {each} for `idsPerPod`, but only a power of two divides the range of IDs",
        )
    if number(config, "maxPods") > (most := (_ALL_USER_IDS - 1) // each):
        yield "maxPods", f"is {number(config, 'maxPods')}, but there are user IDs for {most} pods"


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
