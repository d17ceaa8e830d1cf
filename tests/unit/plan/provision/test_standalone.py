"""A kubelet without a cluster is made of ordinary things."""

from __future__ import annotations

import json

from podwright.inventory.provisioning import DirectoryEntry, KubeletEntry, NodeDeclaration, ServiceEntry
from podwright.plan.provision.declared_items import items_of
from podwright.plan.provision.item import Item, Kind
from podwright.plan.provision.standalone import CRICTL, MAIN
from podwright.validation.kubelet.document import ConfigFiles
from podwright.validation.kubelet.judge import judge_config
from podwright.validation.kubelet.verdict import Host

CRIO = "unix:///run/crio/crio.sock"


def made(*more: DirectoryEntry, services: tuple[ServiceEntry, ...] = (), **entry: object) -> dict[str, Item]:
    kubelet = KubeletEntry(standalone=True, **entry)  # type: ignore[arg-type]
    items = items_of(NodeDeclaration(kubelet=kubelet, directories=more, services=services), {})
    return {item.name: item for item in items}


def test_its_unit_configuration_folders_and_endpoint_come_before_itself() -> None:
    assert [*made()] == [
        "/etc/kubernetes/manifests",
        "/etc/kubernetes/kubelet.conf.d",
        "/etc/systemd/system/kubelet.service",
        "/etc/systemd/system/kubelet.service.d/80-podwright-standalone.conf",
        MAIN,
        CRICTL,
        "service kubelet",
        "/etc/kubernetes/kubelet.conf.d/90-podwright.conf",
        "kubelet",
    ]


def test_its_least_configuration_starts_without_a_cluster_on_each_version() -> None:
    text = made(runtime=CRIO)[MAIN].text
    config = json.loads(text.partition("\n")[2])
    assert config["authentication"] == {"anonymous": {"enabled": False}, "webhook": {"enabled": False}}
    assert (config["address"], config["readOnlyPort"]) == ("127.0.0.1", 0)
    for minor in range(31, 37):
        verdict = judge_config(ConfigFiles(text.encode()), minor, Host(kubeconfig=False))
        assert verdict.objections == (), minor


def test_it_starts_with_nothing_else_than_its_files_and_after_its_runtime() -> None:
    things = made(runtime=CRIO, program="/opt/bin/kubelet")
    start = f"ExecStart=/opt/bin/kubelet --config={MAIN} --config-dir=/etc/kubernetes/kubelet.conf.d\n"
    drop_in = things["/etc/systemd/system/kubelet.service.d/80-podwright-standalone.conf"].text
    assert drop_in.endswith(f"EnvironmentFile=\nExecStart=\n{start}")
    unit = things["/etc/systemd/system/kubelet.service"].text
    assert "After=crio.service\n" in unit
    assert start in unit
    assert things[CRICTL].text.endswith(f"runtime-endpoint: {CRIO}\nimage-endpoint: {CRIO}\n")


def test_another_folder_is_made_and_what_is_declared_itself_stands() -> None:
    folder = DirectoryEntry("/srv/pods", mode="755")
    things = made(
        folder, services=(ServiceEntry("kubelet", enabled=False),), settings={"staticPodPath": "/srv/pods/"}
    )
    assert things["/srv/pods"].state == "directory 755 root:root"
    assert '"staticPodPath": "/srv/pods"' in things[MAIN].text
    assert [item.state for item in things.values() if item.kind is Kind.SERVICE] == ["enabled=no"]
    # whatever of it changes, it begins again
    assert {MAIN, "/etc/kubernetes/kubelet.conf.d/90-podwright.conf"} < {*things["kubelet"].reads}
