"""Pod Security admission: what the levels `baseline` and `restricted` forbid.

https://kubernetes.io/docs/concepts/security/pod-security-standards/ and, for the words and their order,
`staging/src/k8s.io/pod-security-admission/policy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from podwright_lab.api.defaults import containers_of
from podwright_lab.api.objects import Object

_LABEL = "pod-security.kubernetes.io/enforce"
_DEFAULT_CAPABILITIES = frozenset(
    (
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    )
)
_SAFE_SYSCTLS = frozenset(
    (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    )
)
_RESTRICTED_VOLUMES = frozenset(
    (
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    )
)

#: What is wrong, and in brackets where; `None` if nothing is.
Check = Callable[[Object], str | None]


def security_refusal(pod: Object, namespace: Object) -> str | None:
    """Why the level that the namespace's labels enforce refuses `pod`."""
    labels = namespace["metadata"].get("labels") or {}
    level = labels.get(_LABEL, "privileged")
    found = [problem for check in _CHECKS.get(level, ()) if (problem := check(pod["spec"])) is not None]
    if not found:
        return None
    version = labels.get(f"{_LABEL}-version", "latest")
    return f'violates PodSecurity "{level}:{version}": {", ".join(found)}'


def _context(part: Object) -> Object:
    return part.get("securityContext") or {}


def _names(containers: Iterable[Object]) -> str:
    """`container "a"`, or `containers "a", "b"`; empty for none."""
    names = [f'"{container.get("name", "")}"' for container in containers]
    return f"container{'s' if len(names) > 1 else ''} {', '.join(names)}" if names else ""


def _where(spec: Object, wrong: Callable[[Object], bool]) -> str:
    return _names(container for container in containers_of(spec) if wrong(container))


def _problem(what: str, *where: str) -> str | None:
    places = [place for place in where if place]
    return f"{what} ({'; '.join(places)})" if places else None


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f'"{value}"' for value in sorted(values))


def _added(container: Object) -> set[str]:
    return set((_context(container).get("capabilities") or {}).get("add") or ())


def _capabilities_beyond(spec: Object, known: frozenset[str]) -> str:
    guilty = [container for container in containers_of(spec) if _added(container) - known]
    beyond = set().union(*(_added(container) for container in guilty)) - known
    return (
        f"{_names(guilty)} must not include {_quoted(beyond)} in securityContext.capabilities.add"
        if guilty
        else ""
    )


def _default_capabilities(spec: Object) -> str | None:
    return _problem("non-default capabilities", _capabilities_beyond(spec, _DEFAULT_CAPABILITIES))


def _host_namespaces(spec: Object) -> str | None:
    shared = [f"{name}=true" for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name)]
    return _problem("host namespaces", ", ".join(shared))


def _volumes(spec: Object, kind: str) -> str:
    names = [f'"{volume["name"]}"' for volume in spec.get("volumes") or () if kind in volume]
    return f"volume{'s' if len(names) > 1 else ''} {', '.join(names)}" if names else ""


def _host_path(spec: Object) -> str | None:
    return _problem("hostPath volumes", _volumes(spec, "hostPath"))


def _host_ports(spec: Object) -> str | None:
    guilty, ports = [], set()
    for container in containers_of(spec):
        used = {port["hostPort"] for port in container.get("ports") or () if port.get("hostPort")}
        if used:
            guilty.append(container)
            ports |= used
    verb = "use" if len(guilty) > 1 else "uses"
    noun = "hostPorts" if len(ports) > 1 else "hostPort"
    listed = ", ".join(str(port) for port in sorted(ports))
    return _problem("hostPort", f"{_names(guilty)} {verb} {noun} {listed}" if guilty else "")


def _must_not(spec: Object, what: str, wrong: Callable[[Object], bool], rule: str) -> str | None:
    where = _where(spec, wrong)
    return _problem(what, f"{where} must not set {rule}" if where else "")


def _privileged(spec: Object) -> str | None:
    rule = "securityContext.privileged=true"
    return _must_not(spec, "privileged", lambda container: bool(_context(container).get("privileged")), rule)


def _proc_mount(spec: Object) -> str | None:
    def wrong(container: Object) -> bool:
        return bool(_context(container).get("procMount", "Default") != "Default")

    return _must_not(spec, "procMount", wrong, 'securityContext.procMount to "Unmasked"')


def _seccomp_unconfined(spec: Object) -> str | None:
    def wrong(part: Object) -> bool:
        return (_context(part).get("seccompProfile") or {}).get("type") == "Unconfined"

    rule = 'must not set securityContext.seccompProfile.type to "Unconfined"'
    guilty = " and ".join(part for part in ("pod" if wrong(spec) else "", _where(spec, wrong)) if part)
    return _problem("seccompProfile", f"{guilty} {rule}" if guilty else "")


def _sysctls(spec: Object) -> str | None:
    names = [str(entry.get("name")) for entry in _context(spec).get("sysctls") or ()]
    return _problem("forbidden sysctls", ", ".join(name for name in names if name not in _SAFE_SYSCTLS))


def _escalation(spec: Object) -> str | None:
    where = _where(spec, lambda container: _context(container).get("allowPrivilegeEscalation") is not False)
    rule = "must set securityContext.allowPrivilegeEscalation=false"
    return _problem("allowPrivilegeEscalation != false", f"{where} {rule}" if where else "")


def _restricted_capabilities(spec: Object) -> str | None:
    def keeps(container: Object) -> bool:
        return "ALL" not in ((_context(container).get("capabilities") or {}).get("drop") or ())

    where = _where(spec, keeps)
    dropped = f'{where} must set securityContext.capabilities.drop=["ALL"]' if where else ""
    added = _capabilities_beyond(spec, frozenset(("NET_BIND_SERVICE",)))
    return _problem("unrestricted capabilities", dropped, added)


def _restricted_volumes(spec: Object) -> str | None:
    guilty = [(volume, kind) for volume in spec.get("volumes") or () for kind in _volume_kinds(volume)]
    if not guilty:
        return None
    volumes = ", ".join(f'"{volume["name"]}"' for volume, _ in guilty)
    kinds = {kind for _, kind in guilty}
    uses = "uses" if len(guilty) == 1 else "use"
    types = "type" if len(kinds) == 1 else "types"
    noun = "volume" if len(guilty) == 1 else "volumes"
    return f"restricted volume types ({noun} {volumes} {uses} restricted volume {types} {_quoted(kinds)})"


def _volume_kinds(volume: Object) -> Iterator[str]:
    yield from (kind for kind in volume if kind != "name" and kind not in _RESTRICTED_VOLUMES)


def _non_root(spec: Object) -> str | None:
    pod = _context(spec).get("runAsNonRoot")
    forced = _where(spec, lambda container: _context(container).get("runAsNonRoot") is False)
    unset = _where(spec, lambda container: not pod and _context(container).get("runAsNonRoot") is None)
    return _problem(
        "runAsNonRoot != true",
        "pod must not set securityContext.runAsNonRoot=false" if pod is False else "",
        f"{forced} must not set securityContext.runAsNonRoot=false" if forced else "",
        f"pod or {unset} must set securityContext.runAsNonRoot=true" if unset and pod is None else "",
    )


def _root_user(spec: Object) -> str | None:
    where = _where(spec, lambda container: _context(container).get("runAsUser") == 0)
    guilty = " and ".join(
        part for part in ("pod" if _context(spec).get("runAsUser") == 0 else "", where) if part
    )
    return _problem("runAsUser=0", f"{guilty} must not set runAsUser=0" if guilty else "")


def _seccomp_unset(spec: Object) -> str | None:
    def kind(part: Object) -> object:
        return (_context(part).get("seccompProfile") or {}).get("type")

    unset = _where(spec, lambda container: kind(container) is None and kind(spec) is None)
    forced = _where(spec, lambda container: kind(container) == "Unconfined")
    rule = 'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    return _problem(
        "seccompProfile",
        'pod must not set securityContext.seccompProfile.type to "Unconfined"'
        if kind(spec) == "Unconfined"
        else "",
        f'{forced} must not set securityContext.seccompProfile.type to "Unconfined"' if forced else "",
        f"pod or {unset} must {rule}" if unset else "",
    )


#: `restricted` has its own, stricter word on capabilities, host paths and seccomp.
_SHARED: tuple[Check, ...] = (_host_namespaces, _host_ports, _privileged, _proc_mount, _sysctls)
_CHECKS: dict[str, tuple[Check, ...]] = {
    "baseline": (
        _default_capabilities,
        _host_namespaces,
        _host_path,
        _host_ports,
        _privileged,
        _proc_mount,
        _seccomp_unconfined,
        _sysctls,
    ),
    "restricted": (
        *_SHARED,
        _escalation,
        _restricted_capabilities,
        _restricted_volumes,
        _non_root,
        _root_user,
        _seccomp_unset,
    ),
}
