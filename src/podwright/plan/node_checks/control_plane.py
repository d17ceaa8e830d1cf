"""Checks of a node that is, or is to be, one of a control plane."""

from __future__ import annotations

from podwright.plan.facts import ListeningPort
from podwright.plan.images import CONTROL_PLANE
from podwright.plan.node_checks.check import (
    PLANE,
    Check,
    Judged,
    Severity,
    Subject,
    held,
    known,
    manifest_folder,
    not_applicable,
    unknown,
)
from podwright.plan.unknown_fact import Unknown
from podwright.validation.versions import minor_of

#: from this minor version on nothing needs the program
_WITHOUT_CONNTRACK = 32
_OF_A_MEMBER = (
    "/etc/kubernetes/kubelet.conf",
    "/etc/kubernetes/bootstrap-kubelet.conf",
    "/etc/kubernetes/pki/ca.crt",
)
#: each port and who may listen there
PORTS = {
    6443: "kube-apiserver", 10259: "kube-scheduler", 10257: "kube-controller-manager", 10250: "kubelet",
    2379: "etcd", 2380: "etcd",
}  # fmt: skip


def _ports(subject: Subject) -> Judged:
    def judge(listening: tuple[ListeningPort, ...]) -> Judged:
        # the kernel cuts a process's name at 15 characters
        taken = [
            f"{one.port} by {one.process}"
            for one in listening
            if one.protocol == "tcp" and one.port in PORTS and isinstance(one.process, str)
            if one.process[:15] != PORTS[one.port][:15]
        ]
        return held(
            not taken, "; ".join(dict.fromkeys(taken)) or "free, or their own", "free ports", "/proc/net/tcp"
        )

    return known(subject.facts.ports, judge)


def _manifests(subject: Subject) -> Judged:
    folder = manifest_folder(subject.facts)
    here = [one for one in subject.facts.files if one.path.startswith(f"{folder}/")]
    names = {one.path.rpartition("/")[2].removesuffix(".yaml") for one in here}
    own = [name for name in CONTROL_PLANE if name != "etcd"]
    if not names & set(own):
        return not_applicable("it runs no control plane")
    missing = [name for name in own if name not in names]
    seen = f"without {', '.join(missing)}" if missing else "all are there"
    return held(not missing, seen, ", ".join(own), folder)


def _joined(subject: Subject) -> Judged:
    manifests = {f"{manifest_folder(subject.facts)}/{name}.yaml" for name in CONTROL_PLANE}
    left = [
        *(path for path in _OF_A_MEMBER if path in subject.facts.paths),
        *sorted(manifests & {one.path for one in subject.facts.files}),
    ]
    left = [] if subject.facts.kubelet.running else left
    seen = f"{', '.join(left)}, and no kubelet runs" if left else "none is left"
    return held(not left, seen, "none", ", ".join(left))


def _conntrack(subject: Subject) -> Judged:
    def judge(version: str) -> Judged:
        if (minor_of(version) or 0) >= _WITHOUT_CONNTRACK:
            return not_applicable(f"nothing of {version} starts it")
        return known(
            subject.facts.tools,
            lambda tools: held(
                "conntrack" in tools, "there" if "conntrack" in tools else "missing", "conntrack", "PATH"
            ),
        )

    return known(subject.facts.kubelet.version, judge)


def _named(subject: Subject) -> Judged:
    """By /etc/hosts, otherwise as the node's own resolver answered."""
    name = subject.facts.identity.host_name
    if isinstance(name, Unknown):
        return unknown(name.reason)
    if name in subject.facts.local_names:
        return held(good=True, seen=name, expected="an address", source="/etc/hosts")
    return known(
        subject.facts.network.host_name_resolves,
        lambda found: held(found, name if found else f"no address of `{name}`", "an address", "getent hosts"),
    )


CHECKS = (
    Check(
        "control-plane-ports", Severity.ERROR, PLANE, "ports of a control plane are taken by others",
        "its programs cannot listen", "stop the process that has them", _ports,
    ),
    Check(
        "control-plane-manifests", Severity.ERROR, PLANE, "parts of the control plane have no manifest",
        "it is not whole: a run of kubeadm may have been interrupted", "`kubeadm init phase control-plane all`",
        _manifests,
    ),
    Check(
        "join-left", Severity.WARNING, PLANE, "files of a cluster are there, but no kubelet runs",
        "kubeadm refuses to make or to join a cluster with them",
        "start the kubelet if the node is in that cluster, otherwise `kubeadm reset`", _joined,
    ),
    Check(
        "control-plane-conntrack", Severity.ERROR, PLANE, "there is no conntrack",
        "before 1.32 kubeadm refuses the node, and kube-proxy keeps dead connections", "install conntrack",
        _conntrack, "packages: [conntrack]",
    ),
    Check(
        "host-name-known", Severity.WARNING, PLANE, "the host name does not resolve on the node",
        "kubeadm asks for it, and programs that look themselves up fail", "add it to /etc/hosts, or to DNS", _named,
    ),
)  # fmt: skip
