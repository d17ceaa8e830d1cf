"""The table of variables: every one sets a field that exists, and old names stand behind the new."""

from __future__ import annotations

from podwright.inventory.node import Connection, NodeSettings
from podwright.inventory.variables import (
    CONNECTION_VARIABLES,
    OTHER_VARIABLES,
    SETTINGS_VARIABLES,
    UNUSED_VARIABLES,
    VARIABLES,
)


def test_every_variable_sets_a_field():
    assert {variable.field for variable in CONNECTION_VARIABLES} <= set(Connection.__struct_fields__)
    assert {variable.field for variable in SETTINGS_VARIABLES} <= set(NodeSettings.__struct_fields__)


def test_no_variable_is_read_in_two_ways():
    assert not VARIABLES.keys() & OTHER_VARIABLES.keys()
    assert not VARIABLES.keys() & UNUSED_VARIABLES.keys()


def test_passwords_are_secret():
    secret = {variable.name for variable in VARIABLES.values() if variable.kind.secret}
    assert secret == {name for name in VARIABLES if "pass" in name}
