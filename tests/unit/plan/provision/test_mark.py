from __future__ import annotations

import pytest

from podwright.plan.provision.mark import is_marked, marked, source_of, was_edited


@pytest.mark.parametrize("text", ["x = 1\n", "#!/bin/sh\necho\n", "", "no end"])
@pytest.mark.parametrize("comment", ["#", ";", "//", "<!--"])
def test_a_marked_text_is_known_again_and_so_is_an_edit(text: str, comment: str) -> None:
    whole = marked(text, "files/a", comment).encode()
    assert is_marked(whole)
    assert source_of(whole) == ("files/a" if comment else "")
    assert not was_edited(whole)
    assert was_edited(whole + b"more\n")
    assert whole.startswith(b"#!") is text.startswith("#!")


def test_a_file_without_comments_has_no_mark() -> None:
    assert marked("{}", "files/a", "") == "{}\n"
    assert not is_marked(b"{}\n")
    assert not was_edited(b"{}\n")


def test_a_mark_further_down_is_text() -> None:
    assert not is_marked(b"x\n" + marked("x\n", "files/a", "#").encode())
