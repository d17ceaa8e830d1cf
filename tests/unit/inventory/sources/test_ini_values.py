"""Values of INI inventories are Python literals where they can be, as in Ansible."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from podwright.inventory.sources.ini_values import literal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1), ("0o17", 15), ("0x1F", 31), ("017", "017"), ("1e3", 1000.0), ("1_000", 1000), ("-1", -1), ("1.30", 1.3), ("1.2.3", "1.2.3"),
        ("True", True), ("true", "true"), ("yes", "yes"), ("None", None), ("null", "null"), ("'1'", "1"), ('"True"', "True"), ("''", ""), ("", ""),
        ("[1, 'a']", [1, "a"]), ("[a, b]", "[a, b]"), ("(1, 2)", [1, 2]), ("{'a': 1}", {"a": 1}), ("{a: 1}", "{a: 1}"), ("{1}", [1]),
        ("b'x'", "x"), ("1+2j", "(1+2j)"), ("...", "..."), ("/dev/sd'a", "/dev/sd'a"), ("{{ a }}", "{{ a }}"), ("{{ 1 }}", "{{ 1 }}"),
        ("a b", "a b"), ("10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("Falsey", "Falsey"), ("-", "-"), ("(" * 300, "(" * 300),
    ],
)  # fmt: skip
def test_a_literal_has_its_type_and_all_else_is_text(text, expected):
    value = literal(text)
    assert (value, type(value)) == (expected, type(expected))
