"""The site options stand on every command, unseen there, and once in the root's help."""

from __future__ import annotations

from dataclasses import fields

import click
import pytest
from click.testing import CliRunner

from podwright.cli.main import cli
from podwright.cli.site_options import SiteOptions


def leaves(command: click.Command) -> list[click.Command]:
    if not isinstance(command, click.Group):
        return [command]
    context = click.Context(command)
    names = [name for name in command.list_commands(context) if name != "lab"]
    return [leaf for name in names for leaf in leaves(command.get_command(context, name))]


@pytest.mark.parametrize("command", leaves(cli), ids=lambda command: command.name)
def test_every_command_takes_every_site_option(command: click.Command) -> None:
    own = {entry.name: entry for entry in command.params}
    for field in fields(SiteOptions):
        assert (own[field.name].hidden, own[field.name].envvar) == (True, None)


def test_the_roots_help_shows_each_with_its_variable_read() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).output
    for entry in cli.params:
        if entry.name in {field.name for field in fields(SiteOptions)}:
            assert entry.opts[-1] in shown
            assert entry.envvar == [f"PODWRIGHT_{entry.opts[-1].lstrip('-').upper().replace('-', '_')}"]


def test_nothing_given_is_nothing_said() -> None:
    assert all(getattr(SiteOptions(), field.name) in (None, False, ()) for field in fields(SiteOptions))
