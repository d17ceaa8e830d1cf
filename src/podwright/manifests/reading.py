"""How the kubelet would read the bytes that lie in its folder: which pod they define, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from podwright.manifests.findings import Finding
from podwright.manifests.go_values import UnreadableError
from podwright.manifests.go_yaml import decode, decode_again, settled
from podwright.manifests.judge import judge
from podwright.manifests.pod_fields import DEFAULT_GRACE_SECONDS, container_names, grace_seconds
from podwright.manifests.pod_ref import PodRef
from podwright.manifests.rules import RULES, Concern
from podwright.manifests.stamp import digest_of, read_stamp, without_stamp

_REMEMBERED_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """A file of the manifest folder as the kubelet reads it.

    `pod` is None, and `error` says why in one line, when the kubelet would not accept it. `digest` and
    `generation` are our stamp as written; `managed` says that the mark is whole. `content_digest` is of the
    content without the stamp, `""` when it cannot be read.
    """

    pod: PodRef | None
    error: str
    digest: str | None
    generation: int | None
    managed: bool
    content_digest: str
    grace_seconds: int
    containers: tuple[str, ...]


def read_as_kubelet(data: bytes, *, kubernetes_version: str = "1.36") -> Reading:
    """Return how the kubelet of this version would read these bytes.

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


def _reading(data: bytes, document: Mapping[str, object], version: str) -> Reading:
    verdict = judge(data, file_name="manifest.yaml", kubernetes_version=version)
    accepted = verdict.kubelet == "accepts"
    digest, generation, managed = read_stamp(document)
    return Reading(
        pod=verdict.pod if accepted else None,
        error="" if accepted else _reason(verdict.findings),
        digest=digest,
        generation=generation,
        managed=managed,
        content_digest=digest_of(without_stamp(document)),
        grace_seconds=grace_seconds(document),
        containers=container_names(document),
    )


def _unreadable(error: str) -> Reading:
    return Reading(None, error, None, None, False, "", DEFAULT_GRACE_SECONDS, ())


def _reason(findings: tuple[Finding, ...]) -> str:
    refusals = [finding for finding in findings if RULES[finding.rule].concern is Concern.KUBELET]
    return refusals[0].message if refusals else "the kubelet would not accept it"
