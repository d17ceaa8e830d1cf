"""`--limit` chooses what Ansible's would, and says so when it chooses nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podwright.errors import UsageError
from podwright.inventory.load import load_inventory
from podwright.inventory.patterns import select

GOLDEN = Path(__file__).parent / "golden"
SITE = load_inventory(GOLDEN / "site")
LIMITS = json.loads((GOLDEN / "limits.json").read_text())


def names(limit: str | None) -> list[str]:
    return [node.name for node in select(SITE, limit)]


@pytest.mark.parametrize("limit", [limit for limit, hosts in LIMITS.items() if hosts])
def test_a_limit_chooses_what_ansible_chooses(limit):
    assert sorted(names(limit)) == LIMITS[limit]


@pytest.mark.parametrize("limit", [None, "all"])
def test_in_an_inventory_of_groups_without_hosts_nothing_can_be_chosen(tmp_path, limit):
    (tmp_path / "hosts").write_text("[web]\n# web-1\n")
    inventory = load_inventory(tmp_path / "hosts")
    assert [str(warning) for warning in inventory.warnings] == [
        f"{tmp_path}/hosts: no node is named in this inventory"
    ]
    with pytest.raises(UsageError, match="no node is named in"):
        select(inventory, limit)


def test_no_limit_is_every_node_in_the_order_of_the_files():
    assert names(None) == ["loose-1", "web08", "web09", "web10", "db-a", "db-b", "db-c"]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("web08 , db-a", ["web08", "db-a"]),
        ("edge:&blue,web10", ["db-a"]),  # unlike Ansible, `:` joins beside `,` too
        ("~web.*:!web08:!web09", ["web10"]),
        ("db-?", ["db-a", "db-b", "db-c"]),
    ],
)
def test_more_limits(limit, expected):
    assert names(limit) == expected


@pytest.mark.parametrize(
    ("limit", "message", "hint"),
    [
        ("web8", "the limit `web8` matches no node and no group", "did you mean `web08`?"),
        ("web08,egde", "the limit `egde` matches no node and no group", "did you mean `edge`?"),
        ("edge:!nothing", "the limit `nothing` matches no node and no group", "a node or a group"),
        ("edge:!edge", "the limit `edge:!edge` leaves no node", "check its `:&` and `:!` parts"),
        ("edge[9]", "the limit `edge[9]` matches no node and no group", "`edge` has 4 nodes, counted from 0"),
        ("~(", "the limit `~(` is not a regular expression", ""),
        ("", "the limit is empty", "leave `-l` out"),
        (" , ", "the limit is empty", "leave `-l` out"),
        ("@/dev/zero", "the limit file `/dev/zero` has over 4 MiB", "one pattern a line"),
        ("@/nowhere/at-all", "the limit file `/nowhere/at-all` cannot be read", "one pattern a line"),
    ],
)
def test_a_limit_that_matches_nothing_is_named(limit, message, hint):
    with pytest.raises(UsageError) as caught:
        select(SITE, limit)
    assert caught.value.message.startswith(message)
    assert hint in caught.value.hint


def test_a_file_of_patterns_is_read_line_by_line(tmp_path):
    (tmp_path / "nodes").write_text("# failed yesterday\nweb08\n\nedge:!db-a\n")
    assert names(f"@{tmp_path / 'nodes'}") == ["web08", "db-b", "db-c"]


def test_a_name_with_colons_is_one_name(tmp_path):
    (tmp_path / "hosts.yaml").write_text("all: {hosts: {'fd00::1': , 'fd00::2': }}")
    inventory = load_inventory(tmp_path / "hosts.yaml")
    assert [node.name for node in select(inventory, "fd00::1")] == ["fd00::1"]
    assert [node.name for node in select(inventory, "all,!fd00::1")] == ["fd00::2"]
