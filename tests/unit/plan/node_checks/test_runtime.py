"""The runtime answers, and agrees with the kubelet and with crictl."""

from __future__ import annotations

import yaml
from tests.fakes.copies import replace
from tests.fakes.machines import config, facts, judged, kubelet, result, subject

from podwright.inventory.provisioning_checks import declaration_faults
from podwright.plan.node_checks.table import CHECKS
from podwright.plan.unknown_fact import Unknown


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


def test_what_provision_is_to_be_told_is_printed_ready_to_paste() -> None:
    runtime = replace(facts().runtime, crictl={"runtime-endpoint": "unix:///run/crio/crio.sock"})
    told = yaml.safe_load(f"{{{judged('crictl-endpoint', subject(runtime=runtime)).provision}}}")
    assert told == {
        "files": {
            "/etc/crictl.yaml": {"content": "runtime-endpoint: unix:///run/containerd/containerd.sock\n"}
        }
    }
    assert not list(declaration_faults(told))
    on = subject(kubelet=kubelet(config=config(cgroupDriver=None)))
    assert judged("cgroup-driver", on).provision == "kubelet: {settings: {cgroupDriver: systemd}}"


def test_a_text_that_is_to_be_filled_in_cannot_be_pasted_as_it_is() -> None:
    to_fill_in = [check.provision for check in CHECKS if "TEXT" in check.provision]
    assert len(to_fill_in) > 2
    for provision in to_fill_in:
        assert list(declaration_faults(yaml.safe_load(f"{{{provision}}}"))), provision
