"""The `constructed` plugin's configuration: variables and groups made of what is known of each host."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from podwright.errors import InventoryError
from podwright.inventory.load import load_inventory

HOSTS = "[web]\nweb-1 rack=r1 tags=\"['x','y']\"\nweb-2 rack=\n[db]\ndb-1 rack=r2\n[db:vars]\nport=5432\n"


def load(tmp_path, config: str):
    (tmp_path / "hosts.ini").write_text(HOSTS)
    (tmp_path / "made.yml").write_text(f"plugin: ansible.builtin.constructed\n{config}")
    return load_inventory(tmp_path / "hosts.ini", tmp_path / "made.yml")


def test_variables_are_composed_and_later_parts_see_them(tmp_path):
    inventory = load(
        tmp_path,
        "compose:\n  url: \"inventory_hostname ~ ':' ~ port\"\n"
        "groups:\n  served: url is defined\n  is-web: \"'web' in group_names\"\n",
    )
    assert {node.name: node.variables.get("url") for node in inventory.nodes} == {
        "web-1": None, "web-2": None, "db-1": "db-1:5432",
    }  # fmt: skip
    assert inventory.groups["served"] == ("db-1",)
    assert inventory.groups["is_web"] == ("web-1", "web-2")


@pytest.mark.parametrize(
    ("entry", "groups"),
    [
        ("key: rack", {"_r1": ("web-1",), "_r2": ("db-1",)}),
        ("key: rack, prefix: rack, separator: '-'", {"rack_r1": ("web-1",), "rack_r2": ("db-1",)}),
        (
            "key: rack, prefix: p, default_value: none",
            {"p_r1": ("web-1",), "p_none": ("web-2",), "p_r2": ("db-1",)},
        ),
        ("key: tags, prefix: tag", {"tag_x": ("web-1",), "tag_y": ("web-1",)}),
        ("key: \"{'a': rack}\", prefix: k", {"k_a_r1": ("web-1",), "k_a_": ("web-2",), "k_a_r2": ("db-1",)}),
        ("key: rack, prefix: r, parent_group: racks", {"r_r1": ("web-1",), "racks": ("web-1", "db-1"), "r_r2": ("db-1",)}),
    ],
)  # fmt: skip
def test_groups_are_made_of_the_values_of_a_key(tmp_path, entry, groups):
    found = load(tmp_path, f"keyed_groups: [{{{entry}}}]\n").groups
    assert {
        name: hosts for name, hosts in found.items() if name not in ("all", "ungrouped", "web", "db")
    } == groups


def test_without_a_leading_separator_the_value_is_the_name(tmp_path):
    assert "r1" in load(tmp_path, "leading_separator: false\nkeyed_groups: [{key: rack}]\n").groups


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ("strict: true\ncompose: {a: nowhere}\n", "made.yml:3:14 on web-1, web-2, db-1: `a`: `nowhere` is undefined"),
        ("compose: {a: 'rack | no_such_filter'}\n", "made.yml:2:14 on web-1, web-2, db-1: `a`: there is no filter `no_such_filter`"),
        ("groups: [a]\n", "made.yml:2:9: `groups` of `constructed` is not a mapping"),
        ("use_extra_vars: true\n", "made.yml:2:1: `use_extra_vars` of `constructed` is not supported"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_a_problem(tmp_path, config, problem):
    with pytest.raises(InventoryError) as caught:
        load(tmp_path, config)
    assert [str(found).removeprefix(f"{tmp_path}/") for found in caught.value.problems] == [problem]
