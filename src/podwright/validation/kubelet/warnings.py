"""What no kubelet refuses although it does not do what it says."""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, number, text
from podwright.suggestion import did_you_mean
from podwright.validation.checks import names
from podwright.validation.findings import shown
from podwright.validation.kubelet.durations import seconds
from podwright.validation.kubelet.gates import is_on, known_gates
from podwright.validation.kubelet.verdict import Found, Host

_PERIODS = ("fileCheckFrequency", "httpCheckFrequency", "nodeStatusUpdateFrequency")


def warn(config: Record, minor: int, host: Host, found: Found) -> None:
    known = known_gates(minor)
    for name in child(config, "featureGates"):
        if name not in known:
            hint = f"{did_you_mean(name, known)} the kubelet ignores unknown gates".lstrip()
            found.warn(("featureGates", name), f"is not a feature gate of Kubernetes 1.{minor}", hint)
    for field in _PERIODS:
        if seconds(config.get(field)) < 0:
            found.warn((field,), "is negative")
    _warn_of_user_ids(config, minor, found)
    folder = text(config, "staticPodPath")
    if folder and not folder.startswith("/"):
        found.warn(("staticPodPath",), f"is {shown(folder)}, which is relative to where the kubelet starts")
    elif folder in host.missing:
        found.warn(("staticPodPath",), f"is {shown(folder)}, which is not on the node")
    if text(config, "cgroupDriver") not in ("cgroupfs", "systemd"):
        found.warn(("cgroupDriver",), f"is {shown(text(config, 'cgroupDriver'))}, which there is not")
    if number(config, "healthzPort") and names.ip_address(text(config, "healthzBindAddress"), strict=False):
        found.warn(("healthzBindAddress",), "is not an address: nothing will answer there")
    if number(config, "podPidsLimit") < -1:
        found.warn(("podPidsLimit",), "is below -1, which sets no limit")


def _warn_of_user_ids(config: Record, minor: int, found: Found) -> None:
    """Source: pkg/kubelet `getKubeletMappings`: without subordinate IDs of that user, pods share the whole range."""
    each = number(child(config, "userNamespaces"), "idsPerPod")
    gates = child(config, "featureGates")
    if each & (each - 1) and not found.refused and is_on("UserNamespacesSupport", gates, minor):
        found.warn(
            ("userNamespaces", "idsPerPod"),
            f"is {each}, which only a node takes whose user `kubelet` has subordinate IDs in multiples of it",
        )
