"""`spec.os` and what a Windows pod may not have. Source: `validateOS`, `validateWindows`, `validateLinux`."""

from __future__ import annotations

from podwright.lazy_pattern import lazy_pattern
from podwright.pods.go_fields import Record, child, each_container, flag, records, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.findings import Report, shown

_POD_FIELDS = ("hostUsers", "shareProcessNamespace")
_POD_FLAGS = ("hostPID", "hostIPC")
_POD_CONTEXT = (
    "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "runAsUser", "runAsGroup",
    "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy",
)  # fmt: skip
_CONTAINER_CONTEXT = (
    "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged",
    "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup",
)  # fmt: skip
_MOST_CREDENTIAL, _MOST_DOMAIN, _MOST_USER = 64 * 1024, 256, 104
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = lazy_pattern(rf"{_LABEL}(?:\.{_LABEL})*")
_NETBIOS = lazy_pattern(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}')
_CONTROL = lazy_pattern(r"[\x00-\x1f\x7f]")
_DOTS = lazy_pattern(r"[. ]+")
_NO_USER = lazy_pattern(r'["/\\:;|=,+*?<>@\[\]]')


def check_os(spec: Record, report: Report) -> None:
    if "os" not in spec:
        return
    name = text(child(spec, "os"), "name")
    if name not in {"linux", "windows"}:
        report.add("pod-os", ("spec", "os", "name"), names.one_of(name, ("linux", "windows")))
    elif name == "windows":
        _check_windows(spec, report)
    else:
        _check_linux(spec, report)


def _check_windows(spec: Record, report: Report) -> None:
    context = child(spec, "securityContext")
    unfit: list[Path] = [("spec", name) for name in _POD_FIELDS if name in spec]
    unfit += [("spec", name) for name in _POD_FLAGS if flag(spec, name)]
    unfit += [("spec", "securityContext", name) for name in _POD_CONTEXT if name in context]
    if records(context, "sysctls"):
        unfit.append(("spec", "securityContext", "sysctls"))
    for path, inner in _contexts(spec):
        unfit += [(*path, name) for name in _CONTAINER_CONTEXT if name in inner]
    for path in unfit:
        report.add("pod-os", path, "may not be set for a Windows pod")


def _check_linux(spec: Record, report: Report) -> None:
    contexts = [(("spec", "securityContext"), child(spec, "securityContext")), *_contexts(spec)]
    for path, context in contexts:
        if "windowsOptions" in context:
            report.add("pod-os", (*path, "windowsOptions"), "may not be set for a Linux pod")


def _contexts(spec: Record) -> list[tuple[Path, Record]]:
    return [
        ((*path, "securityContext"), child(container, "securityContext"))
        for path, container in each_container(spec)
    ]


def check_windows_options(options: Record, path: Path, report: Report) -> None:
    """Names of credentials and users, as far as they can be wrong."""
    checks = (
        ("gmsaCredentialSpecName", names.dns_subdomain),
        ("gmsaCredentialSpec", _wrong_credential),
        ("runAsUserName", _wrong_user),
    )
    for name, wrong_with in checks:
        if name in options:
            report.add("pod-os", (*path, name), wrong_with(text(options, name)))


def _wrong_credential(value: str) -> str:
    size = names.bytes_of(value)
    return "" if 0 < size <= _MOST_CREDENTIAL else f"must hold 1 to {_MOST_CREDENTIAL} bytes"


def _wrong_user(value: str) -> str:
    """`USER` or `DOMAIN\\USER`."""
    *domains, user = value.split("\\")
    if _CONTROL.search(value) or len(domains) > 1:
        return f"is {shown(value)}, but must hold no control character and at most one backslash"
    for domain in domains:
        if len(domain) >= _MOST_DOMAIN or not (_NETBIOS.fullmatch(domain) or _DOMAIN.fullmatch(domain)):
            return f"is {shown(value)}, whose domain is neither a NetBIOS nor a DNS name"
    good = 0 < names.bytes_of(user) <= _MOST_USER and not _DOTS.fullmatch(user) and not _NO_USER.search(user)
    return "" if good else f"is {shown(value)}, which is not a name of a Windows user"


def check_host_process(spec: Record, report: Report) -> None:
    """Windows host-process containers: all or none, and only on the host's network."""
    own = child(child(spec, "securityContext"), "windowsOptions").get("hostProcess")
    modes = {_host_process(context, own) for _, context in _contexts(spec)}
    path = ("spec", "securityContext", "windowsOptions", "hostProcess")
    differs = own is not None and modes - {bool(own)}
    if differs or (True in modes and len(modes) > 1):
        report.add("pod-os", path, "must be the same for all containers of a pod")
    if True in modes and not flag(spec, "hostNetwork"):
        report.add("pod-os", path, "needs `hostNetwork: true`")


def _host_process(context: Record, own: object) -> bool:
    value = child(context, "windowsOptions").get("hostProcess")
    return bool(own if value is None else value)
