"""`--limit` chooses what Ansible's chooses, whatever the order of the parts."""

# ruff: noqa: E501

from __future__ import annotations

import itertools
import warnings
from pathlib import Path

import pytest
from tests.agreement.ansible import prepared

from podwright.errors import UsageError
from podwright.inventory.load import load_inventory
from podwright.inventory.patterns import select

HOSTS = "loose\nfd00::1\n[web]\nweb[1:5]\n[db]\ndb-[a:c].example.org\nweb1\n[site:children]\nweb\ndb\n[empty]\n[prod-web]\nweb2\n"
PARTS = [
    "web", "db", "site", "all", "ungrouped", "empty", "prod-web", "nowhere", "web1", "loose", "fd00::1", "db-a.example.org",
    "*", "web*", "we?1", "[wd]*", "prod-*", "*.example.org", "~web[12]", "~db-.*org", "~^web",
    "web[0]", "web[-1]", "web[1:2]", "web[1:]", "web[0:0]", "web[1-2]", "site[3:5]", "all[0]", "web[9]",
    "!web1", "!db", "!all", "!empty", "!~web", "&web", "&all", "&~db", "@limit",
]  # fmt: skip


def test_every_pair_of_patterns_chooses_as_ansible_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("hosts").write_text(HOSTS)
    Path("limit").write_text("web1\n\ndb\n")
    inventory = load_inventory(Path("hosts"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        prepared()
        from ansible.inventory.manager import InventoryManager
        from ansible.parsing.dataloader import DataLoader

        manager = InventoryManager(DataLoader(), ["hosts"])
        differ = []
        for parts in [*((part,) for part in PARTS), *itertools.product(PARTS, PARTS)]:
            pattern = ",".join(parts)
            if {"nowhere", "web[9]"} & {*parts}:
                # a part that matches nothing is an error here, and mostly a warning there
                differ += [pattern] if chosen(inventory, pattern) is not None else []
                continue
            manager.subset(pattern)
            theirs = {host.name for host in manager.get_hosts()}
            # to choose nothing is an error here
            differ += [pattern] if (chosen(inventory, pattern) or set()) != theirs else []
    assert differ == []


def chosen(inventory, pattern: str) -> set[str] | None:
    try:
        return {node.name for node in select(inventory, pattern)}
    except UsageError:
        return None
