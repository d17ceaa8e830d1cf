"""What the kubelet and the API would say to a file, without asking them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from podwright.manifests.findings import Finding
from podwright.manifests.go_values import UnreadableError, locate
from podwright.manifests.go_yaml import decode
from podwright.manifests.pod_fields import pod_ref
from podwright.manifests.pod_ref import PodRef


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kubelet` is accepts, rejects or ignores; `mirror` is accepts, rejects or unknown.

    `pod` carries the name as in the file; None where the file defines none.
    """

    kubelet: str
    mirror: str
    pod: PodRef | None
    findings: tuple[Finding, ...] = ()


def judge(data: bytes, *, file_name: str, node_name: str = "", kubernetes_version: str = "1.36") -> Verdict:
    """Return the verdict on the bytes of a file of that name; never raises."""
    if file_name.startswith("."):
        return Verdict("ignores", "rejects", None)
    try:
        value = decode(data).value
    except UnreadableError as error:
        finding = Finding("unreadable", "error", "", error.line, error.column, error.message)
        return Verdict("rejects", "rejects", None, (finding,))
    findings = tuple(_findings(value))
    pod = pod_ref(value) if isinstance(value, Mapping) else None
    if findings:
        return Verdict("rejects", "rejects", pod, findings)
    return Verdict("accepts", "accepts", pod)


def _findings(value: object) -> list[Finding]:
    if not isinstance(value, Mapping):
        return [
            _finding(value, (), "wrong-kind", "the file holds no object; the kubelet wants one `v1` `Pod`")
        ]
    found = []
    if value.get("apiVersion") != "v1" or value.get("kind") != "Pod":
        found.append(_finding(value, ("kind",), "wrong-kind", "this is no `v1` `Pod`"))
    if pod_ref(value) is None:
        found.append(_finding(value, ("metadata", "name"), "name", "`metadata.name` is missing"))
    spec = value.get("spec")
    containers = spec.get("containers") if isinstance(spec, Mapping) else None
    if not isinstance(containers, list) or not containers:
        found.append(_finding(value, ("spec", "containers"), "containers", "`spec.containers` is missing"))
    return found


def _finding(value: object, path: tuple[str, ...], rule: str, message: str) -> Finding:
    mark = locate(value, path)
    return Finding(
        rule, "error", ".".join(path), mark.line if mark else None, mark.column if mark else None, message
    )
