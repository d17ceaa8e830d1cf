"""Reads the API's objects into our nouns: bounded, strict about names, lenient about missing fields."""

from __future__ import annotations

from itertools import islice

from podwright.errors import ClusterAnswerError
from podwright.inventory.sources.kubernetes import ClusterNode
from podwright.inventory.variable_types import is_node_name
from podwright.manifests.stamp import DIGEST, GENERATION, OWNER
from podwright.plan.observed import ContainerState, MirrorPod
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube.cluster import NodeStatus
from podwright.remote.kube.json_parts import MAX_TEXT, JsonObject, object_of, objects_of, text_of
from podwright.text import printable

#: kubelet `pkg/kubelet/types/pod_update.go`: the static pod's uid, immutable on the mirror.
ANNOTATION_MIRROR = "kubernetes.io/config.mirror"

_MAX_CONTAINERS = 500
_MAX_PAIRS = 1000
_MAX_FINALIZERS = 50
_MAX_GENERATION_DIGITS = 18
#: Windows has exit codes of 32 bits
_MAX_EXIT_CODE = 1 << 32
_PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure")
_STATES = ("running", "terminated", "waiting")


def pod_ref(thing: JsonObject) -> PodRef | None:
    """Namespace and full name; None for what has no usable name."""
    metadata = object_of(thing, "metadata")
    namespace, name = text_of(metadata, "namespace"), text_of(metadata, "name")
    return PodRef(namespace, name) if namespace and name else None


def mirror_pod(thing: JsonObject) -> MirrorPod:
    """Read a v1 Pod; raises ClusterAnswerError if it has no name; other fields may be missing."""
    ref = pod_ref(thing)
    if ref is None:
        raise ClusterAnswerError(
            "the API sent a pod without a name", "check that `server` of the kubeconfig is a Kubernetes API"
        )
    metadata, spec, status = (object_of(thing, key) for key in ("metadata", "spec", "status"))
    annotations = object_of(metadata, "annotations")
    return MirrorPod(
        ref,
        node_name=text_of(spec, "nodeName"),
        uid=text_of(metadata, "uid"),
        config_mirror=_annotation(annotations, ANNOTATION_MIRROR),
        digest=_annotation(annotations, DIGEST),
        generation=_generation(_annotation(annotations, GENERATION)),
        owner=_annotation(annotations, OWNER) or "",
        phase=text_of(status, "phase"),
        ready=_is_ready(status) is True,
        deleting="deletionTimestamp" in metadata and metadata["deletionTimestamp"] is not None,
        finalizers=_finalizers(metadata),
        containers=_containers(status),
    )


def node_status(thing: JsonObject) -> NodeStatus:
    """Read a v1 Node; raises ClusterAnswerError if it has no name."""
    metadata, status = object_of(thing, "metadata"), object_of(thing, "status")
    name = text_of(metadata, "name")
    if not name:
        raise ClusterAnswerError(
            "the API sent a node without a name", "check that `server` of the kubeconfig is a Kubernetes API"
        )
    return NodeStatus(
        name,
        _is_ready(status),
        text_of(object_of(status, "nodeInfo"), "kubeletVersion"),
        labels=_texts(object_of(metadata, "labels")),
        allocatable=_texts(object_of(status, "allocatable")),
        cordoned=object_of(thing, "spec").get("unschedulable") is True,
        pressures=tuple(name for name in _PRESSURES if _holds(status, name)),
    )


def cluster_node(thing: JsonObject) -> ClusterNode:
    """Read a v1 Node for an inventory; raises ClusterAnswerError for a name that no node can have."""
    name = node_status(thing).name
    if not is_node_name(name):
        raise ClusterAnswerError(f"the API sent a node with the name `{printable(name)}`")
    addresses = objects_of(object_of(thing, "status"), "addresses")
    pairs = ((text_of(one, "type"), text_of(one, "address")) for one in islice(addresses, _MAX_PAIRS))
    return ClusterNode(name, tuple(pairs), _texts(object_of(object_of(thing, "metadata"), "labels")))


def _texts(things: JsonObject) -> tuple[tuple[str, str], ...]:
    pairs = ((key[:MAX_TEXT], value[:MAX_TEXT]) for key, value in things.items() if isinstance(value, str))
    return tuple(islice(pairs, _MAX_PAIRS))


def _annotation(annotations: JsonObject, key: str) -> str | None:
    value = annotations.get(key)
    return value[:MAX_TEXT] if isinstance(value, str) else None


def _generation(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > _MAX_GENERATION_DIGITS:
        return None
    return int(text)


def _is_ready(status: JsonObject) -> bool | None:
    return _holds(status, "Ready")


def _holds(status: JsonObject, condition: str) -> bool | None:
    """None if the condition is Unknown or missing."""
    found = (entry for entry in objects_of(status, "conditions") if entry.get("type") == condition)
    return {"True": True, "False": False}.get(text_of(next(found, {}), "status"))


def _finalizers(metadata: JsonObject) -> tuple[str, ...]:
    value = metadata.get("finalizers")
    if not isinstance(value, list):
        return ()
    return tuple(item[:MAX_TEXT] for item in value[:_MAX_FINALIZERS] if isinstance(item, str))


def _containers(status: JsonObject) -> tuple[ContainerState, ...]:
    """Init containers first, as the kubelet runs them."""
    return tuple(
        _container(item)
        for key in ("initContainerStatuses", "containerStatuses")
        for _, item in zip(range(_MAX_CONTAINERS), objects_of(status, key), strict=False)
    )


def _container(item: JsonObject) -> ContainerState:
    states = object_of(item, "state")
    # a status without a state means waiting (API reference, ContainerState)
    state = next((name for name in _STATES if isinstance(states.get(name), dict)), "waiting")
    details = object_of(states, state)
    restarts = item.get("restartCount")
    last = states if state == "terminated" else object_of(item, "lastState")
    return ContainerState(
        text_of(item, "name"),
        state,
        ready=item.get("ready") is True,
        reason=text_of(details, "reason"),
        message=text_of(details, "message"),
        restart_count=restarts if type(restarts) is int else 0,
        exit_code=_exit_code(last),
        last_reason=text_of(object_of(last, "terminated"), "reason"),
    )


def _exit_code(states: JsonObject) -> int | None:
    """The exit code of a ContainerState that has ended; 0 to 255 on Linux."""
    code = object_of(states, "terminated").get("exitCode")
    return code if type(code) is int and abs(code) < _MAX_EXIT_CODE else None
