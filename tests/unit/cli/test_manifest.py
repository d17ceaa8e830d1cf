"""Each command of the group is there under the name and with the words that the group's help shows."""

from __future__ import annotations

import click
import pytest

from podwright.cli.manifest import ManifestCommands, group


@pytest.mark.parametrize("name", ManifestCommands.members)
def test_a_member_is_the_command_of_that_name(name) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert (command.name, bool(command.help)) == (name, True)
