"""What `manifest push` takes, and what it refuses before anything is read."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import pod_text

RUN = "20261130-101500-aaaaaa"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--prune", "--only", "web"), "it does not go with `--only`"),
        (("--prune-max", "3"), "`--prune-max` limits what `--prune` may remove"),
        (("--resume", "2026"), "the journal has no run `2026`"),
        (("--resume", RUN), f"no chosen node has anything of a run {RUN}"),
    ],
)
def test_what_cannot_be_is_refused(one_node, node, arguments, message) -> None:
    one_node.template("web", pod_text())
    answer = one_node.run("manifest", "push", "-y", "--wait-for", "file", *arguments)
    assert (answer.code, message in answer.err) == (2, True), answer.err
    assert node.file() is None


def test_a_push_writes_what_the_templates_say(one_node, node) -> None:
    one_node.template("web", pod_text())
    answer = one_node.run("manifest", "push", "-y", "--wait-for", "file", "-o", "name")
    assert (answer.code, answer.out) == (0, "n1/web.yaml\n"), answer.err
    assert "example.com/web:1" in (node.file() or "")
