"""What is shown of a history, and what stands in the way of going back to it."""

from __future__ import annotations

import json

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import stand_in
from tests.unit.operations.conftest import CRICTL, SETTINGS
from tests.unit.operations.test_converge import FILE_ONLY, converge

from podwright.errors import UsageError
from podwright.operations.history import show_history

WEB = manifest()
NEXT = manifest(image="example.com/web:2")


def shown(site, *names: str):
    [result] = show_history((site.node,), names, site.world, site=(site.node,), forks=1).nodes
    return result


def test_a_node_without_a_history_has_none_and_is_not_written_to(site) -> None:
    assert shown(site).value.revisions == ()
    assert not (site.root / ".podwright").exists()


def test_each_revision_says_whether_it_can_be_rolled_back_to(site) -> None:
    converge(site, site.desired(WEB), FILE_ONLY)
    converge(site, site.desired(NEXT), replace(FILE_ONLY, why="newer"))
    body = CRICTL.format(folder=site.root).replace(
        "*) cat",
        f"*images*) echo '{json.dumps({'images': [{'id': 'a', 'repoTags': ['example.com/web:2']}]})}' ;;\n*) cat",
    )
    stand_in(site.host.bin, "crictl", body)
    new, old = shown(site, "web.yaml").value.revisions
    assert (new.revision.number, new.current, new.obstacle, new.revision.why) == (2, True, "", "newer")
    assert (old.revision.number, old.current) == (1, False)
    assert old.obstacle == "not on the node: example.com/web:1"
    with pytest.raises(UsageError, match="knows `other`"):
        shown(site, "other.yaml")


def test_what_the_nodes_own_kubelet_would_refuse_is_said(site) -> None:
    refused = manifest().text(1).replace("spec:\n", "spec:\n  serviceAccountName: x\n", 1)
    (site.folder / "web.yaml").write_text(refused)
    converge(site, site.desired(NEXT), replace(SETTINGS, wait_for=FILE_ONLY.wait_for, adopt=True))
    obstacles = [one.obstacle for one in shown(site).value.revisions]
    assert any("the kubelet would refuse it" in obstacle for obstacle in obstacles), obstacles


def test_a_node_whose_folder_is_not_known_is_not_said_to_have_no_history(site) -> None:
    from tests.fakes.kubelets import show_processes

    show_processes(site.host.proc, [])
    result = shown(site)
    assert result.problems
    assert result.value.revisions == ()
