"""The fields that a pod and a container have; the API server drops all others without a word."""

from __future__ import annotations

from podwright_lab.api.objects import Object

_SPEC = frozenset(
    [
        "activeDeadlineSeconds",
        "affinity",
        "automountServiceAccountToken",
        "containers",
        "dnsConfig",
        "dnsPolicy",
        "enableServiceLinks",
        "ephemeralContainers",
        "hostAliases",
        "hostIPC",
        "hostNetwork",
        "hostPID",
        "hostUsers",
        "hostname",
        "hostnameOverride",
        "imagePullSecrets",
        "initContainers",
        "nodeName",
        "nodeSelector",
        "os",
        "overhead",
        "preemptionPolicy",
        "priority",
        "priorityClassName",
        "readinessGates",
        "resourceClaims",
        "resources",
        "restartPolicy",
        "runtimeClassName",
        "schedulerName",
        "schedulingGates",
        "securityContext",
        "serviceAccount",
        "serviceAccountName",
        "setHostnameAsFQDN",
        "shareProcessNamespace",
        "subdomain",
        "terminationGracePeriodSeconds",
        "tolerations",
        "topologySpreadConstraints",
        "volumes",
        "workloadRef",
    ]
)
_CONTAINER = frozenset(
    [
        "args",
        "command",
        "env",
        "envFrom",
        "image",
        "imagePullPolicy",
        "lifecycle",
        "livenessProbe",
        "name",
        "ports",
        "readinessProbe",
        "resizePolicy",
        "resources",
        "restartPolicy",
        "restartPolicyRules",
        "securityContext",
        "startupProbe",
        "stdin",
        "stdinOnce",
        "terminationMessagePath",
        "terminationMessagePolicy",
        "tty",
        "volumeDevices",
        "volumeMounts",
        "workingDir",
    ]
)
#: Strings that are left out of JSON when they are empty.
_OMITTED_EMPTY = (
    "serviceAccountName",
    "serviceAccount",
    "nodeName",
    "priorityClassName",
    "hostname",
    "subdomain",
)


_POD = frozenset(("apiVersion", "kind", "metadata", "spec", "status"))


def unknown_fields(pod: Object) -> list[str]:
    """Paths of the fields that `known_spec` and the server drop, as a strict decoder names them."""
    paths = sorted(set(pod) - _POD)
    spec = pod.get("spec")
    if not isinstance(spec, dict):
        return paths
    for group in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(group) or ()):
            if isinstance(container, dict):
                paths += [f"spec.{group}[{index}].{name}" for name in sorted(set(container) - _CONTAINER)]
    return paths + [f"spec.{name}" for name in sorted(set(spec) - _SPEC)]


def known_spec(spec: Object) -> Object:
    """`spec` without unknown fields, nulls and empty strings without meaning."""
    known = {name: value for name, value in spec.items() if name in _SPEC and value is not None}
    for name in _OMITTED_EMPTY:
        if known.get(name) == "":
            del known[name]
    for group in ("containers", "initContainers"):
        if isinstance(known.get(group), list):
            known[group] = [_known_container(container) for container in known[group]]
    return known


def _known_container(container: object) -> object:
    if not isinstance(container, dict):
        return container
    return {name: value for name, value in container.items() if name in _CONTAINER and value is not None}
