"""What a delete does to an object: marks it, removes it, or finds it marked already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from podwright_lab.api.api_error import conflict
from podwright_lab.api.defaults import ordered_metadata
from podwright_lab.api.kinds import Kind
from podwright_lab.api.objects import Object


@dataclass(frozen=True, slots=True)
class Deletion:
    """`marked` is what to store first, if anything; `remove`: the object goes at once."""

    marked: Object | None
    remove: bool


def timestamp(moment: datetime) -> str:
    """RFC 3339 in whole seconds, as `metav1.Time`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def check_uid(kind: Kind, target: Object, wanted: str | None) -> None:
    """Raises ApiError 409 if the object is not the one that the client meant."""
    uid = target["metadata"]["uid"]
    if wanted is not None and wanted != uid:
        why = (
            f"the UID in the precondition ({wanted}) does not match the UID in record ({uid}). "
            "The object might have been deleted and then recreated"
        )
        raise conflict(kind.kind, target["metadata"]["name"], why)


def plan_deletion(kind: Kind, target: Object, grace_seconds: int | None, now: datetime) -> Deletion:
    """Decide (`staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go`).

    A pod bound to a node is only marked: its kubelet ends it and then deletes it with a grace of 0. Finalizers hold
    anything. A second delete can only shorten the grace period.
    """
    metadata = target["metadata"]
    held = bool(metadata.get("finalizers"))
    if kind.plural == "namespaces":
        return Deletion(None if "deletionTimestamp" in metadata else _marked(target, None, now), remove=False)
    if kind.plural != "pods":
        marked = _marked(target, 0, now) if held and "deletionTimestamp" not in metadata else None
        return Deletion(marked, remove=not held)
    if "deletionTimestamp" in metadata:
        return _again(target, grace_seconds, held=held)
    grace = _grace_of(target, grace_seconds)
    return Deletion(_marked(target, grace, now), remove=grace == 0 and not held)


def _grace_of(pod: Object, asked: int | None) -> int:
    spec, phase = pod["spec"], pod.get("status", {}).get("phase")
    if not spec.get("nodeName") or phase in ("Succeeded", "Failed"):
        return 0
    grace = spec.get("terminationGracePeriodSeconds", 30) if asked is None else asked
    return int(grace) if grace >= 0 else 1


def _again(pod: Object, asked: int | None, *, held: bool) -> Deletion:
    metadata = pod["metadata"]
    before = metadata.get("deletionGracePeriodSeconds", 0)
    if before == 0:
        # marked with 0 and still there: only finalizers hold it
        return Deletion(None, remove=not held)
    if asked is None or asked >= before:
        return Deletion(None, remove=False)
    grace = asked if asked >= 0 else 1
    moment = datetime.strptime(metadata["deletionTimestamp"], "%Y-%m-%dT%H:%M:%S%z")
    sooner = timestamp(moment - timedelta(seconds=before - grace))
    marked = _with_metadata(pod, {"deletionTimestamp": sooner, "deletionGracePeriodSeconds": grace})
    return Deletion(marked, remove=grace == 0 and not held)


def _marked(target: Object, grace: int | None, now: datetime) -> Object:
    changes: Object = {"deletionTimestamp": timestamp(now + timedelta(seconds=grace or 0))}
    if grace is not None:
        changes["deletionGracePeriodSeconds"] = grace
    if "generation" in target["metadata"]:
        changes["generation"] = target["metadata"]["generation"] + 1
    return _with_metadata(target, changes)


def _with_metadata(target: Object, changes: Object) -> Object:
    return target | {"metadata": ordered_metadata(target["metadata"] | changes)}
