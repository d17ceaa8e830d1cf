"""Where a page starts, and the token of the next."""

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.paging import Start, cut, start_of, token, version_of


@pytest.mark.parametrize(("text", "version"), [("0", 0), ("17", 17), ("9" * 19, 10**19 - 1)])
def test_a_version_is_a_number(text, version):
    assert version_of(text) == version


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "required"),
        ("", "required"),
        ("x", "invalid"),
        ("-1", "invalid"),
        ("9" * 20, "invalid"),
        ("٣", "invalid"),
    ],
)
def test_anything_else_is_not(text, message):
    with pytest.raises(ApiError, match=message) as caught:
        version_of(text)
    assert caught.value.code == 400


@pytest.mark.parametrize(
    ("version", "exact", "start"),
    [(None, False, 9), ("", True, 9), ("0", True, 9), ("5", False, 9), ("5", True, 5), ("9", True, 9)],
)
def test_a_list_is_of_now_unless_an_exact_version_is_wanted(version, exact, start):
    assert start_of(None, version, exact=exact, current=9) == Start(start)


def test_the_future_times_out_and_says_when_to_retry():
    with pytest.raises(ApiError, match="Too large resource version: 10, current: 9") as caught:
        start_of(None, "10", exact=False, current=9)
    assert caught.value.code == 504
    assert caught.value.details["retryAfterSeconds"] == 1


@pytest.mark.parametrize("last", [("default", "web-n1"), ("", "n1")])
def test_a_token_leads_back_to_where_it_was_made(last):
    assert start_of(token(7, last), None, exact=False, current=9) == Start(7, last)


@pytest.mark.parametrize("text", ["x", "!!!", "e30", "bnVsbA", "W10", "eyJydiI6IngiLCJzdGFydCI6ImEifQ"])
def test_a_token_that_is_not_ours_is_refused(text):
    with pytest.raises(ApiError, match="illegal token"):
        start_of(text, None, exact=False, current=9)


@pytest.mark.parametrize(
    ("limit", "page", "left"), [(None, 3, 0), (0, 3, 0), (-1, 3, 0), (3, 3, 0), (2, 2, 1), (5, 3, 0)]
)
def test_a_page_has_at_most_its_limit(limit, page, left):
    items, remaining = cut([{"n": number} for number in range(3)], limit)
    assert (len(items), remaining) == (page, left)
