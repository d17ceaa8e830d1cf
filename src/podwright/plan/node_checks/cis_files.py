"""Items of the CIS Kubernetes Benchmark 1.12 on files: who owns what is critical, and who may read it (1.1.x and 4.1.x)."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from fnmatch import fnmatchcase

from podwright.plan.facts import Rights
from podwright.plan.node_checks.check import (
    Check,
    Judged,
    Profile,
    Severity,
    Subject,
    held,
    manifest_folder,
    not_applicable,
)
from podwright.plan.unknown_fact import Unknown

_CIS = (Profile.CIS,)
#: the benchmark leaves these to a person
_MANUAL = ("1.1.9", "1.1.10")
#: stands for the folder that the kubelet reads
_MANIFESTS, _PKI = "MANIFESTS", "/etc/kubernetes/pki"
#: files by name: the id for their mode, that for their owner, which they are, the widest mode, the owner
_FILES: tuple[tuple[str, str, tuple[str, ...], int, str], ...] = (
    ("1.1.1", "1.1.2", (f"{_MANIFESTS}/kube-apiserver.yaml",), 0o600, "root:root"),
    ("1.1.3", "1.1.4", (f"{_MANIFESTS}/kube-controller-manager.yaml",), 0o600, "root:root"),
    ("1.1.5", "1.1.6", (f"{_MANIFESTS}/kube-scheduler.yaml",), 0o600, "root:root"),
    ("1.1.7", "1.1.8", (f"{_MANIFESTS}/etcd.yaml",), 0o600, "root:root"),
    ("1.1.9", "1.1.10", ("/etc/cni/net.d/*",), 0o600, "root:root"),
    ("1.1.11", "1.1.12", ("/var/lib/etcd",), 0o700, "etcd:etcd"),
    (
        "1.1.13",
        "1.1.14",
        ("/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf"),
        0o600,
        "root:root",
    ),
    ("1.1.15", "1.1.16", ("/etc/kubernetes/scheduler.conf",), 0o600, "root:root"),
    ("1.1.17", "1.1.18", ("/etc/kubernetes/controller-manager.conf",), 0o600, "root:root"),
    ("1.1.20", "", (f"{_PKI}/*.crt",), 0o644, ""),
    ("1.1.21", "", (f"{_PKI}/*.key",), 0o600, ""),
    ("", "1.1.19", (_PKI, f"{_PKI}/*"), 0, "root:root"),
    ("4.1.1", "4.1.2", ("*/kubelet.service", "*/kubelet.service.d/*.conf"), 0o600, "root:root"),
)


def _chosen(subject: Subject, patterns: tuple[str, ...]) -> list[Rights]:
    return [one for one in subject.facts.files if any(fnmatchcase(one.path, pattern) for pattern in patterns)]


def _told(wrong: list[str], count: int) -> str:
    more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
    return f"{'; '.join(wrong[:5])}{more}" if wrong else f"{count} as expected"


def _command(command: str, paths: list[str]) -> str:
    return f"`{command} {shlex.join(paths)}`"


def _mode(patterns: Callable[[Subject], tuple[str, ...]], widest: int) -> Callable[[Subject], Judged]:
    def judge(subject: Subject) -> Judged:
        found = _chosen(subject, patterns(subject))
        if not found:
            return not_applicable("there is no such file")
        wrong = [f"{one.path} is {one.mode}" for one in found if int(one.mode, 8) & ~widest]
        mend = _command(f"chmod {widest:o}", [one.path for one in found if int(one.mode, 8) & ~widest])
        return held(not wrong, _told(wrong, len(found)), f"{widest:o} or more restrictive", "stat", mend)

    return judge


def _owner(patterns: Callable[[Subject], tuple[str, ...]], owner: str) -> Callable[[Subject], Judged]:
    def judge(subject: Subject) -> Judged:
        found = _chosen(subject, patterns(subject))
        if not found:
            return not_applicable("there is no such file")
        wrong = [
            f"{one.path} is {one.owner}:{one.group}" for one in found if f"{one.owner}:{one.group}" != owner
        ]
        others = [one.path for one in found if f"{one.owner}:{one.group}" != owner]
        return held(not wrong, _told(wrong, len(found)), owner, "stat", _command(f"chown {owner}", others))

    return judge


def _of(patterns: tuple[str, ...]) -> Callable[[Subject], tuple[str, ...]]:
    return lambda subject: tuple(
        pattern.replace(_MANIFESTS, manifest_folder(subject.facts)) for pattern in patterns
    )


def _named_by(name: str) -> Callable[[Subject], tuple[str, ...]]:
    """The file that the kubelet's own configuration names, as it is used."""

    def patterns(subject: Subject) -> tuple[str, ...]:
        config = subject.facts.kubelet.config
        found = None if isinstance(config, Unknown) else config.get(name)
        return (str(found.value),) if found else ()

    return patterns


def _of_kube_proxy(subject: Subject) -> tuple[str, ...]:
    """The node's own; in a pod it is a volume's, which no login to the node reaches."""
    found = subject.facts.kube_proxy
    return () if isinstance(found, Unknown) or not found.kubeconfig else (found.kubeconfig,)


def _file_checks(
    ids: tuple[str, str], patterns: Callable[[Subject], tuple[str, ...]], widest: int, owner: str, what: str
) -> tuple[Check, ...]:
    why = "who may write or read it may take over the cluster, or impersonate its parts"
    checks = (
        (ids[0], f"the mode of {what} is too wide", f"`chmod {widest:o} FILE`", _mode(patterns, widest)),
        (ids[1], f"the owner of {what} is not {owner}", f"`chown {owner} FILE`", _owner(patterns, owner)),
    )
    return tuple(
        Check(f"cis-{item}", _severity(item), _CIS, problem, why, mend, judge)
        for item, problem, mend, judge in checks
        if item
    )


def _severity(item: str) -> Severity:
    return Severity.WARNING if item in _MANUAL else Severity.ERROR


#: files that the kubelet is told of, as it uses them
_NAMED = (
    ("4.1.3", "4.1.4", _of_kube_proxy, 0o600, "kube-proxy's kubeconfig"),
    ("4.1.5", "4.1.6", _named_by("--kubeconfig"), 0o600, "the kubelet's kubeconfig"),
    (
        "4.1.7",
        "4.1.8",
        _named_by("authentication.x509.clientCAFile"),
        0o644,
        "the authority of the kubelet's clients",
    ),
    ("4.1.9", "4.1.10", _named_by("--config"), 0o600, "the kubelet's configuration"),
)
CHECKS = (
    *(
        check
        for mode, owned, patterns, widest, owner in _FILES
        for check in _file_checks(
            (mode, owned), _of(patterns), widest, owner, patterns[0].removeprefix(f"{_MANIFESTS}/")
        )
    ),
    *(
        check
        for mode, owned, named, widest, what in _NAMED
        for check in _file_checks((mode, owned), named, widest, "root:root", what)
    ),
)
