"""Security contexts. Source: `validatePodSpecSecurityContext`, `ValidateSecurityContext`, `validateHostUsers`."""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, flag, number, numbers, records, text, texts
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.enums import check_choice
from podwright.validation.checks.seccomp_and_apparmor import check_profile
from podwright.validation.checks.windows import check_windows_options
from podwright.validation.findings import Report, shown
from podwright.validation.rules import Concern
from podwright.validation.versions import Behaviour

_MOST_ID = 2**31 - 1
_IPC_SYSCTLS = ("kernel.shm", "kernel.msg", "fs.mqueue.")


def check_pod_security(spec: Record, report: Report) -> None:
    context, path = child(spec, "securityContext"), ("spec", "securityContext")
    for name in ("fsGroup", "runAsUser", "runAsGroup"):
        _check_id(context, name, path, report)
    for index, group in enumerate(numbers(context, "supplementalGroups")):
        if not 0 <= group <= _MOST_ID:
            report.add(
                "security-context",
                (*path, "supplementalGroups", index),
                f"is {group}, which is not a group id",
            )
    if flag(spec, "shareProcessNamespace") and flag(spec, "hostPID"):
        report.add(
            "security-context",
            ("spec", "shareProcessNamespace"),
            "may not be set together with `hostPID: true`",
        )
    _check_sysctls(spec, context, report)
    for name, words in (
        ("fsGroupChangePolicy", ("OnRootMismatch", "Always")),
        ("supplementalGroupsPolicy", ("Merge", "Strict")),
        ("seLinuxChangePolicy", ("Recursive", "MountOption")),
    ):
        check_choice(context, name, words, path, rule="security-context", report=report, pointer=True)
    _check_selinux_mount(context, path, report)
    check_profile(context, "seccompProfile", path, report)
    check_profile(context, "appArmorProfile", path, report)
    check_windows_options(child(context, "windowsOptions"), (*path, "windowsOptions"), report)


def _check_selinux_mount(context: Record, path: Path, report: Report) -> None:
    if text(context, "seLinuxChangePolicy") != "MountOption":
        return
    by_kubelet = report.does(Behaviour.SELINUX_MOUNT_REFUSED)
    if by_kubelet or report.does(Behaviour.SELINUX_MOUNT_REFUSED_BY_API):
        concern = Concern.KUBELET if by_kubelet else Concern.MIRROR
        message = "is `MountOption`, which is allowed since Kubernetes 1.37: before, only `Recursive` is"
        report.add("security-context", (*path, "seLinuxChangePolicy"), message, concern=concern)


def _check_id(context: Record, name: str, path: Path, report: Report) -> None:
    if not 0 <= number(context, name) <= _MOST_ID:
        report.add(
            "security-context", (*path, name), f"is {number(context, name)}, but must be from 0 to {_MOST_ID}"
        )


def _check_sysctls(spec: Record, context: Record, report: Report) -> None:
    seen: set[str] = set()
    for index, sysctl in enumerate(records(context, "sysctls")):
        path = ("spec", "securityContext", "sysctls", index, "name")
        name = text(sysctl, "name")
        wrong = names.sysctl_name(name) if name else "is missing"
        dotted = name.replace("/", ".") if "/" in name.split(".")[0] else name
        if not wrong and name in seen:
            wrong = f"is {shown(name)}, which is set already"
        if not wrong and flag(spec, "hostNetwork") and dotted.startswith("net."):
            wrong = f"is {shown(name)}, which may not be set on the host's network"
        if (
            not wrong
            and flag(spec, "hostIPC")
            and (dotted.startswith(_IPC_SYSCTLS) or dotted == "kernel.sem")
        ):
            wrong = f"is {shown(name)}, which may not be set in the host's IPC namespace"
        report.add("sysctl", path, wrong)
        seen.add(name)


def check_host_users(spec: Record, report: Report) -> None:
    """A user namespace of its own goes with no other namespace of the host."""
    if spec.get("hostUsers") is not False:
        return
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if flag(spec, name):
            report.add("security-context", ("spec", name), "may not be true when `hostUsers` is false")


def check_container_security(container: Record, host_users: bool, path: Path, report: Report) -> None:
    if "securityContext" not in container:
        return
    context, here = child(container, "securityContext"), (*path, "securityContext")
    for name in ("runAsUser", "runAsGroup"):
        _check_id(context, name, here, report)
    _check_proc_mount(context, host_users, here, report)
    check_profile(context, "seccompProfile", here, report)
    check_profile(context, "appArmorProfile", here, report)
    _check_escalation(context, (*here, "allowPrivilegeEscalation"), report)
    check_windows_options(child(context, "windowsOptions"), (*here, "windowsOptions"), report)


def _check_proc_mount(context: Record, host_users: bool, path: Path, report: Report) -> None:
    words = ("Default", "Unmasked")
    check_choice(context, "procMount", words, path, rule="security-context", report=report, pointer=True)
    if text(context, "procMount") == "Unmasked" and host_users:
        report.add(
            "security-context", (*path, "procMount"), "may be `Unmasked` only when `hostUsers` is false"
        )


def _check_escalation(context: Record, path: Path, report: Report) -> None:
    if context.get("allowPrivilegeEscalation") is not False:
        return
    if flag(context, "privileged"):
        report.add("security-context", path, "may not be false for a privileged container")
    if "CAP_SYS_ADMIN" in texts(child(context, "capabilities"), "add"):
        report.add("security-context", path, "may not be false when `CAP_SYS_ADMIN` is added")
