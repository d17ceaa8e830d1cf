"""What a pod needs: of its node, images and paths of a type before it can start; of its cluster, its priority class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct


class Image(Struct, frozen=True):
    """`pulled`: the kubelet gets it if it is not there."""

    name: str
    pulled: bool


class HostPath(Struct, frozen=True):
    """A path and the `type` that the kubelet holds it to."""

    path: str
    type: str


class Needs(Struct, frozen=True):
    """Each once, in the manifest's order."""

    images: tuple[Image, ...] = ()
    paths: tuple[HostPath, ...] = ()
    priority_class: str = ""


def needs_of(document: Mapping[str, object]) -> Needs:
    spec = _map(document.get("spec"))
    named = spec.get("priorityClassName")
    return Needs(
        tuple(dict.fromkeys(_images(spec))),
        tuple(dict.fromkeys(_paths(spec))),
        named if isinstance(named, str) else "",
    )


def _images(spec: Mapping[str, object]) -> Iterator[Image]:
    for kind in ("initContainers", "containers"):
        for container in _list(spec.get(kind)):
            name = container.get("image")
            if isinstance(name, str) and name:
                yield Image(name, container.get("imagePullPolicy") != "Never")


def _paths(spec: Mapping[str, object]) -> Iterator[HostPath]:
    for volume in _list(spec.get("volumes")):
        source = _map(volume.get("hostPath"))
        path, kind = source.get("path"), source.get("type")
        if isinstance(path, str) and isinstance(kind, str) and kind and path.isprintable():
            yield HostPath(path, kind)


def _list(value: object) -> Iterator[Mapping[str, object]]:
    return map(_map, value if isinstance(value, list | tuple) else ())


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
