"""Takes out of texts and objects what is the own of the rig that ran: identifiers, addresses, times of day."""

from __future__ import annotations

import re
from collections.abc import Iterator

_IN_TEXTS = (
    (re.compile(r"\([0-9a-f]{32}\)"), "(uid)"),
    (re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b"), "id"),
    (re.compile(r"\bin [\d.]+m?s\b"), "in some time"),
    (re.compile(r"(?<=Head \"https://)[^/]+"), "registry"),
    (re.compile(r"(?<=dial tcp: ).*"), "no way there"),
)
#: what must be there on both sides, whatever its value
_OWN = re.compile(
    r"(Time|Timestamp|startedAt|finishedAt|createdAt|\.uid|\.id|podSandboxId|containerID|resourceVersion"
    r"|config\.(hash|mirror|seen)|container\.hash|hostIP|podIP|\.ip)$"
)
#: what the recording has not kept: notes of who wrote what, images of containers; and how far a container has come
#: when it is seen first, which the recorder's looks decide
_LEFT_OUT = re.compile(r"^\.(metadata\.managedFields|image|state$)")


def without_rig(text: str) -> str:
    for pattern, stand_in in _IN_TEXTS:
        text = pattern.sub(stand_in, text)
    return text


def fields_of(item: object, *, spec: bool) -> dict[str, object]:
    """All fields of an object by path; `spec` says whether to look at the spec, which the copy has of ADDED only."""
    return {
        path: "there" if _OWN.search(path) else without_rig(value) if isinstance(value, str) else value
        for path, value in _walk(item, "")
        if not _LEFT_OUT.match(path) and (spec or not path.startswith(".spec"))
    }


def _walk(item: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(item, dict) and item:
        for name, value in item.items():
            yield from _walk(value, f"{path}.{name}")
    elif isinstance(item, list) and item:
        for number, value in enumerate(item):
            yield from _walk(value, f"{path}[{number}]")
    else:
        yield path, item
