"""Which images a node has, and whether one that a pod names is among them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from podwright.lazy_pattern import lazy_pattern
from podwright.manifests.manifest import Manifest
from podwright.plan.node_image import NodeImage
from podwright.plan.observed import Observation

CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
_CONTROL_PLANE = lazy_pattern(
    rf"(?:.*/)?({'|'.join(CONTROL_PLANE)}):v?([0-9]{{1,4}}\.[0-9]{{1,4}}\.[0-9]{{1,4}})\b[^/]*"
)
#: registry.k8s.io/etcd:3.6.4-0, quay.io/coreos/etcd:v3.5.21, rancher/hardened-etcd:v3.5.21-k3s1
_ETCD = lazy_pattern(r"(?:.*[/-])?etcd(?::v?([0-9]{1,4})\.([0-9]{1,4})\b[^/]*|[:@][^/]*)?")


def images_of(manifest: Manifest) -> tuple[str, ...]:
    """Each image that its containers name, once."""
    return tuple(dict.fromkeys(_image_of(manifest).values()))


def missing_images(manifest: Manifest, images: Iterable[NodeImage]) -> tuple[str, ...]:
    """Those that the node would have to pull."""
    images = tuple(images)
    return tuple(name for name in images_of(manifest) if not any(one.is_called(name) for one in images))


def version_downgrade(before: Manifest, after: Manifest) -> str:
    """Which part of a control plane would get an older image, by its tag; "" if none would."""
    old, new = _control_plane_versions(before), _control_plane_versions(after)
    for name, version in new.items():
        if name in old and version < old[name]:
            return f"{name} from {'.'.join(map(str, old[name]))} to {'.'.join(map(str, version))}"
    return ""


def data_downgrade(before: Manifest, after: Manifest) -> str:
    """Which etcd would go back below the minor version of its data, with which it would not start; "" if none would.

    It may if an image does not tell its version.
    """
    old = {image: match for image in images_of(before) if (match := _ETCD.fullmatch(image))}
    for name, image in _image_of(after).items():
        new = _ETCD.fullmatch(image)
        for other, match in old.items():
            if new and image != other and not (_version(new) >= _version(match) > (0, 0)):
                return f"{name} from {_told(match)} to {_told(new)}"
    return ""


def _control_plane_versions(manifest: Manifest) -> dict[str, tuple[int, ...]]:
    found = (_CONTROL_PLANE.fullmatch(image) for image in images_of(manifest))
    return {match[1]: tuple(int(part) for part in match[2].split(".")) for match in found if match}


def _version(match: re.Match[str]) -> tuple[int, int]:
    """Major and minor version of an etcd; zeros if its tag does not tell."""
    return int(match[1] or 0), int(match[2] or 0)


def _told(match: re.Match[str]) -> str:
    return f"{match[1]}.{match[2]}" if match[1] else f"`{match[0]}`"


def is_stale(manifest: Manifest, observation: Observation) -> bool:
    """Whether an image that the manifest names is another on the node now than the one a container of it runs.

    What is not known, because it does not run or was not asked for, is not stale.
    """
    named = _image_of(manifest)
    return any(
        image.id != entry.image
        for pod in observation.ready_pods(manifest.pod.on(observation.node_name))
        for entry in pod.containers
        for image in observation.images or ()
        if entry.image and image.is_called(named.get(entry.name, ""))
    )


def _image_of(manifest: Manifest) -> dict[str, str]:
    """The image of each container, init containers too, by its name."""
    spec = manifest.document.get("spec")
    found = {}
    for field in ("initContainers", "containers"):
        entries = spec.get(field) if isinstance(spec, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                found[str(entry.get("name"))] = str(entry.get("image") or "")
    return found
