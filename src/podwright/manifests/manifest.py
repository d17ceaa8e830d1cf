"""The only door to a Manifest: whoever holds one holds a static pod that the kubelet will run."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from podwright.errors import ManifestError
from podwright.manifests.stamp import without_stamp
from podwright.manifests.workload import Workload
from podwright.manifests.written import written_text
from podwright.pods.collisions import Claim
from podwright.pods.digest import canonical, digest_of
from podwright.pods.go_yaml import decode_again, settled
from podwright.pods.host_ports import HostPort
from podwright.pods.pod_fields import (
    container_names,
    grace_seconds,
    readiness_seconds,
    restart_policy,
)
from podwright.pods.pod_ref import PodRef
from podwright.validation.findings import Finding
from podwright.validation.judge import Verdict, judge
from podwright.validation.surroundings import NOTHING_KNOWN, Surroundings


@dataclass(frozen=True, slots=True)
class Manifest:
    """A judged static pod manifest.

    `canonical` is the pod as Go reads it, without our stamp, in its one form, which `digest` is of. `pod` carries the
    name of the file (no node suffix). `owner` is whose site it is of. `readiness_seconds` is the longest that its
    probes may take to succeed. `advice` holds the warnings, `depends` what of the node decides about its mirror pod.
    """

    workload: Workload
    pod: PodRef
    canonical: bytes
    digest: str
    grace_seconds: int
    containers: tuple[str, ...]
    restart_policy: str
    readiness_seconds: float
    host_ports: tuple[HostPort, ...] = ()
    owner: str = ""
    advice: tuple[Finding, ...] = field(default=(), compare=False)
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
        if verdict.errors or verdict.pod is None:
            raise ValueError("a manifest is a text that was judged without errors")
        content = _content(data)
        return cls(
            workload=workload,
            pod=verdict.pod,
            canonical=content.canonical,
            digest=content.digest,
            grace_seconds=content.grace_seconds,
            containers=content.containers,
            restart_policy=content.restart_policy,
            readiness_seconds=content.readiness_seconds,
            host_ports=verdict.host_ports,
            owner=owner,
            advice=tuple(finding for finding in verdict.findings if finding.severity == "warning"),
            depends=verdict.depends,
        )

    @property
    def file_name(self) -> str:
        return self.workload.file_name

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
        return written_text(self.canonical, self.digest, generation, self.workload, self.owner)


@dataclass(frozen=True, slots=True)
class _Content:
    """What others ask of a text, whatever file it becomes: equal texts are read once."""

    canonical: bytes
    digest: str
    grace_seconds: int
    containers: tuple[str, ...]
    restart_policy: str
    readiness_seconds: float


@lru_cache(maxsize=1024)
def _content(data: bytes) -> _Content:
    value = settled(decode_again(data).value)
    document = without_stamp(value if isinstance(value, Mapping) else {})
    form = canonical(document)
    return _Content(
        form,
        digest_of(form),
        grace_seconds(document),
        container_names(document),
        restart_policy(document),
        readiness_seconds(document),
    )
