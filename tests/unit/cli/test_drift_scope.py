"""What a check compares: kinds that are left out, and what makes two checks the same."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Site

from podwright.cli.drift_scope import DriftScope
from podwright.cli.site_options import SiteOptions


def test_a_kind_may_be_ignored_but_no_misspelt_one(one_node: Site) -> None:
    clean = one_node.run("drift", "check", "--wait-for", "file", "--ignore", "file-missing")
    assert (clean.code, clean.out) == (0, "")
    answer = one_node.run("drift", "check", "--ignore", "file-mising")
    assert answer.code == 2
    assert "there is no kind of drift `file-mising`" in answer.err
    assert "did you mean `file-missing`?" in answer.err


def test_checks_of_other_nodes_or_sites_are_others(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    keys = {
        DriftScope(limit=limit).key(site, inventory)
        for limit in ((), ("cp-1",))
        for site in (SiteOptions(), SiteOptions(context="lab"))
        for inventory in ("a", "b")
    }
    assert len(keys) == 8
    assert DriftScope().whole
    assert not DriftScope(only=("web",)).whole
