"""Names, labels, annotations and owners. Source: `ValidateObjectMeta`, `ValidatePodSpecificAnnotations`."""

from __future__ import annotations

import re

from podwright.pods.go_fields import Record, child, each, flag, number, pairs, text, texts
from podwright.pods.go_values import Path
from podwright.validation.checks import names, seccomp_and_apparmor
from podwright.validation.findings import Report, shown
from podwright.validation.rules import Concern

_ANNOTATIONS_LIMIT = 256 * 1024
_STANDARD_FINALIZERS = {"orphan", "foregroundDeletion", "kubernetes"}
# what the kubelet sets is as long as this (`config/common.go:applyDefaults`, `config/config.go`, `mirror_client.go`)
_HASH = "0" * 32
_ADDED = {
    "kubernetes.io/config.seen": "2026-01-31T12:00:00.123456789Z",
    "kubernetes.io/config.source": "file",
}
_COST = re.compile(r"0|-?[1-9][0-9]*")
PATH: Path = ("metadata",)


def check_metadata(pod: Record, report: Report) -> None:
    """Everything about `metadata` but the name with its suffix, which depends on the node."""
    metadata = child(pod, "metadata")
    _check_namespace(metadata, report)
    check_labels(pairs(metadata, "labels"), (*PATH, "labels"), "labels", report)
    _check_annotations(pod, metadata, report)
    _check_owners(metadata, report)
    _check_finalizers(metadata, report)
    _check_managed_fields(metadata, report)
    _check_generated_name(text(metadata, "generateName"), report)
    if number(metadata, "generation") < 0:
        report.add("pod-name", (*PATH, "generation"), "must not be negative")


def _check_generated_name(generated: str, report: Report) -> None:
    """Unused where there is a name, yet checked: with a trailing `-` its last two characters count as one letter."""
    prefix = generated[:-2] + "a" if len(generated) > 1 and generated.endswith("-") else generated
    if generated:
        report.add("pod-name", (*PATH, "generateName"), names.dns_subdomain(prefix))


def _check_namespace(metadata: Record, report: Report) -> None:
    report.add("namespace", (*PATH, "namespace"), names.dns_label(text(metadata, "namespace") or "default"))


def check_labels(labels: dict[str, str], path: Path, rule: str, report: Report) -> None:
    """Keys and values of labels; also of a node selector."""
    for key, value in labels.items():
        report.add(rule, path, names.qualified_name(key), key=True)
        report.add(rule, (*path, key), names.label_value(value))


def _check_annotations(pod: Record, metadata: Record, report: Report) -> None:
    annotations, path = pairs(metadata, "annotations"), (*PATH, "annotations")
    for key in annotations:
        report.add("annotations", path, names.qualified_name(key.lower()), key=True)
    _check_annotations_size(annotations, text(metadata, "uid"), report)
    cost = annotations.get("controller.kubernetes.io/pod-deletion-cost")
    if cost is not None and not (_COST.fullmatch(cost) and -(2**31) <= int(cost[:12]) < 2**31):
        where = (*path, "controller.kubernetes.io/pod-deletion-cost")
        report.add("annotations", where, f"is {shown(cost)}, which is not a 32-bit integer")
    seccomp_and_apparmor.check_profile_annotations(pod, annotations, report)


def _check_annotations_size(annotations: dict[str, str], uid: str, report: Report) -> None:
    """The limit counts what the kubelet adds: the hash before it validates, the rest for the mirror pod."""
    own_hash = uid or _HASH
    checked = {**annotations, "kubernetes.io/config.hash": own_hash}
    mirrored = {**checked, **_ADDED, "kubernetes.io/config.mirror": own_hash}
    for added, concern in ((checked, Concern.KUBELET), (mirrored, Concern.MIRROR)):
        size = sum(names.bytes_of(key) + names.bytes_of(value) for key, value in added.items())
        if size > _ANNOTATIONS_LIMIT:
            message = f"hold {size} bytes with those of the kubelet, more than the 262144 that the API takes"
            report.add("annotations", (*PATH, "annotations"), message, concern=concern)
            return


def _check_owners(metadata: Record, report: Report) -> None:
    controllers = 0
    for path, owner in each(metadata, "ownerReferences", PATH):
        for field in ("kind", "name", "uid"):
            if not text(owner, field):
                report.add("owner-references", (*path, field), "is missing")
        group, _, version = text(owner, "apiVersion").rpartition("/")
        if not version or "/" in group:
            report.add("owner-references", (*path, "apiVersion"), "must be a version or `group/version`")
        if (group, version, text(owner, "kind")) == ("", "v1", "Event"):
            report.add("owner-references", path, "is an Event, which cannot own anything")
        controllers += flag(owner, "controller")
    if controllers > 1:
        report.add("owner-references", (*PATH, "ownerReferences"), "name more than one controller")


def _check_finalizers(metadata: Record, report: Report) -> None:
    finalizers, path = texts(metadata, "finalizers"), (*PATH, "finalizers")
    for index, name in enumerate(finalizers):
        wrong = names.qualified_name(name)
        if not wrong and "/" not in name and name not in _STANDARD_FINALIZERS:
            wrong = f"is {shown(name)}, which is neither a standard finalizer nor qualified with a domain"
        report.add("finalizers", (*path, index), wrong)
    if {"orphan", "foregroundDeletion"} <= set(finalizers):
        report.add("finalizers", path, "cannot hold both `orphan` and `foregroundDeletion`")


def _check_managed_fields(metadata: Record, report: Report) -> None:
    for path, entry in each(metadata, "managedFields", PATH):
        operation = names.one_of(text(entry, "operation"), ("Apply", "Update"))
        report.add("managed-fields", (*path, "operation"), operation)
        if text(entry, "fieldsType") not in {"", "FieldsV1"}:
            report.add("managed-fields", (*path, "fieldsType"), "must be `FieldsV1`")
        manager = text(entry, "manager")
        if names.bytes_of(manager) > 128 or not manager.isprintable():
            report.add("managed-fields", (*path, "manager"), "must hold at most 128 bytes, all printable")
        if names.bytes_of(text(entry, "subresource")) > 256:
            report.add("managed-fields", (*path, "subresource"), "is longer than 256 bytes")
