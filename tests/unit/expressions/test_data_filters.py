"""YAML, JSON, base64 and digests; texts that are none of them are errors, and never an endless loop."""

from __future__ import annotations

import pytest

from podwright.expressions.data_filters import (
    b64decode,
    b64encode,
    digest,
    from_json,
    from_yaml,
    to_json,
    to_yaml,
)
from podwright.expressions.failure import ExpressionError


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: from_json("{"), "`from_json` was given text that is not JSON"),
        (lambda: from_yaml("a: ["), "`from_yaml` was given text that is not YAML"),
        (lambda: from_yaml("!!python/object:os.system {}"), "`from_yaml` was given text that is not YAML"),
        (lambda: b64decode("x"), "`b64decode` was given text that is not base64 of UTF-8"),
        (lambda: b64decode("/w=="), "`b64decode` was given text that is not base64 of UTF-8"),
        (lambda: digest("x", "sha3"), "`hash` knows md5, sha1, sha224, sha256, sha384 and sha512"),
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
