"""What `manifest restart` refuses and plans."""

from __future__ import annotations

from tests.fakes.nouns import manifest

WEB = manifest()


def test_it_wants_to_know_which_pods(one_node) -> None:
    answer = one_node.run("manifest", "restart", "-y")
    assert (answer.code, "which pods are to be restarted?" in answer.err) == (2, True)


def test_a_dry_run_shows_the_restart_without_templates(one_node, node) -> None:
    node.place(WEB)
    node.runs(WEB)
    for template in one_node.templates.iterdir():
        template.unlink()
    answer = one_node.run("manifest", "restart", "web", "--dry-run")
    assert answer.code == 0, answer.err
    assert "restart web.yaml" in answer.out
    assert node.file() == WEB.text(1)


def test_a_misspelt_name_is_refused_and_nothing_else_is_done(one_node, node) -> None:
    node.place(WEB)
    node.runs(WEB)
    answer = one_node.run("manifest", "restart", "web", "wbe", "-y")
    assert (answer.code, "hint: did you mean `web`?" in answer.err) == (2, True)
    assert node.file() == WEB.text(1)
