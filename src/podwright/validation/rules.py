"""Every rule a manifest is judged by; `docs/rules.md` has a section for each, and a test keeps the two in step."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Concern(Enum):
    """Whose objection a finding is: the kubelet would refuse the file, the API its mirror pod, or it is unwise.

    NEWER_API: the API refuses the mirror pod if it is newer than the kubelet, which nobody knows offline.
    """

    KUBELET = "kubelet"
    MIRROR = "mirror"
    NEWER_API = "newer-api"
    WISE = "wise"


class Rule(Struct, frozen=True):
    """A rule's id, whose objection it is, its severity, and one line on what it finds.

    An error stops a push, a warning is what a careful operator would act on, and a note what many good manifests have:
    it is shown only on request.
    """

    id: str
    concern: Concern
    severity: str
    finds: str


def _kubelet(name: str, finds: str) -> Rule:
    return Rule(name, Concern.KUBELET, "error", finds)


def _mirror(name: str, finds: str) -> Rule:
    return Rule(name, Concern.MIRROR, "error", finds)


def _unwise(name: str, finds: str) -> Rule:
    return Rule(name, Concern.WISE, "error", finds)


def _advice(name: str, finds: str) -> Rule:
    return Rule(name, Concern.WISE, "warning", finds)


def _note(name: str, finds: str) -> Rule:
    return Rule(name, Concern.WISE, "note", finds)


_ALL = (
    _kubelet("template", "a template that cannot be rendered, so that there is no manifest"),
    _kubelet("unreadable", "bytes that Go's YAML or JSON decoder refuses, or 10 MiB and more"),
    _kubelet("wrong-kind", "a file that is not a `v1` `Pod`"),
    _kubelet("wrong-type", "a value of another type than its field has"),
    _kubelet("pod-name", "a pod without a name, or whose name with the node's suffix is not a DNS name"),
    _kubelet("namespace", "a namespace that is not a DNS label"),
    _kubelet("labels", "label keys and values of a wrong form"),
    _kubelet("annotations", "annotation keys of a wrong form, or more than 256 KiB of them"),
    _kubelet("owner-references", "owners without kind, name or uid"),
    _kubelet("finalizers", "finalizers of a wrong form"),
    _kubelet("managed-fields", "managed fields of a wrong form"),
    _kubelet("containers-missing", "a pod without containers"),
    _kubelet("container-name", "containers without a name, with a wrong or a repeated one"),
    _kubelet("image", "containers without an image, or blanks around it"),
    _kubelet("pull-policy", "an unknown `imagePullPolicy`"),
    _kubelet("termination-message", "an unknown `terminationMessagePolicy`"),
    _kubelet("ports", "ports out of range, with wrong or repeated names or an unknown protocol"),
    _kubelet(
        "host-port",
        "a port of the node taken twice, or one that differs from the container's on the host network",
    ),
    _kubelet("env", "environment variables with wrong names or sources"),
    _kubelet("field-reference", "references to fields and resources that a container cannot be given"),
    _kubelet("resources", "unknown resources, negative or fractional amounts, requests above limits"),
    _kubelet("resize-policy", "resize policies of a wrong form"),
    _kubelet("probe", "probes without a handler, with more than one, or with numbers out of range"),
    _kubelet(
        "lifecycle", "lifecycle hooks without a handler, with more than one, or longer than the grace period"
    ),
    _kubelet("init-container", "fields that an init container may not have"),
    _kubelet("container-restart", "a container's own restart policy or rules of a wrong form"),
    _kubelet("volume", "volumes with wrong names, more than one source, or incomplete sources"),
    _kubelet("mount", "mounts and devices without a volume, or two at one path"),
    _kubelet("restart-policy", "an unknown `restartPolicy`"),
    _kubelet("dns", "DNS policies and settings of a wrong form"),
    _kubelet("hostname", "host names and subdomains of a wrong form"),
    _kubelet("host-aliases", "host aliases that are not an address or a name"),
    _kubelet(
        "security-context", "users, groups and privileges that contradict each other or are out of range"
    ),
    _kubelet("profiles", "seccomp and AppArmor profiles of a wrong form"),
    _kubelet("sysctl", "sysctls of a wrong form, or of a namespace that is the host's"),
    _kubelet("scheduling", "node selectors, affinities, tolerations and spreading of a wrong form"),
    _kubelet("deadline", "an `activeDeadlineSeconds` below 1"),
    _kubelet("service-account", "a service account's name of a wrong form"),
    _kubelet("priority-class", "a priority class's name of a wrong form"),
    _kubelet("runtime-class", "a runtime class's name of a wrong form, or overhead without one"),
    _kubelet("preemption", "an unknown `preemptionPolicy`"),
    _kubelet("pod-os", "an unknown operating system, or fields that it may not have"),
    _kubelet("readiness-gates", "readiness gates of a wrong form"),
    _kubelet("scheduling-gates", "scheduling gates, which a static pod may not have"),
    _kubelet("ephemeral-containers", "ephemeral containers, which a manifest may not have"),
    _kubelet("resource-claims", "resource claims of a wrong form"),
    _kubelet(
        "api-reference", "references to Secrets, ConfigMaps, service accounts, claims and other API objects"
    ),
    _mirror(
        "never-runs", "a mirror annotation or a deletion time, with which the kubelet never runs the pod"
    ),
    _mirror("resource-version", "a `resourceVersion`, with which the API refuses the mirror pod"),
    _mirror("priority", "a priority that differs from what the API computes"),
    _mirror("mirror-too-large", "a pod larger than etcd takes"),
    _mirror("not-admitted", "a pod that the kubelet of this node does not admit"),
    _mirror("missing-namespace", "a namespace that the cluster does not have"),
    _mirror("missing-runtime-class", "a runtime class that the cluster does not have"),
    _unwise(
        "unknown-field", "fields that Kubernetes does not know, which the kubelet drops without an error"
    ),
    _unwise("repeated-key", "a key that occurs twice in one mapping, of which the kubelet takes the last"),
    _unwise("more-documents", "further YAML documents, which the kubelet never reads"),
    _unwise("fixed-uid", "a `metadata.uid`, with which later changes are ignored"),
    _unwise("kept-by-finalizer", "finalizers, which keep the mirror pod after a removal"),
    _unwise(
        "special-file",
        "a file of the folder that is neither a file nor a folder; a pipe stops the kubelet's reader",
    ),
    _unwise("other-node", "a `nodeName` that is not this node's"),
    _unwise("same-pod", "another file of the folder that defines the same pod"),
    _unwise("port-collision", "a port of the node that two manifests take"),
    _advice(
        "stray-folder",
        "a folder, or a link to nothing, inside the manifest folder, which the kubelet does not read",
    ),
    _advice("overwritten", "fields that the kubelet overwrites"),
    _advice("image-tag", "images by the tag `latest`, or by no tag and no digest"),
    _advice("plain-secret", "environment variables that look like secrets, with their value in the manifest"),
    _advice("service-links", "service links, which make a static pod's environment differ between starts"),
    _advice("unused-volume", "volumes that no container mounts"),
    _advice("file-mode", "files that users other than their owner may write"),
    _note("unchecked", "what depends on the node or the cluster"),
    _note("no-requests", "containers that request neither CPU nor memory"),
    _note("host-path-type", "`hostPath` volumes without a type"),
    _note("no-readiness", "a liveness probe without a readiness probe"),
    _note("privileged", "privileged containers"),
)
RULES = {rule.id: rule for rule in _ALL}
#: The rules that a site may silence: it would not help to silence what the kubelet or the API refuses.
SILENCEABLE = frozenset(rule.id for rule in _ALL if rule.concern is Concern.WISE)
