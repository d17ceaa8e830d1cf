"""Checks of the container runtime: whether it answers, and agrees with the kubelet and with crictl."""

from __future__ import annotations

import json

from podwright.plan.kubelet_state import Setting
from podwright.plan.node_checks.check import (
    BOTH,
    Check,
    Judged,
    Result,
    Severity,
    Subject,
    held,
    in_inventory,
    known,
    not_applicable,
    setting,
    unknown,
)
from podwright.plan.unknown_fact import Unknown
from podwright.validation.versions import minor_of

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_ASKS_SINCE = 31
_CONFIGURED, _HAVE_THEIR_OWN = "/etc/crictl.yaml", ("k3s", "rke2")
#: by crictl if it is not configured
_TRIED = ("/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock")


def _runtime(subject: Subject) -> Judged:
    runtime = subject.facts.runtime
    failed = isinstance(runtime.name, Unknown) and runtime.name.reason.startswith("crictl failed")
    if isinstance(runtime.name, Unknown) and not failed:
        return unknown(runtime.name.reason)
    seen = runtime.name.reason if isinstance(runtime.name, Unknown) else f"{runtime.name} {runtime.version}"
    return held(not failed, seen, "a runtime that answers", runtime.endpoint)


def _drivers(subject: Subject) -> Judged:
    theirs = subject.facts.runtime.cgroup_driver
    if isinstance(theirs, Unknown):
        return unknown(theirs.reason)
    worst = Result.WARN if _asks_runtime(subject) else Result.FAIL

    def judge(mine: Setting) -> Judged:
        result = Result.PASS if mine.value == theirs else worst
        provision = in_inventory(f"cgroupDriver: {theirs}")
        seen = f"kubelet {mine.value}, runtime {theirs}"
        return Judged(result, seen, theirs, mine.source, provision=provision)

    return known(setting(subject.facts, "cgroupDriver", default="cgroupfs"), judge)


def _asks_runtime(subject: Subject) -> bool:
    """Whether the kubelet asks its runtime, whose word then counts (gate KubeletCgroupDriverFromCRI)."""
    runtime, kubelet = subject.facts.runtime, subject.facts.kubelet.version
    if isinstance(runtime.version, Unknown) or isinstance(kubelet, Unknown):
        return False
    answers = runtime.name != "containerd" or runtime.version.removeprefix("v").startswith("2.")
    return answers and (minor_of(kubelet) or 0) >= _ASKS_SINCE


def _crictl(subject: Subject) -> Judged:
    runtime = subject.facts.runtime
    if isinstance(runtime.crictl, Unknown) and _CONFIGURED in subject.facts.unreadable:
        return unknown(runtime.crictl.reason)
    if isinstance(runtime.crictl, Unknown) and subject.facts.distribution in _HAVE_THEIR_OWN:
        return not_applicable(f"the crictl of {subject.facts.distribution} knows its runtime")
    written = "" if isinstance(runtime.crictl, Unknown) else runtime.crictl.get("runtime-endpoint", "")
    # without one it tries these in turn
    named = written or next((one for one in _TRIED if one in runtime.sockets), "none")
    same = named.removeprefix("unix://") == runtime.endpoint.removeprefix("unix://")
    source = _CONFIGURED if written else f"{_CONFIGURED} names none"
    if same or not runtime.endpoint:
        return held(good=True, seen=named, expected=runtime.endpoint, source=source)
    text = json.dumps(f"runtime-endpoint: {runtime.endpoint}\n")
    provision = f"files: {{{_CONFIGURED}: {{content: {text}}}}}"
    return Judged(Result.FAIL, named, runtime.endpoint, source, provision=provision)


CHECKS = (
    Check(
        "runtime-answers", _ERROR, BOTH, "the container runtime does not answer", "no pod can start",
        "`systemctl restart containerd`", _runtime, "services: {containerd: {started: true}}",
    ),
    Check(
        "cgroup-driver", _ERROR, BOTH, "kubelet and runtime make control groups in different ways",
        "pods are killed or lose their limits", "set `cgroupDriver` as the runtime does", _drivers,
        in_inventory("cgroupDriver: DRIVER"),
    ),
    Check(
        "crictl-endpoint", _WARNING, BOTH, "crictl asks another runtime than the kubelet",
        "what it shows is not what runs",
        "name the kubelet's endpoint in /etc/crictl.yaml", _crictl, "files: {/etc/crictl.yaml: {content: [TEXT]}}",
    ),
)  # fmt: skip
