"""Reads how to log in to a node; what stands in the way is kept for whoever wants to connect."""

from __future__ import annotations

from podwright.inventory.node import Connection
from podwright.inventory.settings_reader import SettingsReader
from podwright.inventory.ssh_arguments import read_ssh_arguments
from podwright.inventory.variable_types import is_host
from podwright.inventory.variables import CONNECTION_VARIABLES, SSH_ARGUMENTS
from podwright.problem import Problem
from podwright.secret import Secret

_SSH = ("ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh", "ansible.builtin.paramiko_ssh")
_SUDO = ("sudo", "ansible.builtin.sudo")
_SUDOERS = "podwright runs plain `sudo`: give the user what it needs in sudoers, and remove the variable"
_NOTHING = ()
#: Variables that change how a node is reached, the values that we can honour, and the hint for any other.
_DEMANDS = {
    "ansible_connection": (
        _SSH,
        "podwright connects by SSH only: remove it, or leave the node out with `-l`",
    ),
    "ansible_become_method": (_SUDO, "podwright becomes another user with sudo only: remove it"),
    "ansible_become_exe": (_NOTHING, _SUDOERS),
    "ansible_become_flags": (_NOTHING, _SUDOERS),
    "ansible_su_pass": (_NOTHING, _SUDOERS),
}


def connection(reader: SettingsReader, node: str) -> Connection:
    """Return how `node` is reached. A shared inventory may hold machines that podwright has no business with."""
    obstacles: list[Problem] = []
    fields = reader.fields(node, CONNECTION_VARIABLES, obstacles)
    if "host" not in fields:
        fields["host"] = node
        if not is_host(node):
            hint = "give its address in `ansible_host`"
            obstacles.append(Problem("its name is not a host name or an address", hint, node=node))
    if "user" in fields:
        fields["user"] = str(fields["user"])
    for secret in ("password", "become_password"):
        if secret in fields:
            fields[secret] = Secret(str(fields[secret]))
    options = _ssh_options(reader, node, obstacles)
    obstacles += _unmet(reader, node, obstacles)
    return Connection(**fields, ssh_options=options, obstacle=obstacles[0] if obstacles else None)


def _ssh_options(reader: SettingsReader, node: str, obstacles: list[Problem]) -> tuple[tuple[str, str], ...]:
    options: list[tuple[str, str]] = []
    for name in reader.says(node, SSH_ARGUMENTS):
        value = reader.value(node, name, obstacles)
        if isinstance(value, str) and value:
            try:
                options += read_ssh_arguments(value).options
            except ValueError as error:
                obstacles.append(
                    Problem(f"`{name}` cannot be read: {error}", "write it as for ssh", node=node)
                )
    return tuple(options)


def _unmet(reader: SettingsReader, node: str, problems: list[Problem]) -> list[Problem]:
    unmet = []
    for name in reader.says(node, _DEMANDS):
        honoured, hint = _DEMANDS[name]
        value = reader.value(node, name, problems)
        if value not in (None, "") and value not in honoured:
            wanted = f"is not `{honoured[0]}`" if honoured else "is not supported"
            unmet.append(Problem(f"`{name}` {wanted}", hint, reader.place(name, value), node))
    return unmet
