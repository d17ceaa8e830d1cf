"""Nodes are held by their names, for a reason and for a while."""

from __future__ import annotations

import json
import time

import pytest


def run(site, *arguments: str) -> tuple[int, str, str]:
    shown = site.run("node", "hold", *arguments)
    return shown.code, shown.out, shown.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["n1"],
        ["n1", "--until", "6h"],
        ["n1", "--reason", "why"],
        ["n1", "--reason", "why", "--until", "soon"],
        ["n1", "--reason", "why", "--until", "2020-01-01"],
        ["n1", "--reason", "why", "--until", "800h"],
        ["n1", "--reason", "why", "--until", "6h", "--only", "nothing-like-it"],
        ["--reason", "why", "--until", "6h"],
    ],
)
def test_a_hold_has_a_node_an_end_within_30_days_and_a_reason(one_node, node, arguments) -> None:
    assert run(one_node, "add", *arguments)[0] == 2
    assert not (node.folder.parent / ".podwright").exists()


def test_a_node_is_held_shown_and_released(one_node, node) -> None:
    code, out, err = run(one_node, "add", "n1", "--until", "30d", "--reason", "disk\nreplacement")
    assert (code, out.splitlines()[1].split()[:3]) == (0, ["n1", "the", "node"]), err
    code, out, _ = run(one_node, "list", "-o", "json")
    [shown] = json.loads(out)["nodes"]
    assert (code, shown["holds"][0]["reason"]) == (0, "disk replacement")
    pushed = one_node.run("manifest", "push", "-y", "--wait-for", "file")
    assert pushed.code == 1
    assert "holds the node until" in pushed.err
    assert "hint: agree with them; `podwright node hold release n1` ends it before its time" in pushed.err
    assert [*node.folder.iterdir()] == []
    planned = one_node.run("manifest", "push", "--dry-run", "--wait-for", "file")
    assert (planned.code, "refused   create web.yaml" in planned.out) == (1, True)
    assert "n1     create   web.yaml" in planned.out
    assert "holds the node until" in planned.err
    code, out, _ = run(one_node, "release", "n1")
    assert (code, "released" in out) == (0, True)
    assert one_node.run("manifest", "push", "-y", "--wait-for", "file").code == 0


@pytest.mark.parametrize(
    "command",
    ["node hold list", "node hold list -o name", "manifest push -y", "manifest status", "drift check"],
)
def test_what_a_node_says_of_a_hold_steers_no_terminal(one_node, node, command) -> None:
    holds = node.folder.parent / ".podwright" / node.folder.name / "holds"
    holds.mkdir(parents=True)
    now = int(time.time())
    (holds / "_node").write_text(f"{now + 1000} {now} eve\x1b[31m \x1b]0;x\x07{{0}} %s \u202e\n")
    shown = one_node.run(*command.split())
    said = shown.out + shown.err
    assert "eve" in said or "-o name" in command
    assert not set("\x1b\x07\u202e") & set(said)
