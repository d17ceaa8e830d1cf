"""What `manifest adopt` shows and refuses."""

from __future__ import annotations

from tests.fakes.nouns import pod_text


def test_a_dry_run_shows_the_difference_and_says_that_it_is_a_restart(one_node, node) -> None:
    there = node.folder / "web.yaml"
    there.write_text(pod_text(image="example.com/web:0"))
    answer = one_node.run("manifest", "adopt", "web", "--dry-run")
    assert answer.code == 0, answer.err
    assert '+    image: "example.com/web:1"' in answer.out or "+    image: example.com/web:1" in answer.out
    assert "-  - image: example.com/web:0" in answer.out or "example.com/web:0" in answer.out
    assert "n1: `web.yaml`: taken over, which restarts its pod" in answer.err
    assert "podwright" not in there.read_text()


def test_a_node_without_the_file_is_left_as_it_is(one_node, node) -> None:
    answer = one_node.run("manifest", "adopt", "web", "-y")
    assert (answer.code, "unchanged" in answer.out) == (0, True), answer.err
    assert node.file() is None


def test_a_misspelt_name_is_refused(one_node) -> None:
    answer = one_node.run("manifest", "adopt", "wbe", "-y")
    assert (answer.code, "no chosen node has the static pod `wbe`" in answer.err) == (2, True)


def test_a_stale_checkout_does_not_undo_a_newer_change(one_node, node) -> None:
    for image in ("example.com/web:1", "example.com/web:2"):
        one_node.template("web", pod_text(image=image))
        pushed = one_node.run("manifest", "push", "-y", "--wait-for", "file")
        assert pushed.code == 0, pushed.err
    one_node.inventory.write_text(
        "all: {hosts: {n1: {}}, vars: {static_pods: [web], podwright_refuse_older: true}}\n"
    )
    newer = node.file()
    one_node.template("web", pod_text(image="example.com/web:1"))
    answer = one_node.run("manifest", "push", "-y", "--wait-for", "file")
    assert (answer.code, node.file()) == (1, newer)
    assert "`web.yaml` equals revision 1 of" in answer.err
    assert "podwright manifest rollback web --to 1" in answer.err
    one_node.template("web", pod_text(image="example.com/web:3"))
    assert one_node.run("manifest", "push", "-y", "--wait-for", "file").code == 0
