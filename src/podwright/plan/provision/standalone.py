"""What makes a kubelet without a cluster: its unit, the least safe configuration, folders, and the endpoint for crictl."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from podwright.inventory.provisioning import KubeletEntry
from podwright.plan.provision.kubelet_asks import STANDALONE

MAIN = "/etc/kubernetes/kubelet-standalone.conf"
CRICTL = "/etc/crictl.yaml"
STATIC_PODS = "/etc/kubernetes/manifests"
KIND = {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration"}
_UNIT = """\
[Unit]
Description=kubelet of a node without a cluster
Wants={unit}
After={unit}
StartLimitIntervalSec=0

[Service]
ExecStart={start}
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
"""
#: a package's own drop-ins would give it a cluster
_DROP_IN = """\
[Service]
EnvironmentFile=
ExecStart=
ExecStart={start}
"""


def static_pods_of(entry: KubeletEntry) -> str:
    return str(entry.settings.get("staticPodPath") or STATIC_PODS).rstrip("/")


def folders(entry: KubeletEntry) -> tuple[str, ...]:
    return static_pods_of(entry), entry.config_dir


def files(entry: KubeletEntry) -> Iterator[tuple[str, str, str]]:
    """Path, mode and text."""
    start = f"{entry.program} --config={MAIN} --config-dir={entry.config_dir}"
    unit = "crio.service" if "crio" in entry.runtime else "containerd.service"
    yield f"/etc/systemd/system/{entry.service}.service", "644", _UNIT.format(unit=unit, start=start)
    yield drop_in_of(entry), "644", _DROP_IN.format(start=start)
    yield MAIN, "600", json.dumps(least(entry), indent=2) + "\n"
    yield CRICTL, "644", f"runtime-endpoint: {entry.runtime}\nimage-endpoint: {entry.runtime}\n"


def drop_in_of(entry: KubeletEntry) -> str:
    return f"/etc/systemd/system/{entry.service}.service.d/{STANDALONE}"


def least(entry: KubeletEntry) -> Mapping[str, object]:
    """Nobody can log in to its own port, as nobody could be asked who somebody is; it listens to this machine only."""
    return {
        **KIND,
        "staticPodPath": static_pods_of(entry),
        "containerRuntimeEndpoint": entry.runtime,
        "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "address": "127.0.0.1",
        "readOnlyPort": 0,
    }
