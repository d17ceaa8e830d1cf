"""The runtime by what crictl says; its cgroup driver by its configuration if it does not tell."""

from __future__ import annotations

import pytest
from tests.fakes.texts import texts

from podwright.plan.observed import KubeletFacts
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_runtime import runtime_of
from podwright.remote.node.records import Record

KUBELET = KubeletFacts(True, runtime_endpoint="unix:///run/containerd/containerd.sock")


def runtime(version: str = "", settings: str = "", **files: str):
    records = (
        Record("runtime-version", "", version.encode()),
        Record("runtime-settings", "", settings.encode()),
    )
    return runtime_of(records, KUBELET, texts(**files))


def test_name_and_version_are_crictls() -> None:
    found = runtime("Version:  0.1.0\nRuntimeName:  cri-o\nRuntimeVersion:  1.32.4\n")
    assert (found.name, found.version, found.endpoint) == ("cri-o", "1.32.4", KUBELET.runtime_endpoint)


def test_why_crictl_failed_is_told() -> None:
    found = runtime("E1130 connection\nlevel=fatal msg=no such file")
    assert found.name == found.version == Unknown("crictl failed: level=fatal msg=no such file")
    missing = runtime_of((Record("runtime-version-missing"),), KUBELET, texts())
    assert missing.name == Unknown("there is no crictl on the node")


@pytest.mark.parametrize(
    ("settings", "files", "driver"),
    [
        ('{"linux": {"cgroupDriver": "SYSTEMD"}}', {}, "systemd"),
        ("", {"etc__containerd__config_1toml": "  SystemdCgroup = true"}, "systemd"),
        ("", {"etc__containerd__config_1toml": "  SystemdCgroup = false"}, "cgroupfs"),
        ("", {"etc__crio__crio_1conf_1d__10_1conf": 'cgroup_manager = "cgroupfs"'}, "cgroupfs"),
        ("", {}, None),
    ],
)
def test_the_cgroup_driver(settings, files, driver) -> None:
    found = runtime(settings=settings, **files).cgroup_driver
    assert (None if isinstance(found, Unknown) else found) == driver
