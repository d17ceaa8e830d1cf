"""Seccomp and AppArmor, in fields and in the annotations they were before.

Source: `validateSeccompProfileField`, `ValidateAppArmorProfileField`, `validateSeccompAnnotationsAndFields`,
`validateAppArmorAnnotationsAndFieldsMatchOnCreate`.
"""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, records, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.findings import Report, shown

_TYPES = ("Localhost", "RuntimeDefault", "Unconfined")
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
_LONGEST_PROFILE = 4095


def check_profile(context: Record, field: str, path: Path, report: Report) -> None:
    """`seccompProfile` or `appArmorProfile` of a security context."""
    if field not in context:
        return
    profile, here = child(context, field), (*path, field)
    kind = text(profile, "type")
    report.add("profiles", (*here, "type"), names.one_of(kind, _TYPES))
    if kind == "Localhost":
        _check_local_profile(profile, field, (*here, "localhostProfile"), report)
    elif "localhostProfile" in profile:
        report.add("profiles", (*here, "localhostProfile"), "may be set only with `type: Localhost`")


def _check_local_profile(profile: Record, field: str, path: Path, report: Report) -> None:
    value = text(profile, "localhostProfile")
    if "localhostProfile" not in profile or (field == "appArmorProfile" and not names.trimmed(value)):
        report.add("profiles", path, "is missing")
    elif field == "seccompProfile":
        report.add("profiles", path, names.relative_path(value))
    elif value != names.trimmed(value) or names.bytes_of(value) > _LONGEST_PROFILE:
        report.add("profiles", path, "must have no blanks at its ends, and at most 4095 bytes")


def check_profile_annotations(pod: Record, annotations: dict[str, str], report: Report) -> None:
    """The old annotations: their form, the containers they name, and that the fields agree."""
    spec = child(pod, "spec")
    containers = _containers(spec)
    for key, value in annotations.items():
        path = ("metadata", "annotations", key)
        if (key == _SECCOMP_POD or key.startswith(_SECCOMP_CONTAINER)) and not _is_seccomp(value):
            report.add("profiles", path, f"is {shown(value)}, which is not a seccomp profile")
        if key.startswith(APPARMOR_ANNOTATION):
            _check_apparmor_annotation(key, value, containers, path, report)
    _check_match(spec, annotations, containers, report)


def _containers(spec: Record) -> dict[str, tuple[Path, Record]]:
    kinds = ("initContainers", "containers", "ephemeralContainers")
    return {
        text(item, "name"): (("spec", kind, index), item)
        for kind in kinds
        for index, item in enumerate(records(spec, kind))
    }


def _is_seccomp(value: str) -> bool:
    if value in {"runtime/default", "docker/default", "unconfined"}:
        return True
    return value.startswith("localhost/") and not names.relative_path(value.removeprefix("localhost/"))


def _check_apparmor_annotation(
    key: str, value: str, containers: dict[str, tuple[Path, Record]], path: Path, report: Report
) -> None:
    name = key.removeprefix(APPARMOR_ANNOTATION)
    if name not in containers:
        report.add("profiles", path, f"names the container {shown(name)}, which this pod does not have")
    if value not in {"", "runtime/default", "unconfined"} and not value.startswith("localhost/"):
        report.add("profiles", path, f"is {shown(value)}, which is not an AppArmor profile")


def _check_match(
    spec: Record, annotations: dict[str, str], containers: dict[str, tuple[Path, Record]], report: Report
) -> None:
    pod_context = child(spec, "securityContext")
    if _SECCOMP_POD in annotations and "seccompProfile" in pod_context:
        where: Path = ("spec", "securityContext", "seccompProfile")
        _check_same(
            annotations[_SECCOMP_POD], child(pod_context, "seccompProfile"), where, report, docker=True
        )
    windows = text(child(spec, "os"), "name") == "windows"
    for name, (path, container) in containers.items():
        context = child(container, "securityContext")
        seccomp, apparmor = (
            annotations.get(_SECCOMP_CONTAINER + name),
            annotations.get(APPARMOR_ANNOTATION + name),
        )
        if seccomp is not None and "seccompProfile" in context:
            where = (*path, "securityContext", "seccompProfile")
            _check_same(seccomp, child(context, "seccompProfile"), where, report, docker=True)
        profile = child(context, "appArmorProfile") or child(pod_context, "appArmorProfile")
        if apparmor is not None and profile and not windows:
            where = (*path, "securityContext", "appArmorProfile")
            _check_same(apparmor, profile, where, report, docker=False)


def _check_same(annotation: str, profile: Record, path: Path, report: Report, *, docker: bool) -> None:
    kind = text(profile, "type")
    defaults = {"runtime/default", "docker/default"} if docker else {"runtime/default"}
    same = {
        "Unconfined": annotation == "unconfined",
        "RuntimeDefault": annotation in defaults,
        "Localhost": annotation == f"localhost/{text(profile, 'localhostProfile')}",
    }.get(kind, True)
    if not same:
        report.add("profiles", path, f"is {shown(kind)}, but the annotation is {shown(annotation)}")
