"""YAML, JSON, base64 and digests; texts that are none of them are errors, and never an endless loop."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from podwright.expressions.encoding_filters import (
    _DIGESTS,
    b64decode,
    b64encode,
    digest,
    from_json,
    from_yaml,
    from_yaml_all,
    to_json,
    to_yaml,
)
from podwright.expressions.errors import ExpressionError


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: from_json("{"), "`from_json` was given text that is not JSON"),
        (lambda: from_yaml("a: ["), "`from_yaml` was given text that is not YAML"),
        (lambda: from_yaml("!!python/object:os.system {}"), "`from_yaml` was given text that is not YAML"),
        (lambda: b64decode("x"), "`b64decode` was given text that is not base64 of UTF-8"),
        (lambda: b64decode("/w=="), "`b64decode` was given text that is not base64 of UTF-8"),
        (lambda: digest("x", "sha"), f"`hash` knows {', '.join(sorted(_DIGESTS))}"),
        (lambda: from_yaml("a\n---\nb"), "`from_yaml` was given more than one document"),
        (lambda: to_yaml({}, tags={}), "`to_yaml` has no option `tags`"),
        (lambda: to_json({}, indent=65), "an indentation is a number from 0 to 64"),
        (lambda: to_yaml({}, indent="2"), "an indentation is a number from 0 to 64"),
    ],
)
def test_what_cannot_be_is_an_error_without_values(call, message):
    with pytest.raises(ExpressionError) as caught:
        call()
    assert caught.value.message == message


def test_deep_text_ends():
    with pytest.raises(RecursionError):
        from_yaml("[" * 100_000)


def test_base64_is_of_utf8():
    assert b64decode(b64encode("fooé")) == "fooé"
    assert b64encode(5) == "NQ=="
    assert b64encode("foo>>??", urlsafe=True) == "Zm9vPj4_Pw=="


def test_documents_are_read_one_or_all():
    assert from_yaml_all("a: 1\n---\nb: 2") == [{"a": 1}, {"b": 2}]
    assert (from_yaml_all(None), from_yaml(None), from_yaml(""), from_yaml(5)) == ([], None, None, 5)


def test_dates_are_written_as_ansible_does():
    assert to_json({"d": datetime(2024, 1, 2)}) == '{"d": "2024-01-02T00:00:00"}'
    assert to_json([1, 2], separators=(",", ":")) == "[1,2]"
    assert to_yaml({"d": date(2024, 1, 2)}, explicit_start=True) == "--- {d: 2024-01-02}\n"
