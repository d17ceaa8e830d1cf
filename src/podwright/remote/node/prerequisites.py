"""Asks a node for what manifests need that would change there, and reads what it has of that."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping

from podwright.errors import HostileOutputError
from podwright.manifests.manifest import Manifest
from podwright.plan.node_image import NodeImage
from podwright.plan.observed import UnfitPath
from podwright.pods.prerequisites import HostPath
from podwright.remote.node.crictl import items_of
from podwright.remote.node.records import Record


def needs_calls(manifests: Iterable[Manifest]) -> Iterator[str]:
    """What the program is to do: nothing about a file that holds the manifest's digest."""
    for manifest in manifests:
        needs = manifest.needs
        paths = (f"host_path {shlex.quote(path.type)} {shlex.quote(path.path)}" for path in needs.paths)
        images = ["images_needed=1"] if needs.images else []
        if wanted := "; ".join((*images, *paths)):
            yield f"! would_change {shlex.quote(manifest.file_name)} {manifest.digest} || {{ {wanted}; }}"
    yield "observe_images"


def parse_images(node: str, record: Record | None) -> tuple[NodeImage, ...] | None:
    """The images that the node has; None: not known."""
    if record is None:
        return None
    try:
        items = items_of(node, record.body, "images")
    except HostileOutputError:
        return None
    return tuple(NodeImage(str(item.get("id") or ""), tuple(_names(item))) for item in items)


def _names(image: Mapping[str, object]) -> Iterator[str]:
    """Every name and digest, and its id."""
    for key in ("repoTags", "repoDigests"):
        names = image.get(key)
        yield from (name for name in (names if isinstance(names, list) else ()) if isinstance(name, str))
    if isinstance(identity := image.get("id"), str):
        yield identity


def parse_paths(records: Iterable[Record]) -> Iterator[UnfitPath]:
    for record in records:
        if record.kind == "host-path":
            found, _, rest = record.words.partition(" ")
            kind, _, path = rest.partition(" ")
            yield UnfitPath(HostPath(path, kind), missing=found == "missing")
