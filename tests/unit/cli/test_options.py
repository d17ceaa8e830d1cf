"""One frozen value of a command's options: from the command line, the environment, and what stood before the command."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from typing import Annotated

import click
import pytest
from click.testing import CliRunner

from podwright.cli.options import Argument, Inherited, Option, options


@dataclass(frozen=True, slots=True)
class Where:
    folder: Annotated[Path | None, Option("-d --folder", "Which folder.")] = None
    files: Annotated[tuple[Path, ...], Option("--files", "Which files.")] = ()
    loud: Annotated[bool, Option("--loud", "Say more.")] = False


@dataclass(frozen=True, slots=True)
class How:
    speed: Annotated[int, Option("-s --speed --pace", "How fast.", prefix="HOW_")] = 3
    warm: Annotated[bool | None, Option("--warm/--cold", "Heat it.")] = None


@dataclass(frozen=True, slots=True)
class Whole:
    where: Annotated[Where, Inherited()]
    how: How
    names: Annotated[tuple[str, ...], Argument("NAME...")] = ()
    only: Annotated[tuple[str, ...], Option("--only", "Only these.", metavar="NAME")] = ()


seen: list[Whole] = []


@click.group()
@options(Where)
def root(where: Where) -> None:
    click.get_current_context().obj = where


@root.command()
@options(Whole)
def work(given: Whole) -> int:
    """Do the work."""
    seen.append(given)
    return 7


def given(*arguments: str, **environment: str) -> Whole:
    result = CliRunner(env=environment).invoke(root, arguments, standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == 7
    return seen.pop()


@pytest.mark.parametrize(
    ("arguments", "environment", "warm"),
    [([], {}, None), (["--warm"], {}, True), (["--cold"], {}, False), ([], {"PODWRIGHT_WARM": "no"}, False)],
)
def test_a_flag_can_be_denied(arguments, environment, warm) -> None:
    assert given("work", *arguments, **environment).how.warm is warm


def test_nothing_given_is_every_fields_default() -> None:
    assert given("work") == Whole(Where(), How())


def test_each_field_has_its_own_type() -> None:
    found = given(
        "work", "a", "b", "-d", "x", "--files", "1", "--files", "2", "--loud", "-s", "9", "--only", "p"
    )
    assert found == Whole(Where(Path("x"), (Path("1"), Path("2")), True), How(9), ("a", "b"), ("p",))
    with pytest.raises(FrozenInstanceError):
        found.names = ()


@pytest.mark.parametrize("name", ["HOW_SPEED", "HOW_PACE"])
def test_each_long_name_is_a_variable(name: str) -> None:
    assert given("work", **{name: "5"}).how == How(5)
    assert given("work", "-s", "6", **{name: "5"}).how == How(6)


def test_what_stands_after_the_command_is_laid_over_what_stands_before_it() -> None:
    assert given("--loud", "-d", "x", "work", "-d", "y").where == Where(Path("y"), loud=True)
    assert given("--files", "1", "work", "--files", "2").where == Where(files=(Path("2"),))


def test_the_environment_of_an_inherited_part_is_read_before_the_command_alone() -> None:
    assert given("work", PODWRIGHT_FOLDER="x").where == Where(Path("x"))
    assert given("-d", "y", "work", PODWRIGHT_FOLDER="x").where == Where(Path("y"))
    assert given("work", "-d", "y", PODWRIGHT_FOLDER="x").where == Where(Path("y"))


def test_a_commands_help_has_its_own_options_and_not_the_inherited_ones() -> None:
    shown = CliRunner().invoke(root, ["work", "--help"]).output
    assert "Do the work." in shown
    assert "--speed" in shown
    assert "[default: 3]" in shown
    assert "--folder" not in shown
    assert "--folder" in CliRunner().invoke(root, ["--help"]).output
