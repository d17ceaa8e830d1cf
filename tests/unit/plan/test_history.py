"""To which revision of a history a manifest goes back."""

from __future__ import annotations

from tests.fakes.copies import replace

from podwright.plan.history import (
    Fate,
    Revision,
    before_run,
    failed_before,
    last_good,
    newest_first,
    revision_of,
    written_by,
)


def revision(number: int, digest: str, fate: Fate = Fate.GOOD, name: str = "web.yaml") -> Revision:
    return Revision(name, number, b"", digest, fate=fate)


HISTORY = (
    revision(1, "a"),
    revision(3, "b"),
    revision(5, "c", Fate.FAILED),
    revision(7, "b"),
    revision(9, "d", Fate.WRITTEN),
    revision(9, "x", name="other.yaml"),
)


def test_the_newest_comes_first_and_only_of_that_name() -> None:
    assert [one.number for one in newest_first(HISTORY, "web.yaml")] == [9, 7, 5, 3, 1]


def test_a_revision_is_found_by_its_number() -> None:
    found = revision_of(HISTORY, "web.yaml", 5)
    assert found
    assert found.digest == "c"
    assert revision_of(HISTORY, "web.yaml", 4) is None


def test_the_newest_good_one_with_other_content_is_gone_back_to() -> None:
    chosen = [last_good(HISTORY, "web.yaml", other_than=digest) for digest in ("d", "b", "")]
    assert [one.number for one in chosen if one] == [7, 1, 7]
    assert last_good(HISTORY[2:3], "web.yaml", other_than="d") is None


def test_a_content_has_failed_before_unless_it_was_good_since() -> None:
    history = (revision(1, "a", Fate.REVERTED), revision(3, "b"), revision(5, "b", Fate.REVERTED))
    assert [failed_before(history, "web.yaml", digest) for digest in ("a", "b", "c")] == [
        history[0],
        history[2],
        None,
    ]
    assert failed_before((*history, revision(7, "b")), "web.yaml", "b") is None
    assert failed_before(history, "other.yaml", "a") is None
    assert failed_before(HISTORY, "web.yaml", "c") == HISTORY[2], "nobody has taken it back"


def test_before_a_run_lay_what_it_replaced_unless_it_created_the_file() -> None:
    mine = tuple(replace(revision(number, "e"), run="r2") for number in (11, 13))
    history = (*HISTORY, *mine)
    found = before_run(history, "web.yaml", "r2")
    assert found
    assert (found.number, found.fate) == (9, Fate.WRITTEN)
    assert before_run((*HISTORY, replace(mine[0], created=True), mine[1]), "web.yaml", "r2") is None
    assert before_run((revision(5, "c", Fate.FAILED), *mine), "web.yaml", "r2") is None
    assert before_run(HISTORY, "web.yaml", "r2") == HISTORY[4], "it removed the file"
    assert written_by(history, "r2") == ("web.yaml",)
