"""Checks of what this node's own static pods need: ports, images, paths of the host."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from podwright.manifests.manifest import Manifest
from podwright.plan.facts import ListeningPort
from podwright.plan.images import missing_images
from podwright.plan.node_checks.check import (
    STATIC,
    Check,
    Judged,
    Result,
    Severity,
    Subject,
    held,
    not_applicable,
    unknown,
)
from podwright.plan.unknown_fact import Unknown
from podwright.pods.host_ports import HostPort

_ANY = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound


def _ports(subject: Subject) -> Judged:
    """A port that listens while its own pod does not run is another process's."""
    wanted = [(manifest, port) for manifest in subject.manifests for port in manifest.host_ports]
    if not wanted:
        return not_applicable("no static pod of this node takes a port")
    listening = subject.facts.ports
    if isinstance(listening, Unknown):
        return unknown(listening.reason)
    others = [(manifest, port) for manifest, port in wanted if not _may_run(subject, manifest)]
    taken = [
        f"{port} of {manifest.file_name} by {_owner(one)}"
        for manifest, port in others
        for one in listening
        if _is_on(one, port)
    ]
    if not taken and subject.observation.pods is None and len(others) < len(wanted):
        return unknown(subject.observation.pods_problem)
    return held(
        not taken, "; ".join(dict.fromkeys(taken)) or "free, or their own pod's", "free ports", "/proc/net"
    )


def _may_run(subject: Subject, manifest: Manifest) -> bool:
    """Whether its pod runs; without a runtime that answers, whether its file is there."""
    observation = subject.observation
    if observation.pods is None:
        return observation.file(manifest.file_name) is not None
    return bool(observation.ready_pods(manifest.pod.on(observation.node_name)))


def _is_on(listening: ListeningPort, wanted: HostPort) -> bool:
    same = (listening.protocol, listening.port) == (wanted.protocol.lower(), wanted.port)
    return same and (
        listening.address == wanted.address or bool({listening.address, wanted.address} & set(_ANY))
    )


def _owner(listening: ListeningPort) -> str:
    if isinstance(listening.process, Unknown):
        return f"an unknown process ({listening.process.reason})"
    return f"{listening.process} (pid {listening.pid})"


def _images(subject: Subject) -> Judged:
    images = subject.observation.images
    pending = [manifest for manifest in subject.manifests if not _is_in_place(subject, manifest)]
    if not any(manifest.needs.images for manifest in pending):
        return held(good=True, seen="all that is to run has run", expected="images on the node")
    if images is None:
        return unknown(f"the runtime could not be asked: {subject.observation.pods_problem}")
    missing = {name: manifest for manifest in pending for name in missing_images(manifest, images)}
    never = any(
        not one.pulled and one.name in missing for manifest in pending for one in manifest.needs.images
    )
    result = Result.PASS if not missing else Result.FAIL if never else Result.WARN
    seen = ", ".join(sorted(missing)) or "all are there"
    mend = f"`crictl pull {shlex.quote(seen)}`" if len(missing) == 1 else ""
    return Judged(result, f"without {seen}" if missing else seen, "images on the node", "crictl images", mend)


def _is_in_place(subject: Subject, manifest: Manifest) -> bool:
    file = subject.observation.file(manifest.file_name)
    return file is not None and file.managed and file.stamp.digest == manifest.digest


def _paths(subject: Subject) -> Judged:
    wanted = [path for manifest in subject.manifests for path in manifest.needs.paths]
    if not wanted:
        return not_applicable("no static pod of this node wants a path of a type")
    unfit = list(_unfit(subject))
    return held(not unfit, "; ".join(unfit) or "all are there", "paths of the types that are wanted")


def _unfit(subject: Subject) -> Iterator[str]:
    for one in subject.observation.unfit_paths:
        yield f"{one.wanted.path} is {'missing' if one.missing else f'not of type {one.wanted.type}'}"


CHECKS = (
    Check(
        "ports-taken", Severity.ERROR, STATIC, "ports that its static pods need are taken",
        "the kubelet refuses the pod, or its program cannot listen", "stop the process, or give the pod another port",
        _ports,
    ),
    Check(
        "images-absent", Severity.ERROR, STATIC, "images of its static pods are not on the node",
        "nothing runs while they are pulled, or ever if they may not be", "`crictl pull IMAGE`", _images,
    ),
    Check(
        "host-paths", Severity.ERROR, STATIC,
        "paths of the host that its static pods mount are missing or of another type",
        "the kubelet does not start the pod", "make them, or correct `type` of the hostPath", _paths,
        "directories: {PATH: {}}",
    ),
)  # fmt: skip
