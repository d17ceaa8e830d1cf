"""Nodes of a control plane as kubeadm makes them, for tests of what is between them."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.copies import replace
from tests.fakes.machines import facts, kubelet, observation, subject

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.facts import ListeningPort, Network, Route
from podwright.plan.node_checks.check import Subject
from podwright.plan.observed import FileKind, ObservedFile

API = "10.0.0.100:6443"


def static_pod(name: str, image: str, /, **flags: str) -> ObservedFile:
    """A file of the manifest folder; `etcd_servers` is `--etcd-servers`."""
    words = [name, *(f"--{flag.replace('_', '-')}={value}" for flag, value in flags.items())]
    text = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: kube-system}}
spec:
  hostNetwork: true
  containers:
  - {{name: {name}, image: "registry.k8s.io/{image}", command: {words!r}}}
"""
    return ObservedFile(f"{name}.yaml", FileKind.REGULAR, manifest=Manifest.parse(Workload(name), text))


def etcd(number: int, members: tuple[int, ...], version: str = "3.6.4-0") -> ObservedFile:
    cluster = ",".join(f"cp-{one}=https://10.0.0.{one}:2380" for one in members)
    return static_pod(
        "etcd",
        f"etcd:{version}",
        initial_cluster=cluster,
        initial_advertise_peer_urls=f"https://10.0.0.{number}:2380",
        advertise_client_urls=f"https://10.0.0.{number}:2379",
    )


def control_plane(
    number: int,
    members: tuple[int, ...] = (1, 2, 3),
    *,
    api: str = "v1.34.1",
    others: Mapping[str, str] | None = None,
    servers: str = "https://127.0.0.1:2379",
    etcd_version: str = "3.6.4-0",
    **changes: object,
) -> Subject:
    """`cp-N` at 10.0.0.N; no etcd without members, `changes` are of its facts."""
    parts = {"kube-controller-manager": api, "kube-scheduler": api, **(others or {})}
    files = [static_pod("kube-apiserver", f"kube-apiserver:{api}", etcd_servers=servers)]
    files += [static_pod(name, f"{name}:{version}") for name, version in parts.items()]
    files += [etcd(number, members, etcd_version)] if members else []
    own = f"10.0.0.{number}"
    ports = tuple(ListeningPort("tcp", own, port, "x", 1) for port in (6443, 10250, 2379, 2380))
    plain = {"kubelet": kubelet(api=API), "network": network(own), "ports": ports}
    return subject(f"cp-{number}", seen=observation(files=tuple(files)), **{**plain, **changes})


def worker(name: str = "w-1", version: str = "1.34.1", api: str = API) -> Subject:
    return subject(name, kubelet=kubelet(api=api, version=version), network=network("10.0.0.9"))


def network(address: str) -> Network:
    return replace(
        facts().network, addresses=(address, "127.0.0.1"), route=Route(address, "eth0", "10.0.0.254")
    )
