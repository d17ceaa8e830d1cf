"""A check beside the one before: what is new, what is mended, and what cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import FakeNode

CHECK = ("drift", "check", "--wait-for", "file")


def test_a_check_is_compared_with_the_last_one_or_with_an_earlier_report(
    one_node: Site, node: FakeNode, tmp_path: Path
) -> None:
    first = one_node.run(*CHECK, "-o", "json")
    (tmp_path / "first.json").write_text(first.out)
    again = one_node.run(*CHECK, "--compare", "last")
    assert again.out.startswith("n1: file-missing: web.yaml: it should be there (since 20")
    assert again.err == "1 node, 1 finding, 0 new, 0 mended\n"
    node.place(manifest())
    mended = one_node.run(*CHECK, "--compare", str(tmp_path / "first.json"))
    assert mended.code == 0
    assert mended.out.startswith("n1: mended: web.yaml: file-missing: it should be there (since 20")
    (node.folder / "web.yaml").chmod(0o640)
    fresh = one_node.run(*CHECK, "--compare", "last")
    assert fresh.out == "n1: file-rights: web.yaml: mode 640 instead of 600 (new)\n"
    assert json.loads(one_node.run(*CHECK, "-o", "json").out)["comparedWith"]


def test_the_page_shows_what_changed_since_the_check_before(
    one_node: Site, node: FakeNode, tmp_path: Path
) -> None:
    page = tmp_path / "x.html"
    one_node.run(*CHECK)
    one_node.run(*CHECK, "--html", str(page))
    assert ": 0 new, 0 mended" in page.read_text()
    assert "<p class=hint>since 20" in page.read_text()
    node.place(manifest())
    one_node.run(*CHECK, "--html", str(page))
    assert "mended: file-missing" in page.read_text()


def test_without_compare_the_lines_stay_as_they_are(one_node: Site) -> None:
    assert one_node.run(*CHECK) == one_node.run(*CHECK)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "no such file or directory"),
        ("[]", "it is not a report of `drift check -o json`"),
        ('{"kind": "PushReport"}', "it is not a report"),
    ],
)
def test_what_cannot_be_compared_with_is_told(
    one_node: Site, tmp_path: Path, content: str | None, expected: str
) -> None:
    if content is not None:
        (tmp_path / "x.json").write_text(content)
    answer = one_node.run("drift", "check", "--compare", str(tmp_path / "x.json"))
    assert (answer.code, expected in answer.err) == (2, True)


def test_checks_of_different_pods_are_not_compared(one_node: Site, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(one_node.run("drift", "check", "-o", "json").out)
    answer = one_node.run("drift", "check", "--only", "web", "--compare", str(tmp_path / "x.json"))
    assert (answer.code, "is of a check with other options" in answer.err) == (2, True)


def test_state_that_cannot_be_kept_ends_no_check(one_node: Site, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "podwright").write_text("")
    answer = one_node.run(*CHECK)
    assert (answer.code, "the next check cannot be compared with this one" in answer.err) == (3, True)
    assert one_node.run(*CHECK, "-q").err == ""


def test_a_container_that_was_restarted_between_two_checks_is_found(one_node: Site, node: FakeNode) -> None:
    from tests.unit.operations.conftest import sandbox

    web = manifest()
    node.place(web)
    node.runs(web)
    assert one_node.run("drift", "check").code == 0
    again = sandbox(web, attempt=2, age=5_000)
    node.show(again)
    answer = one_node.run("drift", "check")
    assert (answer.code, answer.out) == (
        3,
        "n1: pod-restarted: default/web-n1: container `main` was started again 2 times since the check before: 2 restarts\n",
    )
    assert one_node.run("drift", "check").code == 0
