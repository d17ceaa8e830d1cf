"""Who may create and change what: the admission plugins that mirror pods meet, in the API server's order."""

from __future__ import annotations

from collections.abc import Callable

from podwright_lab.api.api_error import ApiError, bad_request, forbidden, not_found
from podwright_lab.api.decoding import check_types
from podwright_lab.api.defaults import default_regular_pod
from podwright_lab.api.journal import Key
from podwright_lab.api.kinds import Kind
from podwright_lab.api.objects import Object, clone
from podwright_lab.api.podsecurity import security_refusal
from podwright_lab.api.quota import quota_refusal
from podwright_lab.api.references import first_reference
from podwright_lab.api.updating import MIRROR_ANNOTATION

Read = Callable[[str], dict[Key, Object]]
_NODE_USER = "system:node:"
_IMMORTAL = ("default", "kube-public", "kube-system")


def node_of(user: str) -> str | None:
    """The node that a user is the kubelet of."""
    return user.removeprefix(_NODE_USER) if user.startswith(_NODE_USER) else None


def admit_create(kind: Kind, obj: Object, user: str, read: Read) -> Object:
    """Return a copy of `obj` as the mutating plugins leave it; raises ApiError if one refuses."""
    _check_type(kind, obj)
    check_types(kind.kind, obj)
    admitted: Object = clone(obj)
    metadata = admitted.setdefault("metadata", {})
    if kind.namespaced:
        _namespace_takes(kind, metadata, read)
    node = node_of(user)
    if kind.plural == "pods":
        if node is not None:
            _admit_mirror(admitted, node, read)
        _resolve_priority(admitted, read)
        _resolve_runtime_class(admitted)
        if MIRROR_ANNOTATION not in (metadata.get("annotations") or {}):
            default_regular_pod(admitted.setdefault("spec", {}))
    elif kind.plural == "nodes" and node is not None and metadata.get("name") != node:
        raise forbidden(
            "nodes",
            metadata.get("name", ""),
            f'node "{node}" is not allowed to modify node "{metadata.get("name")}"',
        )
    return admitted


def admit_stored(kind: Kind, target: Object, read: Read) -> None:
    """The validating plugins, which see the object as it would be stored; raises ApiError 403."""
    if kind.plural != "pods":
        return
    name, namespace = target["metadata"]["name"], target["metadata"]["namespace"]
    quotas = _of(read("resourcequotas"), namespace)
    why = security_refusal(target, read("namespaces")[("", namespace)])
    why = why or (quota_refusal(target, quotas, _of(read("pods"), namespace)) if quotas else None)
    if why:
        raise forbidden("pods", name, why)


def _of(objects: dict[Key, Object], namespace: str) -> list[Object]:
    return [objects[key] for key in sorted(objects) if key[0] == namespace]


def admit_delete(kind: Kind, target: Object, user: str) -> None:
    """Raises ApiError 403 if NodeRestriction or NamespaceLifecycle keep an object."""
    admit_write(kind, target, user, "delete")
    name = target["metadata"]["name"]
    if kind.plural == "namespaces" and name in _IMMORTAL:
        raise forbidden("namespaces", name, "this namespace may not be deleted")


def admit_write(kind: Kind, target: Object, user: str, verb: str) -> None:
    """Keep a kubelet to its own node and that node's pods (NodeRestriction); raises ApiError 403."""
    node = node_of(user)
    if node is None:
        return
    name = target["metadata"]["name"]
    if kind.plural == "nodes" and name != node:
        raise forbidden("nodes", name, f'node "{node}" is not allowed to modify node "{name}"')
    if kind.plural != "pods":
        return
    if verb == "update":
        raise forbidden(
            "pods",
            name,
            f'unexpected operation "UPDATE", node "{node}" can only create and delete mirror pods',
        )
    if target["spec"].get("nodeName") != node:
        what = "delete pods" if verb == "delete" else "update pod status for pods"
        raise forbidden("pods", name, f'node "{node}" can only {what} with spec.nodeName set to itself')


def _check_type(kind: Kind, obj: Object) -> None:
    given, version = obj.get("kind") or kind.kind, str(obj.get("apiVersion") or kind.api_version)
    problem = ""
    if (given, version) != (kind.kind, kind.api_version):
        scheme = "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"
        problem = f'no kind "{given}" is registered for version "{version}" in scheme "{scheme}"'
    elif not isinstance(obj.get("metadata") or {}, dict):
        problem = "json: cannot unmarshal into Go struct field .metadata of type v1.ObjectMeta"
    if problem:
        short = version.rpartition("/")[2]
        raise bad_request(f'{kind.kind} in version "{short}" cannot be handled as a {kind.kind}: {problem}')


def _namespace_takes(kind: Kind, metadata: Object, read: Read) -> None:
    name = metadata.get("namespace") or "default"
    namespace = read("namespaces").get(("", name))
    if namespace is None:
        raise not_found("namespaces", name)
    if "deletionTimestamp" in namespace["metadata"]:
        why = f"unable to create new content in namespace {name} because it is being terminated"
        raise forbidden(kind.plural, metadata.get("name", ""), why)


def _admit_mirror(pod: Object, node: str, read: Read) -> None:
    """NodeRestriction's `admitPodCreate` (`plugin/pkg/admission/noderestriction/admission.go`)."""
    why = _mirror_refusal(pod, node, read)
    if why:
        raise forbidden("pods", pod["metadata"].get("name", ""), why)


def _mirror_refusal(pod: Object, node: str, read: Read) -> str | None:
    metadata = pod["metadata"]
    if MIRROR_ANNOTATION not in (metadata.get("annotations") or {}):
        return (
            f'pod does not have "{MIRROR_ANNOTATION}" annotation, node "{node}" can only create mirror pods'
        )
    if (pod.get("spec") or {}).get("nodeName") != node:
        return f'node "{node}" can only create pods with spec.nodeName set to itself'
    owners = metadata.get("ownerReferences") or []
    if len(owners) != 1 or (owners[0].get("apiVersion"), owners[0].get("kind"), owners[0].get("name")) != (
        "v1",
        "Node",
        node,
    ):
        return f'node "{node}" can only create pods with an owner reference set to itself'
    if not owners[0].get("controller"):
        return f'node "{node}" can only create pods with a controller owner reference set to itself'
    if owners[0].get("blockOwnerDeletion"):
        return f'node "{node}" must not set blockOwnerDeletion on an owner reference'
    known = read("nodes").get(("", node))
    if known is None:
        return f'error looking up node {node} to verify uid: nodes "{node}" not found'
    if known["metadata"]["uid"] != owners[0].get("uid"):
        return f"node {node} UID mismatch: expected {known['metadata']['uid']} got {owners[0].get('uid')}"
    resource = first_reference(pod)
    return f'node "{node}" can not create pods that reference {resource}' if resource else None


def _resolve_priority(pod: Object, read: Read) -> None:
    """Priority admission (`plugin/pkg/admission/priority/admission.go`)."""
    spec = pod.setdefault("spec", {})
    name = pod["metadata"].get("name", "")
    class_name, priority, policy = spec.get("priorityClassName"), 0, None
    if class_name:
        found = read("priorityclasses").get(("", class_name))
        if found is None:
            raise forbidden("pods", name, f"no PriorityClass with name {class_name} was found")
        priority, policy = found.get("value", 0), found.get("preemptionPolicy")
    if spec.get("priority") not in (None, priority):
        why = (
            f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
            f"priority admission controller computed {priority} from the given PriorityClass name"
        )
        raise forbidden("pods", name, why)
    spec["priority"] = priority
    if policy and not spec.get("preemptionPolicy"):
        spec["preemptionPolicy"] = policy


def _resolve_runtime_class(pod: Object) -> None:
    runtime_class = pod["spec"].get("runtimeClassName")
    if runtime_class:
        why = f'pod rejected: RuntimeClass "{runtime_class}" not found'
        raise ApiError(403, "Forbidden", f'pods "{pod["metadata"].get("name", "")}" is forbidden: {why}')
