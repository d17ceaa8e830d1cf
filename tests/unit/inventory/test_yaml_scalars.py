"""Scalars mean what PyYAML, and so Ansible, reads."""

from __future__ import annotations

import datetime

import pytest

from podwright.inventory.yaml_scalars import ScalarReader

TAG = "tag:yaml.org,2002:"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [("int", "012", 10), ("int", "12:30:45", 45045), ("bool", "Off", False), ("null", "~", None),
     ("float", "1.5", 1.5), ("timestamp", "2026-01-02", datetime.date(2026, 1, 2)), ("str", "5", "5")],
)  # fmt: skip
def test_a_scalar_is_read(kind, text, value):
    assert ScalarReader().value(TAG + kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"), [("timestamp", "2026-99-99"), ("int", "x"), ("bool", "perhaps"), ("value", "=")]
)
def test_what_does_not_fit_is_an_error(kind, text):
    with pytest.raises(ValueError, match=f"month|{kind}"):
        ScalarReader().value(TAG + kind, text)
