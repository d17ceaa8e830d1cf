"""The names of an inventory are found quickly: without a password, a program or a complaint."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import UsageError
from podwright.inventory.completion_names import hosts_and_groups, static_pods

HOSTS = """\
all: {vars: {static_pods: [web, api]}, hosts: {n1: {static_pods: {gone: absent, odd: 7}}}}
workers: {hosts: {'w[1:2]': }, vars: {secret: !vault x, podwright_no_such: 1}}
"""


def test_hosts_and_groups_are_found(tmp_path: Path) -> None:
    (tmp_path / "hosts.yaml").write_text(HOSTS)
    assert hosts_and_groups([tmp_path / "hosts.yaml"]) == {"all", "ungrouped", "workers", "n1", "w1", "w2"}
    (tmp_path / "b.ini").write_text("[web]\nx1\n")
    (tmp_path / "broken.yaml").write_text("]")
    assert hosts_and_groups([tmp_path, Path("y1,y2")]) >= {"n1", "x1", "web", "y1", "y2"}


def test_static_pods_are_found_wherever_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "hosts.yaml").write_text(HOSTS)
    (tmp_path / "group_vars" / "workers").mkdir(parents=True)
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "group_vars" / "workers" / "a.yml").write_text("static_pods: {agent: {state: present}}\n")
    (tmp_path / "group_vars" / "all").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n")
    (tmp_path / "host_vars" / "n1.yml").write_text("]")
    vip = (
        "static_pods: {vip: {instances: [{name: blue}, {name: green, vars: {}}, odd]}, web: {instances: 1}}\n"
    )
    (tmp_path / "host_vars" / "w1.yml").write_text(vip)
    expected = {"web", "api", "gone", "odd", "agent", "vip", "vip.blue", "vip.green"}
    assert static_pods((tmp_path,)) == static_pods((tmp_path / "hosts.yaml",)) == expected


def test_no_program_is_run(tmp_path: Path) -> None:
    (tmp_path / "hosts.yaml").write_text(HOSTS)
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    script.chmod(0o755)
    assert "n1" in hosts_and_groups([tmp_path])
    assert not (tmp_path / "ran").exists()


def test_an_inventory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        hosts_and_groups([tmp_path / "none"])
