"""Reads what crictl reports: which pod sandboxes and containers the node's runtime holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from podwright.errors import HostileOutputError
from podwright.manifests.stamp import DIGEST, GENERATION
from podwright.plan.observed import ObservedContainer, ObservedPod
from podwright.pods.pod_ref import PodRef

MAX_ITEMS = 10_000
#: of one answer; 500 containers with long annotations make some 2 MB
MAX_JSON_BYTES = 16 << 20
#: of one answer's values: each costs Python some hundred bytes, however few characters it has
MAX_JSON_VALUES = 500_000


_PLAIN = re.compile(r"[0-9A-Za-z.:-]+")
#: gathers the lines of an item, and goes on with all of them at its end
_EACH_ITEM = r"""/^    {$/{
h
d
}
/^     /{
H
d
}
/^    },\{0,1\}$/!b
H
x
"""
_OTHERS = r"s/^.*\n    }\(,\{0,1\}\)$/    {}\1/"


def concerning(words: Iterable[str]) -> str:
    """For sed: of crictl's JSON the items that hold one of `words` in quotes, the others emptied; "" keeps them all."""
    words = tuple(words)
    if not all(_PLAIN.fullmatch(word) for word in words):
        return ""
    kept = "".join(f'/"{word}"/b\n' for word in words)
    return f"{_EACH_ITEM}{kept}{_OTHERS}" if kept else ""


def parse_runtime(node: str, pods: bytes, containers: bytes) -> tuple[ObservedPod, ...]:
    """Join `crictl pods -o json` and `crictl ps -a -o json` (CRI v1 ListPodSandbox and ListContainers, as JSON).

    An item of another shape is left out: it cannot be one of our pods. Without a list, even an empty one, nothing is known:
    a crictl that prints nothing must not prove that a pod is gone. Raises HostileOutputError.
    """
    by_sandbox: dict[str, list[ObservedContainer]] = {}
    for item in items_of(node, containers, "containers"):
        by_sandbox.setdefault(_text(item.get("podSandboxId")), []).append(_container(item))
    return tuple(_pod(item, by_sandbox) for item in items_of(node, pods, "items"))


def items_of(node: str, output: bytes, key: str) -> list[Mapping[str, object]]:
    """The entries of a list that crictl printed. Raises HostileOutputError."""
    values = output.count(b",") + output.count(b"{") + output.count(b"[")
    if len(output) > MAX_JSON_BYTES or values > MAX_JSON_VALUES:
        raise HostileOutputError(f"{node}: crictl's answer is too long")
    try:
        document = json.loads(output)
    except (ValueError, RecursionError) as error:
        raise HostileOutputError(
            f"{node}: crictl's answer is not JSON", hint="try `crictl pods -o json` on the node"
        ) from error
    items = document.get(key) if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise HostileOutputError(
            f"{node}: crictl's answer has no list of {'pods' if key == 'items' else key}",
            hint="try `crictl pods -o json` on the node",
        )
    return [item for item in items[:MAX_ITEMS] if isinstance(item, dict)]


def _pod(item: Mapping[str, object], containers: Mapping[str, list[ObservedContainer]]) -> ObservedPod:
    metadata, annotations = _mapping(item.get("metadata")), _mapping(item.get("annotations"))
    return ObservedPod(
        ref=PodRef(_text(metadata.get("namespace")), _text(metadata.get("name"))),
        uid=_text(metadata.get("uid")),
        ready=item.get("state") == "SANDBOX_READY",
        created_at=_seconds(item.get("createdAt")),
        digest=_optional(annotations.get(DIGEST)),
        generation=_whole_number(annotations.get(GENERATION)),
        source=_text(annotations.get("kubernetes.io/config.source")),
        containers=_newest(containers.get(_text(item.get("id")), ())),
        attempt=_attempt(metadata),
    )


def _container(item: Mapping[str, object]) -> ObservedContainer:
    metadata = _mapping(item.get("metadata"))
    return ObservedContainer(
        name=_text(metadata.get("name")),
        state=_text(item.get("state")),
        attempt=_attempt(metadata),
        created_at=_seconds(item.get("createdAt")),
        id=_text(item.get("id")),
        image=_text(item.get("imageRef")),
    )


def _attempt(metadata: Mapping[str, object]) -> int:
    attempt = metadata.get("attempt")
    return attempt if isinstance(attempt, int) else 0


def _newest(containers: Iterable[ObservedContainer]) -> tuple[ObservedContainer, ...]:
    """The last attempt of each name: a crash loop leaves dead ones beside it."""
    newest: dict[str, ObservedContainer] = {}
    first: dict[str, int] = {}
    for container in sorted(containers, key=lambda entry: (entry.attempt, entry.created_at)):
        started = first.setdefault(container.name, container.attempt)
        newest[container.name] = (
            replace(container, first=started) if started < container.attempt else container
        )
    return tuple(newest.values())


def _seconds(value: object) -> float:
    """CRI times are nanoseconds, as text in JSON."""
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
