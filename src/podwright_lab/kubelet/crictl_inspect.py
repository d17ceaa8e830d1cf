"""The details that `crictl inspect`, `inspectp` and `info` show."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.cri import Container, Sandbox


def container_details(container: Container, log: Path) -> Object:
    """`ContainerStatus` of the CRI, as crictl words it; `log` is where its output is kept."""
    status = {
        "id": container.id,
        "metadata": {"attempt": container.attempt, "name": container.name},
        "state": container.state,
        "createdAt": _moment(container.created_at),
        "startedAt": _moment(container.started_at),
        "finishedAt": _moment(container.finished_at),
        "exitCode": container.exit_code,
        "image": {"annotations": {}, "image": container.image},
        "imageRef": container.image_ref,
        "reason": container.reason,
        "message": container.message,
        "labels": container.labels(),
        "annotations": dict(container.annotations),
        "mounts": [],
        "logPath": str(log),
    }
    return {"status": status, "info": {"sandboxID": container.sandbox_id}}


def sandbox_details(sandbox: Sandbox) -> Object:
    """`PodSandboxStatus` of the CRI, as crictl words it."""
    metadata = {
        "attempt": sandbox.attempt,
        "name": sandbox.name,
        "namespace": sandbox.namespace,
        "uid": sandbox.uid,
    }
    status = {
        "id": sandbox.id,
        "metadata": metadata,
        "state": sandbox.state,
        "createdAt": _moment(sandbox.created_at),
        "network": {"additionalIps": [], "ip": ""},
        "linux": {
            "namespaces": {"options": {"ipc": "POD", "network": "NODE", "pid": "CONTAINER", "targetId": ""}}
        },
        "labels": dict(sandbox.labels),
        "annotations": dict(sandbox.annotations),
        "runtimeHandler": "",
    }
    return {"status": status, "info": {}}


def runtime_info() -> Object:
    conditions = [
        {"message": "", "reason": "", "status": True, "type": name}
        for name in ("RuntimeReady", "NetworkReady")
    ]
    return {"status": {"conditions": conditions}, "config": {}}


def _moment(nanoseconds: int) -> str:
    if not nanoseconds:
        return "0001-01-01T00:00:00Z"
    seconds, fraction = divmod(nanoseconds, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"
