"""One call says which of a source's values are wrong."""

from __future__ import annotations

from podwright.inventory.schema import Schema


def test_all_wrong_values_are_named_in_the_order_they_stand():
    values = {"podwright_hold": "x", "ansible_host": "ok", "ansible_port": [1], "ansible_become": "yes"}
    schema = Schema()
    assert schema.wrong(values) == ("podwright_hold", "ansible_port")
    assert schema.wrong({**values, "podwright_hold": 1, "ansible_port": 1}) == ()
    assert schema.wrong({}) == ()


def test_values_of_any_type_are_judged():
    for value in ({}, [], None, 1.5, object()):
        assert Schema().wrong({"ansible_host": value}) == ("ansible_host",)
