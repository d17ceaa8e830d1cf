"""The options that commands share have one meaning and one variable everywhere."""

from __future__ import annotations

import click
import pytest

from podwright.cli.main import cli
from podwright.cli.manifest_restart import RestartOptions
from podwright.cli.run_options import ConvergeOptions, ProofOptions, converge_options
from podwright.cli.site_options import SiteOptions
from podwright.operations.world import DEFAULT_FORKS, Settings

COMMANDS = ("push", "remove", "diff", "status", "render", "validate")


def option(command: str, name: str) -> click.Option:
    group = cli.get_command(click.Context(cli), "manifest")
    found = group.get_command(click.Context(group), command)
    [entry] = [entry for entry in found.params if isinstance(entry, click.Option) and name in entry.opts]
    return entry


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_limit_more_than_once(command: str) -> None:
    limit = option(command, "--limit")
    assert (limit.multiple, limit.envvar) == (True, ["PODWRIGHT_LIMIT"])


def test_options_of_one_name_and_other_words_have_variables_of_their_own() -> None:
    assert option("push", "--wait-for").envvar == ["PODWRIGHT_WAIT_FOR"]
    assert option("remove", "--wait-for").envvar == ["PODWRIGHT_REMOVE_WAIT_FOR"]
    assert option("push", "--output").envvar == ["PODWRIGHT_OUTPUT"]
    assert option("validate", "--output").envvar == ["PODWRIGHT_VALIDATE_OUTPUT"]


def test_the_defaults_are_those_of_a_run() -> None:
    given, run = ConvergeOptions(), Settings()
    assert given.forks == DEFAULT_FORKS == run.forks
    assert (given.wait_for, given.timeout, given.hold, given.adopt) == (
        run.wait_for,
        run.timeout,
        run.hold,
        run.adopt,
    )


@pytest.mark.parametrize("forks", ["0", "1001", "many"])
def test_forks_are_bounded(forks: str) -> None:
    with pytest.raises(click.BadParameter):
        option("push", "--forks").type.convert(forks, None, None)


def test_a_command_hands_on_what_it_shares_with_push_and_fixes_the_rest() -> None:
    given = RestartOptions(SiteOptions(), yes=True, proof=ProofOptions(forks=7, output="json"))
    wanted = ConvergeOptions(yes=True, forks=7, output="json", diff=True)
    assert converge_options(given, given.proof, diff=True) == wanted
