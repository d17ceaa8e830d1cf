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


def test_without_a_restart_the_mark_stays_and_from_then_on_it_is_somebody_elses(one_node, node) -> None:
    node.place(WEB)
    node.runs(WEB)
    answer = one_node.run("manifest", "release", "web", "--no-restart", "--dry-run")
    assert (answer.code, "release web.yaml" in answer.out) == (0, True), answer.err
    assert (
        "n1: `web.yaml`: given up as it lies there: podwright's mark stays, and nothing restarts"
        in answer.err
    )
    assert "restarts the pod" not in answer.out + answer.err
    released = one_node.run("manifest", "release", "web", "--no-restart", "-y", "--hold", "0")
    assert (released.code, "gave up web.yaml" in released.out) == (0, True), released.err
    assert "note: take `web` out of `static_pods`" in released.err
    assert node.file() == WEB.text(1)
    again = one_node.run("manifest", "release", "web", "--no-restart", "--dry-run")
    assert (again.code, "unchanged" in again.out) == (0, True), again.err
    pushed = one_node.run("manifest", "push", "--dry-run")
    assert "`web.yaml` was released, and is not podwright's any more" in pushed.err
    assert "`podwright manifest adopt web` takes it over again" in pushed.err
    adopted = one_node.run("manifest", "adopt", "web", "-y", "--hold", "0")
    assert adopted.code == 0, adopted.err
    assert node.file() == WEB.text(1)
    pushed = one_node.run("manifest", "push", "--dry-run")
    assert (pushed.code, "unchanged" in pushed.out) == (0, True), pushed.err


def test_a_misspelt_name_is_refused_and_nothing_else_is_done(one_node, node) -> None:
    node.place(WEB)
    node.runs(WEB)
    answer = one_node.run("manifest", "release", "web", "wbe", "-y")
    assert (answer.code, "hint: did you mean `web`?" in answer.err) == (2, True)
    assert node.file() == WEB.text(1)


def test_somebody_elses_file_has_nothing_to_give_up(one_node, node) -> None:
    (node.folder / "web.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: b}]}\n"
    )
    answer = one_node.run("manifest", "release", "web", "--dry-run")
    assert (answer.code, "unchanged" in answer.out) == (0, True), answer.err
