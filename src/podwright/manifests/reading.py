"""How the kubelet would read the bytes that lie in its folder: which pod they define, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from podwright.manifests.manifest import Manifest
from podwright.manifests.stamp import read_stamp, without_stamp
from podwright.manifests.workload import Workload
from podwright.pods.digest import canonical, digest_of
from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode, decode_again, settled
from podwright.pods.host_ports import HostPort
from podwright.pods.pod_fields import DEFAULT_GRACE_SECONDS, container_names, grace_seconds
from podwright.pods.pod_ref import PodRef
from podwright.validation.findings import Finding
from podwright.validation.judge import judge
from podwright.validation.rules import RULES, Concern

_REMEMBERED_BYTES = 64 * 1024
# only to guess which generation it is: the whole text is compared
_WRITTEN = re.compile(
    rb'podwright\.dev/digest: (sha256:[0-9a-f]{64})\s+podwright\.dev/generation: "([0-9]{1,18})"'
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file of the manifest folder as the kubelet reads it.

    `pod` is None, and `error` says why in one line, when the kubelet would not accept it; `named` is the name that the
    file holds even so, since another version may run it. `digest` and `generation` are our stamp as written; `managed`
    says that the mark is whole. `content_digest` is of the content without the stamp, `""` when it cannot be read.
    """

    pod: PodRef | None
    named: PodRef | None
    error: str
    digest: str | None
    generation: int | None
    managed: bool
    content_digest: str
    grace_seconds: int
    containers: tuple[str, ...]
    host_ports: tuple[HostPort, ...] = ()
    workload: Workload | None = None
    owner: str = ""


def read_as_kubelet(data: bytes, *, kubernetes_version: str | None) -> Reading:
    """Return how the kubelet of this version (None: the default) would read these bytes.

    Never raises, and refuses 10 MiB and more as the kubelet does.
    """
    try:
        value = settled(decode_again(data).value if len(data) < _REMEMBERED_BYTES else decode(data).value)
    except UnreadableError as error:
        return _unreadable(error.message)
    except RecursionError:
        return _unreadable("nested too deeply")
    if not isinstance(value, Mapping):
        return _unreadable("not an object of kind `Pod`")
    return _reading(data, value, kubernetes_version)


def read_as_written(manifests: Iterable[Manifest], data: bytes, *, kubernetes_version: str | None) -> Reading:
    """The same for a file that may be one of these manifests as we wrote it: then nothing need be judged again."""
    found = _WRITTEN.search(data)
    if found is None:
        return read_as_kubelet(data, kubernetes_version=kubernetes_version)
    digest, generation = found[1].decode(), int(found[2])
    for manifest in manifests:
        if manifest.digest == digest and manifest.text(generation).encode() == data:
            return Reading(
                pod=manifest.pod,
                named=manifest.pod,
                error="",
                digest=digest,
                generation=generation,
                managed=True,
                workload=manifest.workload,
                owner=manifest.owner,
                content_digest=digest,
                grace_seconds=manifest.grace_seconds,
                containers=manifest.containers,
                host_ports=manifest.host_ports,
            )
    return read_as_kubelet(data, kubernetes_version=kubernetes_version)


def _reading(data: bytes, document: Mapping[str, object], version: str | None) -> Reading:
    verdict = judge(data, file_name="manifest.yaml", kubernetes_version=version)
    accepted = verdict.kubelet == "accepts"
    stamp = read_stamp(document)
    return Reading(
        pod=verdict.pod if accepted else None,
        named=verdict.pod,
        error="" if accepted else _reason(verdict.findings),
        digest=stamp.digest,
        generation=stamp.generation,
        managed=stamp.managed,
        workload=stamp.workload,
        owner=stamp.owner,
        content_digest=digest_of(canonical(without_stamp(document))),
        grace_seconds=grace_seconds(document),
        containers=container_names(document),
        host_ports=verdict.host_ports if accepted else (),
    )


def _unreadable(error: str) -> Reading:
    return Reading(None, None, error, None, None, False, "", DEFAULT_GRACE_SECONDS, ())


def _reason(findings: tuple[Finding, ...]) -> str:
    refusals = [finding for finding in findings if RULES[finding.rule].concern is Concern.KUBELET]
    return refusals[0].message if refusals else "the kubelet would not accept it"
