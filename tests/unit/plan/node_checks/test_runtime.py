"""The runtime answers, and agrees with the kubelet and with crictl."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.fakes.machines import config, facts, judged, kubelet, result, subject

from podwright.plan.known import Unknown


def test_a_runtime_that_does_not_answer_fails_and_without_crictl_it_is_unknown() -> None:
    silent = Unknown("crictl failed: connection refused")
    assert result("runtime-answers", subject(runtime=replace(facts().runtime, name=silent))) == "fail"
    missing = Unknown("there is no crictl on the node")
    assert result("runtime-answers", subject(runtime=replace(facts().runtime, name=missing))) == "unknown"


def test_the_kubelets_driver_is_the_runtimes() -> None:
    on = subject(kubelet=kubelet(config=config(cgroupDriver=None)))
    assert judged("cgroup-driver", on).seen == "kubelet cgroupfs, runtime systemd"
    # containerd 2 answers a kubelet that asks, and then its word counts
    assert result("cgroup-driver", on) == "warn"
    old_kubelet = kubelet(config=config(cgroupDriver=None), version="1.30.5")
    assert result("cgroup-driver", subject(kubelet=old_kubelet)) == "fail"
    old_runtime = replace(facts().runtime, version="v1.7.24")
    assert result("cgroup-driver", replace(on, facts=replace(on.facts, runtime=old_runtime))) == "fail"


def test_crictl_asks_the_kubelets_runtime() -> None:
    other = replace(facts().runtime, crictl={"runtime-endpoint": "unix:///run/crio/crio.sock"})
    assert result("crictl-endpoint", subject(runtime=other)) == "fail"
    same = replace(facts().runtime, crictl={"runtime-endpoint": "/run/containerd/containerd.sock"})
    assert result("crictl-endpoint", subject(runtime=same)) == "pass"


def test_crictl_without_a_configuration_tries_the_usual_sockets() -> None:
    none = replace(facts().runtime, crictl=Unknown("/etc/crictl.yaml is not there or empty"))
    here = replace(none, sockets=("/run/containerd/containerd.sock", "/run/crio/crio.sock"))
    assert result("crictl-endpoint", subject(runtime=here)) == "pass"
    other = replace(here, endpoint="unix:///run/crio/crio.sock")
    assert judged("crictl-endpoint", subject(runtime=other)).seen == "/run/containerd/containerd.sock"
    assert result("crictl-endpoint", subject(runtime=other, unreadable=("/etc/crictl.yaml",))) == "unknown"
    assert result("crictl-endpoint", subject(runtime=other, distribution="rke2")) == "n/a"
