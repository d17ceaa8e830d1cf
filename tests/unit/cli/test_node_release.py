"""`node release` on a machine below a folder."""

from __future__ import annotations

import json

from tests.cli.conftest import Site
from tests.fakes.rooted_machine import Machine
from tests.unit.cli.test_node_provision import machine  # noqa: F401


def test_a_path_that_no_node_has_cannot_be_released(site: Site, machine: Machine) -> None:  # noqa: F811
    assert site.run("node", "provision", "-y").code == 0
    shown = site.run("node", "release", "/etc/b.conf", "-y")
    assert shown.code == 1
    assert "n1: `/etc/b.conf` is not a file of podwright's there" in shown.err
    assert "no chosen node has `/etc/b.conf` as a file of podwright's" in shown.err
    answer = site.run("node", "release", "/etc/b.conf", "-y", "-o", "json")
    [failure] = json.loads(answer.out)["problems"]
    assert failure["message"] == "no chosen node has `/etc/b.conf` as a file of podwright's"


def test_what_is_still_declared_is_said_to_come_back(site: Site, machine: Machine) -> None:  # noqa: F811
    assert site.run("node", "provision", "-y").code == 0
    again = "`/etc/a.conf` is still declared in `podwright_node`"
    assert again in site.run("node", "release", "/etc/a.conf", "-y").err
    site.inventory.write_text(site.inventory.read_text().replace("{content: 'x = 1'}", "absent"))
    assert again not in site.run("node", "release", "/etc/a.conf", "-y").err
