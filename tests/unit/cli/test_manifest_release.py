"""What `manifest release` plans and says."""

from __future__ import annotations

from tests.fakes.nouns import manifest

WEB = manifest()


def test_a_dry_run_says_that_it_is_a_restart_and_shows_that_only_the_mark_goes(one_node, node) -> None:
    node.place(WEB)
    node.runs(WEB)
    answer = one_node.run("manifest", "release", "web", "--dry-run", "--diff")
    assert answer.code == 0, answer.err
    assert "release web.yaml" in answer.out
    assert "n1: `web.yaml`: podwright's mark goes, which restarts the pod" in answer.err
    assert node.file() == WEB.text(1)
    gone = [line for line in answer.out.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert all("podwright.dev" in line or line.strip("- ") in ("labels:", "annotations:") for line in gone)
    assert not any(line.startswith("+") for line in answer.out.splitlines() if not line.startswith("+++"))


def test_a_misspelt_name_is_told(one_node, node) -> None:
    node.place(WEB)
    node.runs(WEB)
    answer = one_node.run("manifest", "release", "wbe", "-y")
    assert (answer.code, "none of the observed nodes has a file `wbe.yaml`" in answer.err) == (0, True)


def test_somebody_elses_file_has_nothing_to_give_up(one_node, node) -> None:
    (node.folder / "web.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: b}]}\n"
    )
    answer = one_node.run("manifest", "release", "web", "--dry-run")
    assert (answer.code, "unchanged" in answer.out) == (0, True), answer.err
