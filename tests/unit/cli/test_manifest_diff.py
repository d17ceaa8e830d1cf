"""A diff with a revision shows what a rollback would change."""

from __future__ import annotations

from tests.unit.cli.test_manifest_rollback import NEXT, twice  # noqa: F401


def test_a_diff_shows_what_a_rollback_would_change(twice, node) -> None:  # noqa: F811
    answer = twice.run("manifest", "diff", "web", "--revision", "1")
    assert answer.code == 0, answer.err
    changed = [line.split()[-1] for line in answer.out.splitlines() if "image:" in line]
    assert changed == ["example.com/web:2", "example.com/web:1"]
    assert node.file() == NEXT.text(2)


def test_a_name_and_a_revision_go_together(twice) -> None:  # noqa: F811
    assert twice.run("manifest", "diff", "web").code == 2
    assert twice.run("manifest", "diff", "--revision", "1").code == 2
