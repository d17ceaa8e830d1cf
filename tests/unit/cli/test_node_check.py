"""`node check` in every format, with and without templates, and with a waiver of the inventory."""

from __future__ import annotations

import json
import shutil
from xml.etree import ElementTree

import click
import pytest
from tests.unit.cli.terminal import on_a_terminal

from podwright.cli.node_check import FORMATS


def checks(shown) -> dict[str, dict]:
    [node] = json.loads(shown.out)["nodes"]
    return {entry["check"]: entry for entry in node["checks"]}


@pytest.mark.parametrize("output", FORMATS)
def test_every_format_is_one(one_node, output: str) -> None:
    shown = one_node.run("node", "check", "-o", output)
    assert shown.code in (3, 4), shown.err
    assert "1 node: " in shown.err
    if output == "junit":
        assert ElementTree.fromstring(shown.out).find("testsuite").get("name") == "n1"
    elif output == "table":
        assert "[kubelet-enabled]" in shown.out
    elif output != "yaml":
        json.loads(shown.out)


def test_profiles_choose_the_checks(one_node) -> None:
    assert "kubelet-running" in checks(one_node.run("node", "check", "-o", "json"))
    cis = checks(one_node.run("node", "check", "--profile", "cis", "-o", "json"))
    assert {name.startswith("cis-") for name in cis} == {True}
    both = checks(
        one_node.run("node", "check", "--profile", "cis", "--profile", "control-plane", "-o", "json")
    )
    assert {"cis-4.2.1", "control-plane-cpus"} <= set(both)


def test_a_node_is_checked_before_there_are_templates(one_node) -> None:
    shutil.rmtree(one_node.templates)
    shown = one_node.run("node", "check", "-o", "json")
    assert checks(shown)["ports-taken"]["result"] == "n/a"
    assert shown.err.startswith("1 node: ")


def test_a_waiver_of_the_inventory_still_prints(one_node) -> None:
    waiver = "{check: kubelet-enabled, reason: it is elsewhere, until: 9999-12-31}"
    one_node.inventory.write_text(f"all: {{hosts: {{n1: {{podwright_waivers: [{waiver}]}}}}}}\n")
    shown = one_node.run("node", "check")
    problem = "the kubelet is not started at a boot [kubelet-enabled]"
    assert f"waived   1 of 1 node: cannot tell: {problem}" in shown.out
    assert "waived until 9999-12-31: it is elsewhere" in shown.out


def test_a_check_that_is_none_cannot_be_waived(one_node) -> None:
    waiver = "{check: swap-onn, reason: x, until: 2027-01-31}"
    one_node.inventory.write_text(f"all: {{hosts: {{n1: {{podwright_waivers: [{waiver}]}}}}}}\n")
    shown = one_node.run("node", "check")
    assert (shown.code, "did you mean `swap-on`?" in shown.err) == (1, True)


def test_templates_that_are_named_and_missing_are_a_mistake(one_node) -> None:
    shown = one_node.run("--templates", "no-such", "node", "check")
    assert (shown.code, "there is no templates folder `no-such`" in shown.err) == (2, True)


def test_on_a_terminal_what_goes_on_stands_below_its_line(one_node, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    one_node.run("node", "check", "--profile", "cis", "--profile", "control-plane")
    lines = click.unstyle(terminal.getvalue()).splitlines()
    begun = ("fail", "warn", "unknown", "waived", "         ", "1 node")
    assert [line for line in lines if line and not line.startswith(begun)] == []
    assert any(line.startswith(" " * 11) for line in lines)
    assert "         podwright_node: {" in terminal.getvalue()
