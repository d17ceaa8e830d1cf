"""What a kubelet makes of a file in its folder: a Manifest, or nothing that it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from msgspec import Struct

from podwright.manifests.manifest import Content, Manifest, content_of
from podwright.manifests.stamp import NO_STAMP, Stamp
from podwright.manifests.workload import SUFFIX, Workload
from podwright.pods.go_values import UnreadableError
from podwright.pods.pod_fields import DEFAULT_GRACE_SECONDS
from podwright.pods.pod_ref import PodRef
from podwright.validation.judge import Verdict, judge
from podwright.validation.rules import RULES, Concern

# only to guess which generation it is: the whole text is compared
_WRITTEN = re.compile(
    rb'podwright\.dev/digest: (sha256:[0-9a-f]{64})\s+podwright\.dev/generation: "([0-9]{1,18})"'
)


class Rejected(Struct, frozen=True):
    """A text that this kubelet does not run, why, and what it holds even so: a kubelet of another version may run it."""

    reason: str
    pod: PodRef | None = None
    digest: str = ""
    grace_seconds: int = DEFAULT_GRACE_SECONDS
    stamp: Stamp = NO_STAMP


def manifest_from_node(
    name: str, data: bytes, *, kubernetes_version: str | None, ours: Iterable[Manifest] = ()
) -> Manifest | Rejected:
    """What a kubelet of this version (None: the default) makes of a file of this name.

    A file that is one of `ours` as we wrote it is not judged again. Never raises, and rejects 10 MiB and more as the
    kubelet does.
    """
    if written := _as_written(ours, data):
        return written
    try:
        content = content_of(data)
    except UnreadableError as error:
        return Rejected(error.message)
    except RecursionError:
        return Rejected("nested too deeply")
    verdict = judge(data, file_name=name, kubernetes_version=kubernetes_version)
    if verdict.kubelet != "accepts":
        return _rejected(verdict, content)
    return Manifest.on_node(verdict, content, content.stamp.workload or Workload(name.removesuffix(SUFFIX)))


def _as_written(ours: Iterable[Manifest], data: bytes) -> Manifest | None:
    found = _WRITTEN.search(data)
    if found is None:
        return None
    digest, generation = found[1].decode(), int(found[2])
    for manifest in ours:
        if manifest.digest == digest and manifest.text(generation).encode() == data:
            stamp = Stamp(digest, generation, True, manifest.workload, manifest.owner)
            return replace(manifest, stamp=stamp)
    return None


def _rejected(verdict: Verdict, content: Content) -> Rejected:
    refusals = [one.message for one in verdict.findings if RULES[one.rule].concern is Concern.KUBELET]
    reason = refusals[0] if refusals else "the kubelet would not accept it"
    return Rejected(reason, verdict.pod, content.digest, content.grace_seconds, content.stamp)
