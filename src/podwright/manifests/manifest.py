"""The only way to a Manifest: whoever holds one holds a static pod that the kubelet runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from msgspec import Struct

from podwright.errors import ManifestError
from podwright.manifests.file_text import unmarked_text, written_text
from podwright.manifests.stamp import NO_STAMP, Stamp, read_stamp, without_stamp
from podwright.manifests.workload import Workload
from podwright.pods.collisions import Claim
from podwright.pods.digest import canonical, digest_of
from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode, decode_again, settled
from podwright.pods.host_ports import HostPort
from podwright.pods.pod_fields import (
    container_names,
    grace_seconds,
    readiness_seconds,
    restart_policy,
    unready_seconds,
)
from podwright.pods.pod_ref import PodRef
from podwright.pods.prerequisites import Needs, needs_of
from podwright.validation.findings import Finding
from podwright.validation.judge import Verdict, judge
from podwright.validation.node_and_cluster import NOTHING_KNOWN, Surroundings

_REMEMBERED_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """A text that was judged, and that the kubelet runs.

    `canonical` is the pod as Go reads it, without our stamp, in its one form, which `digest` is of. `pod` carries the
    name as in the file (no node suffix); what a second slot adds to it is in neither `canonical` nor `digest`. `owner` is
    whose site it is of. `readiness_seconds` is the longest that its probes may take to succeed, `unready_seconds` how long
    one may fail before the pod is unready. `stamp` is what a file on a node carries; one that is not `marked` is written
    without.
    `depends` says what of the node decides about its mirror pod. `findings` holds errors only if it
    was found on a node, whose API refuses the mirror pod.
    """

    workload: Workload
    pod: PodRef
    canonical: bytes
    digest: str
    grace_seconds: int
    containers: tuple[str, ...]
    restart_policy: str
    readiness_seconds: float
    unready_seconds: float
    needs: Needs
    host_ports: tuple[HostPort, ...] = ()
    owner: str = ""
    stamp: Stamp = NO_STAMP
    marked: bool = True
    findings: tuple[Finding, ...] = field(default=(), compare=False)
    depends: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def parse(
        cls,
        workload: Workload,
        text: str,
        *,
        owner: str = "",
        place: str | None = None,
        node_name: str | None = None,
        kubernetes_version: str | None = None,
        silenced: Collection[str] = (),
        known: Surroundings = NOTHING_KNOWN,
    ) -> Manifest:
        """Judge the text as the kubelet of this version, on this node, would, and return the Manifest.

        `place` names the text in problems (the template's path; default: the file name), `silenced` are ids of
        rules of wisdom to leave out, `known` are facts of the node and the cluster. Raises ManifestError with
        every problem at once.
        """
        data = text.encode("utf-8", "surrogatepass")
        verdict = judge(
            data,
            file_name=workload.file_name,
            node_name=node_name or "",
            kubernetes_version=kubernetes_version,
            silenced=silenced,
            known=known,
        )
        if verdict.errors:
            raise ManifestError(finding.problem(place or workload.file_name) for finding in verdict.errors)
        return cls.of(verdict, data, workload, owner)

    @classmethod
    def of(cls, verdict: Verdict, data: bytes, workload: Workload, owner: str = "") -> Manifest:
        """The Manifest of a text whose verdict holds no error."""
        if verdict.errors:
            raise ValueError("a manifest is a text that was judged without errors")
        return cls._accepted(verdict, content_of(data), workload, owner)

    @classmethod
    def on_node(cls, verdict: Verdict, content: Content, workload: Workload) -> Manifest:
        """The Manifest of a file on a node that the kubelet runs, even if the API refuses its mirror pod."""
        stamp = content.stamp
        return replace(cls._accepted(verdict, content, workload, stamp.owner), stamp=stamp)

    @classmethod
    def _accepted(cls, verdict: Verdict, content: Content, workload: Workload, owner: str) -> Manifest:
        if verdict.kubelet != "accepts" or verdict.pod is None:
            raise ValueError("a manifest is a text that the kubelet runs")
        return cls(
            workload=workload,
            pod=verdict.pod,
            canonical=content.canonical,
            digest=content.digest,
            grace_seconds=content.grace_seconds,
            containers=content.containers,
            restart_policy=content.restart_policy,
            readiness_seconds=content.readiness_seconds,
            unready_seconds=content.unready_seconds,
            needs=content.needs,
            host_ports=verdict.host_ports,
            owner=owner,
            findings=verdict.findings,
            depends=verdict.depends,
        )

    def in_slot(self, slot: int, *, kubernetes_version: str | None = None, node_name: str = "") -> Manifest:
        """The same pod in a place of its workload: another file, another name, the same digest. Raises ManifestError."""
        if slot == self.workload.slot:
            return self
        workload = self.workload.slots[slot - 1]
        name = f"{self.pod.name.removesuffix(self.workload.pod_suffix)}{workload.pod_suffix}"
        there = replace(self, workload=workload, pod=PodRef(self.pod.namespace, name), stamp=NO_STAMP)
        verdict = judge(
            there.text(1).encode(),
            file_name=there.file_name,
            node_name=node_name,
            kubernetes_version=kubernetes_version,
        )
        if verdict.errors:
            raise ManifestError(finding.problem(there.file_name) for finding in verdict.errors)
        return there

    @property
    def file_name(self) -> str:
        return self.workload.file_name

    @property
    def advice(self) -> tuple[Finding, ...]:
        """The warnings."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    @property
    def claim(self) -> Claim:
        """What it takes of its node."""
        return Claim(self.file_name, self.pod, self.host_ports)

    @property
    def document(self) -> dict[str, object]:
        """The pod as Go reads it, without our stamp."""
        document: dict[str, object] = json.loads(self.canonical)
        return document

    def text(self, generation: int) -> str:
        """What is written to the node: stamped, and to Go's YAML the very value that was judged.

        Equal documents of one generation give equal bytes; another generation changes only its annotation.
        """
        if not self.marked:
            return unmarked_text(self.canonical, self.workload)
        return written_text(self.canonical, self.digest, generation, self.workload, self.owner)


class Content(Struct, frozen=True):
    """What others ask of a pod's text, whatever file it becomes and whether or not a kubelet runs it."""

    canonical: bytes
    digest: str
    grace_seconds: int
    containers: tuple[str, ...]
    restart_policy: str
    readiness_seconds: float
    unready_seconds: float
    needs: Needs
    stamp: Stamp


def content_of(data: bytes) -> Content:
    """Equal texts are read once, unless they are large. Raises UnreadableError."""
    return _known_content(data) if len(data) <= _REMEMBERED_BYTES else _content(data)


def _content(data: bytes) -> Content:
    value = settled((decode_again if len(data) <= _REMEMBERED_BYTES else decode)(data).value)
    if not isinstance(value, Mapping):
        raise UnreadableError("not an object of kind `Pod`")
    document = without_stamp(value)
    form = canonical(document)
    return Content(
        form,
        digest_of(form),
        grace_seconds(document),
        container_names(document),
        restart_policy(document),
        readiness_seconds(document),
        unready_seconds(document),
        needs_of(document),
        read_stamp(value),
    )


_known_content = lru_cache(maxsize=1024)(_content)
