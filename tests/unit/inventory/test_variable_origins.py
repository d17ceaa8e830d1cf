"""Each value's place, and the places of what it overrides."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright.inventory.load import load_inventory

SITE = {
    "hosts.ini": "[web]\nn x=1\n[web:vars]\nx=2\n[all:vars]\nx=3\ny=3\n[site:children]\nweb\n"
    "[site:vars]\nansible_group_priority=9\nz=1\n",
    "more.yaml": "web: {vars: {x: 4}, hosts: {n: {w: 1}}}\n",
    "group_vars/all.yml": "x: 5\n",
    "group_vars/web.yml": "y: 6\nx: 6\n",
    "host_vars/n.json": '{"x": 7}',
}


def write(tmp_path: Path) -> None:
    for name, text in SITE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)


def test_what_is_said_of_a_variable_is_listed_weakest_first(tmp_path):
    write(tmp_path)
    inventory = load_inventory(tmp_path / "hosts.ini", tmp_path / "more.yaml")
    found = inventory.origins.of("n")
    said = [
        (origin.value, str(origin.place).removeprefix(f"{tmp_path}/"), origin.group) for origin in found["x"]
    ]
    assert said == [
        (3, "hosts.ini:6", "all"),
        (2, "hosts.ini:4", "web"),
        (4, "more.yaml:1:14", "web"),
        (5, "group_vars/all.yml:1:1", "all"),
        (6, "group_vars/web.yml:2:1", "web"),
        (1, "hosts.ini:2", ""),
        (7, "host_vars/n.json:1:2", ""),
    ]
    assert "ansible_group_priority" not in found
    source = inventory.origins.source("n", "x")
    assert (source.variables, inventory.origins.source("n", "nothing")) == ({"x": 7}, None)
    assert {name: origins[-1].value for name, origins in found.items()} == inventory.nodes[0].variables


@given(st.permutations(["hosts.ini", "more.yaml", "."]))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_last_origin_is_the_nodes_value_whatever_the_order_of_the_sources(tmp_path, order):
    write(tmp_path)
    inventory = load_inventory(*(tmp_path / name for name in order))
    [node] = inventory.nodes
    assert {name: origins[-1].value for name, origins in inventory.origins.of("n").items()} == node.variables
