"""Locks are listed, and broken by their id and for a reason."""

from __future__ import annotations

import json

from tests.unit.operations.test_converge import leave_lock


def lock_of(node):
    return node.folder.parent / ".podwright" / node.folder.name / "lock"


def run(site, *arguments: str) -> tuple[int, str, str]:
    shown = site.run("node", "lock", *arguments)
    return shown.code, shown.out, shown.err


def test_a_lock_is_shown_with_its_holder_and_its_expiry(one_node, node) -> None:
    code, out, _ = run(one_node, "list")
    assert (code, out.splitlines()[1].split()) == (0, ["n1", "none", "-", "-", "-"])
    leave_lock(node)
    code, out, _ = run(one_node, "list", "-o", "json")
    [shown] = json.loads(out)["nodes"]
    assert (code, shown["lock"]["id"], shown["lock"]["owner"]) == (0, "theirs", "grace@laptop")
    assert 0 < shown["lock"]["expiresInSeconds"] <= 60
    assert lock_of(node).exists()


def test_a_lock_is_broken_by_its_id_for_a_reason(one_node, node) -> None:
    leave_lock(node)
    assert run(one_node, "break", "theirs")[0] == 2
    code, _, err = run(one_node, "break", "other", "--reason", "it hangs")
    assert (code, "no chosen node has a lock `other`" in err) == (1, True)
    assert lock_of(node).exists()
    code, out, _ = run(one_node, "break", "theirs", "--reason", "it hangs")
    assert (code, out.splitlines()[1].split()[-1]) == (0, "broken")
    assert not lock_of(node).exists()
    assert "it hangs" in lock_of(node).with_name("broken").read_text()
