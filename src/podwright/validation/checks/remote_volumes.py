"""Volumes from storage over the network and from clouds. Source: the `validate…VolumeSource` functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from podwright.lazy_pattern import lazy_pattern
from podwright.pods.go_fields import Record, child, flag, number, pairs, text, texts
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.enums import check_choice
from podwright.validation.findings import Report, shown

_INITIATOR = lazy_pattern(
    r"iqn.*iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+"
    r"|iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+"
    r"|eui.[A-Za-z0-9]{16}|naa.[A-Za-z0-9]{32}"
)
_DISK_KINDS = ("Shared", "Dedicated", "Managed")
_CACHING_MODES = ("None", "ReadOnly", "ReadWrite")
# what Go's `net.SplitHostPort` takes: a host without colons or in brackets, a colon, anything without one
_HOST_PORT = lazy_pattern(r"(?:\[[^\[\]]*\]|[^:\[\]]*):[^:\[\]]*")


def _check_required(fields: tuple[str, ...], source: Record, path: Path, report: Report) -> None:
    for name in fields:
        if not source.get(name):
            report.add("volume", (*path, name), "is missing")
    secret = source.get("secretRef")
    if isinstance(secret, Mapping) and not text(secret, "name") and path[-1] in {"cinder", "storageos"}:
        report.add("volume", (*path, "secretRef", "name"), "is missing")


def _check_nfs(source: Record, path: Path, report: Report) -> None:
    _check_required(("server", "path"), source, path, report)
    if not text(source, "path").startswith("/"):
        report.add(
            "volume", (*path, "path"), f"is {shown(text(source, 'path'))}, but must be an absolute path"
        )


def _check_iscsi(source: Record, path: Path, report: Report) -> None:
    _check_required(("targetPortal", "iqn"), source, path, report)
    for name in ("iqn", "initiatorName"):
        value = text(source, name)
        if (value or name in source) and not _INITIATOR.fullmatch(value):
            report.add("volume", (*path, name), f"is {shown(value)}, which is not an iqn., eui. or naa. name")
    _check_range(source, "lun", path, report)
    if (flag(source, "chapAuthDiscovery") or flag(source, "chapAuthSession")) and "secretRef" not in source:
        report.add("volume", (*path, "secretRef"), "is missing")


def _check_range(source: Record, name: str, path: Path, report: Report) -> None:
    if not 0 <= number(source, name) <= 255:
        report.add("volume", (*path, name), f"is {number(source, name)}, but must be between 0 and 255")


def _check_fc(source: Record, path: Path, report: Report) -> None:
    targets, wwids = texts(source, "targetWWNs"), texts(source, "wwids")
    if bool(targets) == bool(wwids):
        report.add("volume", path, "must name one of `targetWWNs` and `wwids`")
    if targets and "lun" not in source:
        report.add("volume", (*path, "lun"), "is missing")
    if targets:
        _check_range(source, "lun", path, report)


def _check_disk(name: str, source: Record, path: Path, report: Report) -> None:
    _check_required((name,), source, path, report)
    _check_range(source, "partition", path, report)


def _check_git(source: Record, path: Path, report: Report) -> None:
    _check_required(("repository",), source, path, report)
    report.add("volume", (*path, "directory"), names.relative_path(text(source, "directory")))


def _check_quobyte(source: Record, path: Path, report: Report) -> None:
    _check_required(("registry", "volume"), source, path, report)
    if len(text(source, "tenant")) > 64:
        report.add("volume", (*path, "tenant"), "is longer than 64 characters")
    for pair in text(source, "registry").split(","):
        if text(source, "registry") and not _HOST_PORT.fullmatch(pair):
            report.add("volume", (*path, "registry"), f"has {shown(pair)}, which is not a `host:port`")


def _check_flocker(source: Record, path: Path, report: Report) -> None:
    if bool(text(source, "datasetName")) == bool(text(source, "datasetUUID")):
        report.add("volume", path, "must name one of `datasetName` and `datasetUUID`")
    if "/" in text(source, "datasetName"):
        report.add("volume", (*path, "datasetName"), "must not contain `/`")


def _check_flex(source: Record, path: Path, report: Report) -> None:
    _check_required(("driver",), source, path, report)
    for key in pairs(source, "options"):
        domain = "." + key.split("/", 1)[0].lower()
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            report.add(
                "volume", (*path, "options", key), "is in a namespace that Kubernetes keeps for itself"
            )


def _check_azure_disk(source: Record, path: Path, report: Report) -> None:
    _check_required(("diskName", "diskURI"), source, path, report)
    kind, uri = text({"kind": "Shared", **source}, "kind"), text(source, "diskURI")
    for name, words in (("kind", _DISK_KINDS), ("cachingMode", _CACHING_MODES)):
        check_choice(source, name, words, path, rule="volume", report=report, pointer=True)
    prefix = "/subscriptions/" if kind == "Managed" else "https://"
    if uri and not uri.startswith(prefix):
        report.add("volume", (*path, "diskURI"), f"must begin with `{prefix}`")


def _check_storage_os(source: Record, path: Path, report: Report) -> None:
    _check_required(("volumeName",), source, path, report)
    for name in ("volumeName", "volumeNamespace"):
        value = text(source, name)
        if value:
            report.add("volume", (*path, name), names.dns_label(value))


def _check_csi(source: Record, path: Path, report: Report) -> None:
    driver = text(source, "driver")
    if not driver or names.dns_subdomain(driver.lower()) or len(driver) > 63:
        report.add("volume", (*path, "driver"), "must be the name of a CSI driver")
    if "nodePublishSecretRef" in source:
        name = text(child(source, "nodePublishSecretRef"), "name")
        wrong = names.dns_subdomain(name) if name else "is missing"
        report.add("volume", (*path, "nodePublishSecretRef", "name"), wrong)


_REQUIRED = {
    "glusterfs": ("endpoints", "path"),
    "persistentVolumeClaim": ("claimName",),
    "rbd": ("monitors", "image"),
    "cinder": ("volumeID",),
    "cephfs": ("monitors",),
    "azureFile": ("secretName", "shareName"),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "scaleIO": ("gateway", "system", "volumeName"),
}
REMOTE_CHECKS: Mapping[str, Callable[[Record, Path, Report], None]] = {
    **{kind: partial(_check_required, fields) for kind, fields in _REQUIRED.items()},
    "nfs": _check_nfs,
    "iscsi": _check_iscsi,
    "fc": _check_fc,
    "gcePersistentDisk": partial(_check_disk, "pdName"),
    "awsElasticBlockStore": partial(_check_disk, "volumeID"),
    "gitRepo": _check_git,
    "quobyte": _check_quobyte,
    "flocker": _check_flocker,
    "flexVolume": _check_flex,
    "azureDisk": _check_azure_disk,
    "storageos": _check_storage_os,
    "csi": _check_csi,
}
