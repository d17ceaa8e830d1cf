"""What is allowed but unwise for a static pod; `docs/rules.md` has the reasons."""

from __future__ import annotations

import re

from podwright.pods.go_fields import Record, child, each, each_container, flag, number, pairs, records, text
from podwright.pods.go_values import Path
from podwright.validation.findings import Report

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:$|_(?!FILE|PATH))",
    re.IGNORECASE,
)
_NOT_A_VALUE = re.compile(r"\s*|\$\(.*\)|(?:/[\w.-]+)+")


def check_advice(pod: Record, report: Report) -> None:
    spec = child(pod, "spec")
    for path, container in each_container(spec):
        _check_container(container, path, report)
    for path, container in each(spec, "containers", ("spec",)):
        _check_running(container, path, report)
    _check_volumes(spec, report)
    if spec.get("enableServiceLinks") is not False and not flag(spec, "hostNetwork"):
        hint = "set `enableServiceLinks: false`"
        message = (
            "is not false: a static pod does not wait for Services, so its variables differ between starts"
        )
        report.add("service-links", ("spec", "enableServiceLinks"), message, hint)


def _check_container(container: Record, path: Path, report: Report) -> None:
    _check_image(container, path, report)
    for index, variable in enumerate(records(container, "env")):
        value = text(variable, "value")
        if _SECRET_NAME.search(text(variable, "name")) and not _NOT_A_VALUE.fullmatch(value):
            hint = "anyone who may read pods can read it in the mirror pod: keep it in a file on the node"
            report.add(
                "plain-secret", (*path, "env", index, "value"), "looks like a secret in plain text", hint
            )
    if flag(child(container, "securityContext"), "privileged"):
        where = (*path, "securityContext", "privileged")
        report.add(
            "privileged",
            where,
            "gives the container full access to the node",
            "add the capabilities that it needs",
        )


def _check_image(container: Record, path: Path, report: Report) -> None:
    image = text(container, "image")
    name = image.rsplit("/", 1)[-1]
    if not image or "@" in name:
        return
    tag = name.partition(":")[2]
    if tag in {"", "latest"}:
        message = "names no version" if not tag else "is by the tag `latest`"
        hint = "a restart may run another image: name a version or a digest"
        report.add("image-tag", (*path, "image"), message, hint)


def _check_running(container: Record, path: Path, report: Report) -> None:
    resources = child(container, "resources")
    if not pairs(resources, "requests") and not pairs(resources, "limits"):
        hint = "without requests it is the first to starve: name `cpu` and `memory`"
        report.add("no-requests", (*path, "resources"), "request nothing", hint)
    if "livenessProbe" in container and "readinessProbe" not in container:
        hint = "podwright waits for Ready, which means nothing without a readiness probe"
        report.add("no-readiness", (*path, "livenessProbe"), "is set without a `readinessProbe`", hint)


def _check_volumes(spec: Record, report: Report) -> None:
    used = {
        text(mount, "name")
        for _, container in each_container(spec)
        for mount in (*records(container, "volumeMounts"), *records(container, "volumeDevices"))
    }
    for path, volume in each(spec, "volumes", ("spec",)):
        if text(volume, "name") not in used:
            report.add("unused-volume", path, "is mounted by no container")
        if "hostPath" in volume and not text(child(volume, "hostPath"), "type"):
            hint = (
                "with `Directory` or `File` a wrong path is an error, not an empty folder made by the runtime"
            )
            report.add("host-path-type", (*path, "hostPath"), "has no `type`", hint)
        _check_modes(volume, path, report)


def _check_modes(volume: Record, path: Path, report: Report) -> None:
    for kind in ("downwardAPI", "projected"):
        mode = number(child(volume, kind), "defaultMode")
        if mode & 0o022 and mode <= 0o777:
            hint = "CIS Kubernetes Benchmark 1.1 and 4.1: only the owner writes, 0644 or less"
            report.add(
                "file-mode", (*path, kind, "defaultMode"), f"is 0{mode:o}, which lets others write", hint
            )
