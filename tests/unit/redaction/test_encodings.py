"""Decoded views of a text, and where each of their parts stood."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.redaction.encodings import (
    decoded_runs,
    is_text,
    may_hold,
    spellings,
    unescaped_views,
    whole_run,
)


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_the_view_of_a_json_text_is_the_text_and_knows_where_each_part_stood(text) -> None:
    written = f"<{json.dumps(text)[1:-1]}\\n>"
    [view] = [view for view in unescaped_views(written) if view.text == f"<{text}\n>"][:1]
    assert len(view.text) == len(view.starts) == len(view.ends)
    assert (view.starts[0], view.ends[0]) == (0, 1)
    assert (view.starts[-1], view.ends[-1]) == (len(written) - 1, len(written))
    assert (view.starts[-2], view.ends[-2]) == (len(written) - 3, len(written) - 1)


@given(before=st.binary(max_size=9), secret=st.text("abcXYZ0189é?>", min_size=4), after=st.binary(max_size=9))
def test_base64_of_anything_that_holds_a_secret_holds_one_of_its_spellings(before, secret, after) -> None:
    data = before + secret.encode() + after
    for encoded in (base64.b64encode(data), base64.urlsafe_b64encode(data), data.hex().encode()):
        assert any(spelling in encoded.decode() for spelling in spellings(secret))


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8))
def test_base64_and_hex_of_a_text_are_decoded(text) -> None:
    data = text.encode()
    for encoded in (base64.b64encode(data).decode(), data.hex(), base64.encodebytes(data * 20).decode()):
        assert any(data.decode("latin-1") in decoded for _, decoded in decoded_runs(f"x: {encoded}"))


def test_what_happens_to_be_spelt_like_base64_is_no_text() -> None:
    path = "/etc/kubernetes/manifests/kube-apiserver"
    assert not any(is_text(decoded) for _, decoded in decoded_runs(path))


def test_a_part_is_widened_to_its_whole_word() -> None:
    assert whole_run("a YWRtaW46aHVudGVyMng= b", 9, 12) == (2, 22)


@pytest.mark.parametrize("text", ["hunter2", "x-aHVudGVyMg==", "YTpodW50ZXIy", "68756e74657232"])
def test_a_quick_look_misses_none(text) -> None:
    assert may_hold(text, "hunter2")
    assert not may_hold(text, "other-secret")
