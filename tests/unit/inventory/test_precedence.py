"""What a node's variables and groups are, compared with what ansible-core says (see golden/README.md)."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path

import pytest
import yaml

from podwright.inventory.load import load_inventory
from podwright.inventory.node import Inventory

GOLDEN = Path(__file__).parent / "golden"
RANDOM = json.loads((GOLDEN / "random.json").read_text())


def members(groups: dict, name: str) -> set[str]:
    group = groups.get(name, {})
    return set(group.get("hosts", [])).union(*(members(groups, child) for child in group.get("children", [])))


def assert_same(inventory: Inventory, hostvars: dict, groups: dict) -> None:
    # host names that end up with no variables are not in ansible's hostvars
    assert {node.name: dict(node.variables) for node in inventory.nodes if node.variables} == hostvars
    assert {name: set(nodes) for name, nodes in inventory.groups.items()} == {
        name: members(groups, name) for name in inventory.groups
    }


def test_the_hand_made_site_reads_as_ansible_reads_it():
    groups = json.loads((GOLDEN / "site.json").read_text())
    hostvars = groups.pop("_meta")["hostvars"]
    assert_same(load_inventory(GOLDEN / "site"), hostvars, groups)


def test_two_inventories_read_as_ansible_reads_them():
    """Among them: `group_vars/` of a parent beside the later one wins over that of its child beside the earlier one."""
    groups = json.loads((GOLDEN / "two.json").read_text())
    hostvars = groups.pop("_meta")["hostvars"]
    assert_same(load_inventory(GOLDEN / "two" / "a", GOLDEN / "two" / "b"), hostvars, groups)
    again = load_inventory(GOLDEN / "two" / "b", GOLDEN / "two" / "a" / "h.yaml", GOLDEN / "two" / "b")
    assert {node.name: dict(node.variables) for node in again.nodes} == hostvars


@pytest.mark.parametrize("number", range(len(RANDOM)))
def test_generated_inventories_read_as_ansible_reads_them(number, tmp_path):
    case = RANDOM[number]
    for name, text in case["files"].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert_same(load_inventory(tmp_path / case["start"]), case["hostvars"], case["groups"])


def inventory_of(tmp_path: Path, text: str, **files: str) -> Inventory:
    (tmp_path / "hosts.yaml").write_text(text)
    for name, content in files.items():
        path = tmp_path / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return load_inventory(tmp_path / "hosts.yaml")


def test_static_pods_merge_by_key_over_groups_and_files_and_host(tmp_path):
    inventory = inventory_of(
        tmp_path,
        """
all:
  vars: {static_pods: [agent, proxy]}
  children:
    edge:
      vars: {static_pods: {proxy: absent, extra: present}}
      hosts: {a: {static_pods: [proxy]}, b: , c: }
""",
        host_vars__c="static_pods: {agent: absent}",
        group_vars__edge="static_pods: {late: present}",
    )
    pods = {node.name: {pod.template: pod.present for pod in node.static_pods} for node in inventory.nodes}
    assert pods == {
        "a": {"agent": True, "proxy": True, "extra": True, "late": True},
        "b": {"agent": True, "proxy": False, "extra": True, "late": True},
        "c": {"agent": False, "proxy": False, "extra": True, "late": True},
    }
    assert inventory.nodes[2].variables["static_pods"]["agent"] == "absent"


def test_nodes_in_the_same_groups_share_their_variables(tmp_path):
    inventory = inventory_of(tmp_path, "all: {vars: {a: 1}, children: {g: {hosts: {'n[1:3]': }}}}")
    first, second, third = inventory.nodes
    assert first.variables is second.variables is third.variables


def test_all_else_replaces_whole_values(tmp_path):
    inventory = inventory_of(
        tmp_path, "all: {vars: {d: {a: 1, b: 2}}, children: {g: {vars: {d: {a: 3}}, hosts: {n: }}}}"
    )
    assert inventory.nodes[0].variables["d"] == {"a": 3}


@pytest.mark.oracle("ansible")
@pytest.mark.parametrize("seed", range(8))
def test_fresh_inventories_read_as_ansible_reads_them(seed, tmp_path):
    write_random_inventory(random.Random(seed + int(os.environ.get("PODWRIGHT_TEST_SEED", "0"))), tmp_path)
    command = [
        str(Path(os.environ["PODWRIGHT_TEST_ANSIBLE"]) / "ansible-inventory"),
        "-i",
        str(tmp_path),
        "--list",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    groups = json.loads(answer.stdout)
    hostvars = groups.pop("_meta")["hostvars"]
    assert_same(load_inventory(tmp_path), hostvars, groups)


def write_random_inventory(chance: random.Random, folder: Path) -> None:
    """Seven groups in a random order without circles, each variable said in many places."""
    names = [f"g{number}" for number in range(7)]
    chance.shuffle(names)

    def variables(tag: str) -> dict[str, object]:
        found: dict[str, object] = {
            f"v{chance.randint(0, 5)}": f"{tag}-{turn}" for turn in range(chance.randint(1, 4))
        }
        return found

    def group(index: int) -> dict[str, object]:
        said = variables(names[index]) | {"ansible_group_priority": chance.randint(0, 3)}
        hosts = {f"h{number}": variables("host") for number in chance.sample(range(6), chance.randint(0, 4))}
        below = [name for name in names[index + 1 :] if chance.random() < 0.4]
        return {"vars": said, "hosts": hosts, "children": dict.fromkeys(below)}

    text = yaml.safe_dump(
        {"all": {"hosts": {"h0": None}}} | {name: group(at) for at, name in enumerate(names)}
    )
    (folder / "hosts.yaml").write_text(text)
    for kind, entries in (
        ("group_vars", ["all", *names]),
        ("host_vars", [f"h{number}" for number in range(6)]),
    ):
        (folder / kind).mkdir()
        for name in chance.sample(entries, 3):
            (folder / kind / f"{name}.yml").write_text(yaml.safe_dump(variables(f"file-{name}")))
