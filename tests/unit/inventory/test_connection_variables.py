"""How a node is reached; what stands in the way is kept for whoever wants to connect."""

from __future__ import annotations

import pytest

from podwright.expressions.site_variables import SiteVariables
from podwright.inventory.connection_variables import connection
from podwright.inventory.node import Connection
from podwright.inventory.settings_reader import SettingsReader
from podwright.inventory.variable_checks import Checks


def read(**variables: object) -> Connection:
    return connection(SettingsReader(SiteVariables({"n": variables}), Checks(None), []), "n")


def test_without_a_word_the_host_is_the_name():
    assert read() == Connection("n")


def test_passwords_become_secrets():
    found = read(ansible_password="{{ p }}", p="hunter2", ansible_become_pass="hunter3")
    assert "hunter" not in repr(found)
    assert (found.password.reveal(), found.become_password.reveal()) == ("hunter2", "hunter3")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"ansible_connection": "local"}, "`ansible_connection` is not `ssh`"),
        ({"ansible_connection": "{{ 'docker' }}"}, "`ansible_connection` is not `ssh`"),
        ({"ansible_become_method": ["sudo"]}, "`ansible_become_method` is not `sudo`"),
        ({"ansible_become_exe": "/bin/doas"}, "`ansible_become_exe` is not supported"),
        ({"ansible_host": "{{ nope }}"}, "`ansible_host`: `nope` is undefined"),
        (
            {"ansible_ssh_extra_args": "{{ '-o' }}"},
            "`ansible_ssh_extra_args` cannot be read: `-o` has no value",
        ),
    ],
)
def test_an_obstacle_is_kept(variables, message):
    obstacle = read(**variables).obstacle
    assert (obstacle.message, obstacle.node) == (message, "n")


@pytest.mark.parametrize("value", [None, "", "sudo", "{{ none }}"])
def test_what_demands_nothing_is_no_obstacle(value):
    assert read(ansible_become_method=value).obstacle is None
