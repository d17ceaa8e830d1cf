"""What a static pod may not refer to, and the fields that make one misbehave.

Source: `podutil.HasAPIObjectReference` with the gate `PreventStaticPodAPIReferences` (on since 1.34), kubelet
`config/common.go`, NodeRestriction `admitPodCreate`, and recordings of a kubelet v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podwright.pods.go_fields import Record, child, each, each_container, pairs, records, text
from podwright.pods.go_values import Path
from podwright.validation.findings import Report
from podwright.validation.rules import Concern
from podwright.validation.versions import Behaviour

_HINT = (
    "a static pod reads nothing from the API: put the content on the node (a `hostPath` file) or into the manifest; "
    "kubelets refuse such references since 1.34, before that the API refuses the mirror pod"
)
_VOLUMES = {
    "configMap": "ConfigMaps",
    "secret": "Secrets",
    "csi": "CSI drivers",
    "glusterfs": "Endpoints",
    "persistentVolumeClaim": "PersistentVolumeClaims",
    "ephemeral": "PersistentVolumeClaims",
    "azureFile": "Secrets",
}
_PROJECTED = {
    "configMap": "ConfigMaps",
    "secret": "Secrets",
    "serviceAccountToken": "service accounts",
    "clusterTrustBundle": "ClusterTrustBundles",
    "podCertificate": "pod certificates",
}
_SECRET_FIELDS = ("secretRef", "nodePublishSecretRef")
_REFERENCES = Behaviour.API_REFERENCES_REFUSED
_REFUSED = {
    "ClusterTrustBundles": Behaviour.TRUST_BUNDLES_REFUSED,
    "resource claims": Behaviour.RESOURCE_CLAIMS_REFUSED,
}


def check_static(pod: Record, report: Report) -> None:
    """References to the API, and identity fields that stop or confuse a static pod."""
    spec = child(pod, "spec")
    for path, what in _references(spec):
        concern = Concern.KUBELET if report.does(_REFUSED.get(what, _REFERENCES)) else Concern.MIRROR
        report.add(
            "api-reference", path, f"refers to {what}, which a static pod may not", _HINT, concern=concern
        )
    _check_projected_sources(spec, report)
    _check_identity(child(pod, "metadata"), report)


def _references(spec: Record) -> Iterator[tuple[Path, str]]:
    if text(spec, "serviceAccountName"):
        field = "serviceAccount" if text(spec, "serviceAccount") == text(spec, "serviceAccountName") else ""
        yield ("spec", field or "serviceAccountName"), "service accounts"
    for index, reference in enumerate(records(spec, "imagePullSecrets")):
        if text(reference, "name"):
            yield ("spec", "imagePullSecrets", index), "Secrets"
    for path, _ in each(spec, "resourceClaims", ("spec",)):
        yield path, "resource claims"
    for path, container in each_container(spec):
        yield from _environment(container, path)
    for path, volume in each(spec, "volumes", ("spec",)):
        yield from _volume(volume, path)


def _environment(container: Record, path: Path) -> Iterator[tuple[Path, str]]:
    names = {"configMapRef": "ConfigMaps", "secretRef": "Secrets"}
    for here, source in each(container, "envFrom", path):
        for name, what in names.items():
            if name in source:
                yield (*here, name), what
    names = {"configMapKeyRef": "ConfigMaps", "secretKeyRef": "Secrets"}
    for here, variable in each(container, "env", path):
        for name, what in names.items():
            if name in child(variable, "valueFrom"):
                yield (*here, "valueFrom", name), what


def _volume(volume: Record, path: Path) -> Iterator[tuple[Path, str]]:
    for kind, what in _VOLUMES.items():
        if kind in volume:
            yield (*path, kind), what
    for here, source in each(child(volume, "projected"), "sources", (*path, "projected")):
        for kind, what in _PROJECTED.items():
            if kind in source:
                yield (*here, kind), what
    for kind, content in volume.items():
        for field in _SECRET_FIELDS:
            # a reference without a name refers to nothing (`VisitPodSecretNames`)
            if isinstance(content, Mapping) and text(child(content, field), "name"):
                yield (*path, kind, field), "Secrets"


def _check_projected_sources(spec: Record, report: Report) -> None:
    for path, volume in each(spec, "volumes", ("spec",)):
        for here, source in each(child(volume, "projected"), "sources", (*path, "projected")):
            if not source and report.does(_REFERENCES):
                report.add("volume", here, "names no source")
            if "serviceAccountToken" in source and not text(spec, "serviceAccountName"):
                message = "needs a `serviceAccountName`, which a static pod may not have"
                report.add("volume", (*here, "serviceAccountToken"), message)


def _check_identity(metadata: Record, report: Report) -> None:
    annotations, path = pairs(metadata, "annotations"), ("metadata",)
    if "kubernetes.io/config.mirror" in annotations:
        where = (*path, "annotations", "kubernetes.io/config.mirror")
        report.add(
            "never-runs", where, "makes the kubelet take the file for a mirror pod, which it never runs"
        )
    if "deletionTimestamp" in metadata:
        report.add(
            "never-runs", (*path, "deletionTimestamp"), "makes the kubelet accept the pod and never run it"
        )
    if text(metadata, "resourceVersion"):
        message = "is set, so the API refuses the mirror pod"
        report.add("resource-version", (*path, "resourceVersion"), message, "leave it out: the API sets it")
    if text(metadata, "uid"):
        message = "is set, so the kubelet takes every later manifest for the same pod and ignores its changes"
        report.add(
            "fixed-uid", (*path, "uid"), message, "leave it out: the kubelet makes it from the content"
        )
    if metadata.get("finalizers"):
        message = "are copied to the mirror pod, which then stays after the pod is removed"
        report.add("kept-by-finalizer", (*path, "finalizers"), message)
    for name in ("kubernetes.io/config.hash", "kubernetes.io/config.source", "kubernetes.io/config.seen"):
        if name in annotations:
            report.add("overwritten", (*path, "annotations", name), "is overwritten by the kubelet")
    if metadata.get("ownerReferences"):
        report.add(
            "overwritten", (*path, "ownerReferences"), "are overwritten by the kubelet on the mirror pod"
        )
