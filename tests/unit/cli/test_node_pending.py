"""A push that is to be confirmed, from the command line: shown, confirmed and reverted by its id."""

from __future__ import annotations

import json
import re

from tests.unit.operations.test_confirmation import _nothing_of_the_machine, switches
from tests.unit.remote.node.test_apply import until

__all__ = ["_nothing_of_the_machine"]


def push(site, *options: str) -> str:
    """One that nothing proves; its run's id."""
    shown = site.run("manifest", "push", "-y", "--timeout", "1", *options)
    assert shown.code == 1, shown.err
    [run] = set(re.findall(r"manifest confirm (\S+)", shown.err))
    assert "`web.yaml` goes back by itself within 300 s unless it is confirmed" in shown.err
    return run


def test_what_waits_is_shown_until_it_is_confirmed(one_node, node) -> None:
    assert one_node.run("node", "pending").out.splitlines()[1].split() == ["n1", "none", "-", "-", "-", "-"]
    run = push(one_node, "--confirm-within", "5m")
    shown = one_node.run("node", "pending", "-o", "json")
    [one] = json.loads(shown.out)["nodes"][0]["pending"]
    assert (one["run"], one["file"], one["state"]) == (run, "web.yaml", "armed")
    assert 200 < one["secondsLeft"] <= 301
    wrong = one_node.run("manifest", "confirm", run[:-1])
    assert (wrong.code, "no chosen node waits for the run" in wrong.err) == (1, True)
    kept = one_node.run("manifest", "confirm", run)
    assert (kept.code, kept.out.splitlines()[1].split()[3]) == (0, "confirmed")
    until(lambda: switches(node) == [])
    assert node.file()


def test_what_is_reverted_is_gone_and_told_by_the_next_commands(one_node, node) -> None:
    run = push(one_node, "--confirm-within", "5m")
    assert "goes back by itself in" in one_node.run("manifest", "status").err
    back = one_node.run("manifest", "revert", run, "-o", "name")
    assert (back.code, back.out) == (0, "n1/web.yaml\n")
    assert node.file() is None
    told = f"`web.yaml`: the node took it back: the run {run} was not confirmed in time"
    assert told in one_node.run("manifest", "status").err
    drift = one_node.run("drift", "check")
    assert (drift.code, "switch-fired: web.yaml" in drift.out) == (3, True)
    history = one_node.run("manifest", "history", "-o", "json")
    [revision] = json.loads(history.out)["nodes"][0]["revisions"]
    assert revision["outcome"] == "reverted"
    again = one_node.run("manifest", "push", "-y", "--timeout", "1")
    assert f"failed here in the run {run} and was taken back" in again.err
