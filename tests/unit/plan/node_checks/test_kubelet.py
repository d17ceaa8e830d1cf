"""Whether the kubelet runs, would run again, and reads the folder that the inventory names."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.machines import (
    CONFIG,
    DAY,
    FOLDER,
    config,
    facts,
    judged,
    kubelet,
    observation,
    result,
    rights,
    subject,
)

from podwright.plan.kubelet_state import Unit
from podwright.plan.observed import Doubt, FolderState, KubeletFacts
from podwright.plan.unknown_fact import Unknown


def test_a_kubelet_that_does_not_run_fails_and_one_in_doubt_is_unknown() -> None:
    down = kubelet(running=False, problem="no kubelet runs on it", pid=Unknown("x"))
    assert result("kubelet-running", subject(kubelet=down)) == "fail"
    doubt = observation(kubelet=KubeletFacts(False, doubt=Doubt.SEVERAL))
    assert result("kubelet-running", subject(kubelet=down, seen=doubt)) == "unknown"


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("kubelet-enabled", Unit("kubelet", "active", "disabled", "success", 0)),
        ("kubelet-restarts", Unit("kubelet", "active", "enabled", "success", 41)),
        ("kubelet-unit-changed", Unit("kubelet", "active", "enabled", "success", 0, needs_reload=True)),
    ],
)
def test_its_unit(name: str, unit: Unit) -> None:
    assert result(name, subject(kubelet=kubelet(unit=unit))) == "fail"
    assert result(name, subject(kubelet=kubelet(unit=Unknown("no service manager")))) == "unknown"


def test_a_configuration_that_is_newer_than_its_process_is_named() -> None:
    newer = (rights(CONFIG, modified=1_796_000_003), rights("/etc/other", modified=1_797_000_000))
    found = judged("kubelet-older-than-configuration", subject(files=newer))
    assert (found.result.value, found.seen) == ("fail", CONFIG)


def test_a_configuration_with_which_it_would_not_start() -> None:
    bad = kubelet(objections=("`evictionHard` is odd",))
    assert judged("kubelet-configuration", subject(kubelet=bad)).seen == "`evictionHard` is odd"
    refused = kubelet(trial="invalid configuration: x", objections=Unknown("it shows no configuration file"))
    assert judged("kubelet-configuration", subject(kubelet=refused)).seen == "invalid configuration: x"
    untried = kubelet(trial=Unknown("its program was not asked"))
    assert judged("kubelet-configuration", subject(kubelet=untried)).source == "the rules of its version"


@pytest.mark.parametrize(("days", "expected"), [(-1, "fail"), (3, "warn"), (30, "pass")])
def test_a_client_certificate_that_ends(days: int, expected: str) -> None:
    *others, mine = facts().certificates
    certificates = (*others, replace(mine, seconds_left=days * DAY))
    assert result("kubelet-client-certificate", subject(certificates=certificates)) == expected
    alone = kubelet(standalone=True)
    assert result("kubelet-client-certificate", subject(certificates=certificates, kubelet=alone)) == "n/a"
    assert result("kubelet-client-certificate", subject(certificates=tuple(others))) == "unknown"


@pytest.mark.parametrize(
    "path", ["/etc/kubernetes/kubelet.conf", "/var/lib/rancher/k3s/agent/client-kubelet.crt"]
)
def test_a_client_certificate_may_stand_in_the_kubeconfig_or_where_k3s_keeps_it(path: str) -> None:
    [*others, mine] = facts().certificates
    ended = (*others, replace(mine, path=path, seconds_left=-DAY))
    assert judged("kubelet-client-certificate", subject(certificates=ended)).source == path


def test_the_folder_is_the_inventorys() -> None:
    assert result("static-pod-path", subject(settings={"manifest_dir": f"{FOLDER}/"})) == "pass"
    assert judged("static-pod-path", subject(settings={"manifest_dir": "/srv/pods"})).expected == "/srv/pods"
    none = kubelet(static_pod_path=Unknown("it reads no folder"))
    assert result("static-pod-path", subject(kubelet=none)) == "fail"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (FolderState.USABLE, "pass"),
        (FolderState.MISSING, "fail"),
        (FolderState.READ_ONLY, "fail"),
        (FolderState.UNKNOWN, "unknown"),
    ],
)
def test_the_folder_can_be_used(state: FolderState, expected: str) -> None:
    assert result("static-pod-folder", subject(seen=observation(folder_state=state))) == expected


@pytest.mark.parametrize(
    ("period", "expected"), [("20s", "pass"), ("1m", "pass"), ("5m", "fail"), ("soon", "fail")]
)
def test_how_often_the_folder_is_read(period: str, expected: str) -> None:
    on = subject(kubelet=kubelet(config=config(fileCheckFrequency=period)))
    assert result("file-check-frequency", on) == expected


def test_the_version_is_the_inventorys() -> None:
    assert result("kubelet-version", subject()) == "n/a"
    assert result("kubelet-version", subject(settings={"kubernetes_version": "1.34"})) == "pass"
    assert result("kubelet-version", subject(settings={"kubernetes_version": "1.36"})) == "fail"
