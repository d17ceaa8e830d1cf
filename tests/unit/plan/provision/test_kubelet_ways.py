"""How a kubelet that reads no drop-ins is told our settings, or why it is not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from podwright.inventory.provisioning import KubeletEntry, NodeDeclaration
from podwright.plan.provision.item import Seen
from podwright.plan.provision.items import items_of
from podwright.plan.provision.kubelet_seen import KubeletSeen
from podwright.plan.provision.kubelet_ways import Way, way_to_tell
from podwright.plan.provision.seen import NodeFacts, NodeSeen
from podwright.plan.provision.turning_on import TurningOn

FOLDER = "/etc/kubernetes/kubelet.conf.d"
MAIN = "/var/lib/kubelet/config.yaml"
UNIT = "/etc/systemd/system/kubelet.service.d/90-podwright-config-dir.conf"
HEAD = b"apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
KUBELET = KubeletSeen(
    process="kubelet",
    flags={"config": MAIN},
    main=HEAD,
    version="v1.36.2",
    turning_on=TurningOn(f"--config={MAIN}"),
)


def way(
    kubelet: KubeletSeen = KUBELET, *, reads: bool = False, init: str = "systemd", **settings: object
) -> Way:
    items = items_of(NodeDeclaration(kubelet=KubeletEntry(settings or {"maxPods": 50})), {})
    state = "current=yes" if reads else "reads no drop-ins current=yes"
    flags = {**kubelet.flags, **({"config-dir": FOLDER} if reads else {})}
    seen = NodeSeen("n1", NodeFacts(init=init), {"kubelet": Seen(state)})
    return way_to_tell(items, items[-1], seen, replace(kubelet, flags=flags))


def test_the_folder_is_added_to_what_its_unit_adds_to_its_arguments() -> None:
    found = way()
    assert [item.key for item in found.items] == [f"{FOLDER}/90-podwright.conf", UNIT, "kubelet"]
    unit = found.items[1]
    assert unit.text.endswith(
        f'[Service]\nEnvironment="KUBELET_CONFIG_ARGS=--config={MAIN} --config-dir={FOLDER}"\n'
    )
    assert found.seen.things[UNIT].state == "absent"
    assert found.kubelet.flags["config-dir"] == FOLDER
    assert [name for name, _ in found.kubelet.drop_ins] == ["90-podwright.conf"]
    turned_on = TurningOn(f"--config={MAIN} --config-dir={FOLDER}", Seen(unit.state, recorded=True))
    again = way(replace(KUBELET, turning_on=turned_on), reads=True)
    assert again.items[1] == unit
    assert again.seen.things[UNIT].recorded


def test_of_one_that_reads_its_folder_without_us_the_unit_is_not_ours() -> None:
    assert [item.key for item in way(reads=True).items] == [f"{FOLDER}/90-podwright.conf", "kubelet"]


@pytest.mark.parametrize(
    ("kubelet", "init", "why"),
    [
        (replace(KUBELET, turning_on=TurningOn("")), "systemd", "no `KUBELET_CONFIG_ARGS`"),
        (
            replace(KUBELET, turning_on=TurningOn(f'--config={MAIN}" X="%n')),
            "systemd",
            "no `KUBELET_CONFIG_ARGS`",
        ),
        (KUBELET, "openrc", "no `KUBELET_CONFIG_ARGS`"),
        (
            replace(KUBELET, turning_on=TurningOn(f"--config={MAIN}", other_drop_in="./10.conf")),
            "systemd",
            "`./10.conf` lies there",
        ),
        (
            replace(KUBELET, main=HEAD + b"enforceNodeAllocatable: []\n"),
            "systemd",
            "`enforceNodeAllocatable` of its main file would no longer count",
        ),
    ],
)
def test_why_it_is_not_turned_on(kubelet: KubeletSeen, init: str, why: str) -> None:
    assert why in way(kubelet, init=init).problem


def test_what_our_settings_say_may_be_lost_of_the_main_file() -> None:
    kubelet = replace(KUBELET, main=HEAD + b"enforceNodeAllocatable: []\n")
    assert way(kubelet, enforceNodeAllocatable=["none"]).problem == ""
    # 1.31 keeps an empty list
    assert way(replace(kubelet, version="v1.31.14")).problem == ""
