"""Reads what crictl reports: which pod sandboxes and containers the node's runtime holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from podwright.errors import HostileOutputError
from podwright.manifests.stamp import DIGEST, GENERATION
from podwright.plan.observed import ObservedContainer, ObservedPod
from podwright.pods.pod_ref import PodRef

MAX_ITEMS = 10_000


def parse_runtime(node: str, pods: bytes, containers: bytes) -> tuple[ObservedPod, ...]:
    """Join `crictl pods -o json` and `crictl ps -a -o json` (CRI v1 ListPodSandbox and ListContainers, as JSON).

    An item of another shape is left out: it cannot be a pod of ours. Raises HostileOutputError if it is not JSON.
    """
    by_sandbox: dict[str, list[ObservedContainer]] = {}
    for item in _items(node, containers, "containers"):
        by_sandbox.setdefault(_text(item.get("podSandboxId")), []).append(_container(item))
    return tuple(_pod(item, by_sandbox) for item in _items(node, pods, "items"))


def _items(node: str, output: bytes, key: str) -> list[Mapping[str, object]]:
    try:
        document = json.loads(output or b"{}")
    except (ValueError, RecursionError) as error:
        raise HostileOutputError(
            f"{node}: crictl's answer is not JSON", hint="try `crictl pods -o json` on the node"
        ) from error
    items = document.get(key) if isinstance(document, dict) else None
    if not isinstance(items, list):
        return []
    return [item for item in items[:MAX_ITEMS] if isinstance(item, dict)]


def _pod(item: Mapping[str, object], containers: Mapping[str, list[ObservedContainer]]) -> ObservedPod:
    metadata, annotations = _mapping(item.get("metadata")), _mapping(item.get("annotations"))
    sandbox = _text(item.get("id"))
    return ObservedPod(
        ref=PodRef(_text(metadata.get("namespace")), _text(metadata.get("name"))),
        uid=_text(metadata.get("uid")),
        sandbox_id=sandbox,
        ready=item.get("state") == "SANDBOX_READY",
        created_at=_seconds(item.get("createdAt")),
        digest=_optional(annotations.get(DIGEST)),
        generation=_whole_number(annotations.get(GENERATION)),
        source=_text(annotations.get("kubernetes.io/config.source")),
        containers=_newest(containers.get(sandbox, ())),
    )


def _container(item: Mapping[str, object]) -> ObservedContainer:
    metadata = _mapping(item.get("metadata"))
    attempt = metadata.get("attempt")
    return ObservedContainer(
        name=_text(metadata.get("name")),
        state=_text(item.get("state")),
        attempt=attempt if isinstance(attempt, int) else 0,
        created_at=_seconds(item.get("createdAt")),
    )


def _newest(containers: Iterable[ObservedContainer]) -> tuple[ObservedContainer, ...]:
    """The last attempt of each name: a crash loop leaves dead ones beside it."""
    newest: dict[str, ObservedContainer] = {}
    for container in sorted(containers, key=lambda entry: (entry.attempt, entry.created_at)):
        newest[container.name] = container
    return tuple(newest.values())


def _seconds(value: object) -> float:
    """CRI times are nanoseconds, which JSON carries as text."""
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) / 1e9 if text.isascii() and text.isdigit() and len(text) < 20 else 0.0


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _optional(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole_number(value: object) -> int | None:
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19
        else None
    )
