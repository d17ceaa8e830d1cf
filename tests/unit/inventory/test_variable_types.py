"""Values are converted before they are checked, and host and user names are OpenSSH's."""

from __future__ import annotations

import pytest

from podwright.inventory.schema import Schema
from podwright.inventory.variable_types import BOOLEAN, DURATION, PORT, is_node_name


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (DURATION, "1.5m", 90.0), (DURATION, 3, 3.0), (DURATION, "soon", "soon"), (DURATION, True, "True"),
        (PORT, "22", 22), (PORT, 22, 22), (PORT, True, "True"), (PORT, "9" * 12, "9" * 12),
        (BOOLEAN, "Yes", True), (BOOLEAN, "off", False), (BOOLEAN, 1, True), (BOOLEAN, "perhaps", "perhaps"),
    ],
)  # fmt: skip
def test_a_value_is_converted(kind, value, expected):
    assert (kind.convert(value), type(kind.convert(value))) == (expected, type(expected))


@pytest.mark.parametrize("host", ["a", "10.0.0.1", "::1", "fe80::1%eth0", "[::1]", "node_1.example", "Ünode"])
def test_a_host_that_openssh_takes(host):
    assert Schema().wrong({"ansible_host": host}) == ()


@pytest.mark.parametrize("character", [*"'`\"$\\;&<>|(){}*?,!", " ", "\t", "\n", "\x00", "\x7f"])
def test_a_host_that_a_shell_or_known_hosts_would_misread(character):
    assert Schema().wrong({"ansible_host": f"a{character}b"}) == ("ansible_host",)


@pytest.mark.parametrize("user", ["core", "DOMAIN\\user", "a@b", "a$", "ü"])
def test_a_user_that_openssh_takes(user):
    assert Schema().wrong({"ansible_user": user}) == ()


@pytest.mark.parametrize(
    "user", ["-x", "a b", "a\\", "$(id)", "`id`", "a;b", "a'b", 'a"b', "a|b", "a&b", "a<b", "${x}", "a\nb"]
)
def test_a_user_that_a_shell_would_misread(user):
    assert Schema().wrong({"ansible_user": user}) == ("ansible_user",)


@pytest.mark.parametrize(
    ("value", "fits"), [(1, True), ("100", True), (0, False), (101, False), (2.5, False)]
)
def test_how_many_revisions_a_node_may_keep(value, fits):
    assert (Schema().wrong({"podwright_history_revisions": value}) == ()) is fits


@pytest.mark.parametrize(("value", "fits"), [(1, True), ("16", True), (0, False), (17, False), ("4M", False)])
def test_how_much_room_they_may_take(value, fits):
    assert (Schema().wrong({"podwright_history_mebibytes": value}) == ()) is fits


def test_node_names_are_dns_names():
    assert [is_node_name(name) for name in ("n-1.example", "n_1", "N1", "", "a" * 254)] == [
        True, False, False, False, False,
    ]  # fmt: skip
