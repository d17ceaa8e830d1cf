"""Short ways to make the values that tests of decisions are about."""

from __future__ import annotations

import hashlib

from tests.fakes.copies import replace

from podwright.manifests.manifest import Manifest
from podwright.manifests.node_files import manifest_from_node
from podwright.manifests.workload import Workload
from podwright.plan.compare import compare
from podwright.plan.observed import (
    FileKind,
    FolderState,
    KubeletFacts,
    MirrorPod,
    Observation,
    ObservedContainer,
    ObservedFile,
    ObservedPod,
)
from podwright.plan.stages import Plan, make_plan
from podwright.pods.pod_ref import PodRef

FOLDER = "/etc/kubernetes/manifests"


def pod_text(
    name: str = "web", *, image: str = "example.com/web:1", extra: str = "", metadata: str = ""
) -> str:
    """A manifest as a template would render it; `extra` goes into its spec, `metadata` into its metadata."""
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
{metadata}spec:
  hostNetwork: true
{extra}  containers:
  - name: main
    image: {image}
    imagePullPolicy: IfNotPresent
    command: [sh, -c, "trap 'exit 0' TERM; sleep 100000 & wait"]
    resources:
      requests:
        cpu: 10m
        memory: 16Mi
"""


def manifest(name: str = "web", *, template: str | None = None, **text: str) -> Manifest:
    return Manifest.parse(Workload(template or name), pod_text(name, **text))


def observed_file(name: str, content: str | bytes, **changes: object) -> ObservedFile:
    data = content.encode() if isinstance(content, str) else content
    file = ObservedFile(
        name,
        FileKind.REGULAR,
        mode="600",
        owner="0",
        inode=1,
        mtime=1,
        content=data,
        sha256=hashlib.sha256(data).hexdigest(),
        manifest=manifest_from_node(name, data, kubernetes_version=None),
    )
    return replace(file, **changes)


def written(desired: Manifest, generation: int = 1, **changes: object) -> ObservedFile:
    """The file as podwright wrote it."""
    return observed_file(desired.file_name, desired.text(generation), **changes)


def observation(*files: ObservedFile, **changes: object) -> Observation:
    facts = KubeletFacts(True, pid=77, static_pod_path=FOLDER, source="its flag", node_name="n1")
    look = Observation(
        "n1", "n1", facts, FOLDER, FolderState.USABLE, tuple(files), pods=(), clock=1_000_000.0
    )
    return replace(look, **changes)


def running(desired: Manifest, *, uid: str = "u1", generation: int = 1, **changes: object) -> ObservedPod:
    """The sandbox of a written manifest, its containers running."""
    pod = ObservedPod(
        desired.pod.on("n1"),
        uid,
        ready=True,
        created_at=999_000.0,
        digest=desired.digest,
        generation=generation,
        source="file",
        containers=tuple(
            ObservedContainer(name, "CONTAINER_RUNNING", created_at=999_000.0) for name in desired.containers
        ),
    )
    return replace(pod, **changes)


def mirror(desired: Manifest, *, uid: str = "u1", generation: int = 1, **changes: object) -> MirrorPod:
    pod = MirrorPod(
        desired.pod.on("n1"),
        node_name="n1",
        uid="7e57",
        config_mirror=uid,
        digest=desired.digest,
        generation=generation,
        phase="Running",
        ready=True,
    )
    return replace(pod, **changes)


WEB_ON_N1 = PodRef("default", "web-n1")


def plan_of(desired, absent, look: Observation) -> Plan:
    return make_plan(look.node, compare(desired, absent, look))
