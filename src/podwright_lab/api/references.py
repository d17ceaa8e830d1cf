"""Which API objects a pod refers to: what no static pod and no mirror pod may (`pkg/api/pod/util.go`)."""

from __future__ import annotations

from collections.abc import Iterator

from podwright_lab.api.defaults import containers_of
from podwright_lab.api.objects import Object

_SECRET_VOLUMES = ("azureFile", "cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos")


def first_reference(pod: Object) -> str | None:
    """The resource that the API server names first, or `None`."""
    return next(_references(pod.get("spec") or {}), None)


def _references(spec: Object) -> Iterator[str]:
    if spec.get("serviceAccountName") or spec.get("serviceAccount"):
        yield "serviceaccounts"
    if _refers_to_secrets(spec):
        yield "secrets"
    if _refers_to_config_maps(spec):
        yield "configmaps"
    volumes = spec.get("volumes") or ()
    for volume in volumes:
        yield from _volume_references(volume)
    if spec.get("resourceClaims"):
        yield "resourceclaims"


def _environment(spec: Object, source: str, key: str) -> bool:
    containers = (*containers_of(spec), *(spec.get("ephemeralContainers") or ()))
    return any(
        any((entry.get("valueFrom") or {}).get(key) for entry in container.get("env") or ())
        or any(entry.get(source) for entry in container.get("envFrom") or ())
        for container in containers
    )


def _projected(volume: Object) -> Iterator[Object]:
    yield from (volume.get("projected") or {}).get("sources") or ()


def _refers_to_secrets(spec: Object) -> bool:
    if spec.get("imagePullSecrets") or _environment(spec, "secretRef", "secretKeyRef"):
        return True
    for volume in spec.get("volumes") or ():
        if volume.get("secret") or any(source.get("secret") for source in _projected(volume)):
            return True
        if (volume.get("azureFile") or {}).get("secretName"):
            return True
        if any((volume.get(name) or {}).get("secretRef") for name in _SECRET_VOLUMES):
            return True
        if (volume.get("csi") or {}).get("nodePublishSecretRef"):
            return True
    return False


def _refers_to_config_maps(spec: Object) -> bool:
    return _environment(spec, "configMapRef", "configMapKeyRef") or any(
        volume.get("configMap") or any(source.get("configMap") for source in _projected(volume))
        for volume in spec.get("volumes") or ()
    )


def _volume_references(volume: Object) -> Iterator[str]:
    if volume.get("persistentVolumeClaim"):
        yield "persistentvolumeclaims"
    if volume.get("ephemeral"):
        yield "persistentvolumeclaims (via ephemeral volumes)"
    if volume.get("csi"):
        yield "csidrivers (via CSI volumes)"
    if volume.get("glusterfs"):
        yield "endpoints (via glusterFS volumes)"
    for source in _projected(volume):
        if source.get("serviceAccountToken"):
            yield "serviceaccounts (via projected volumes)"
        if source.get("clusterTrustBundle"):
            yield "clustertrustbundles"
        if source.get("podCertificate"):
            yield "podcertificates"
