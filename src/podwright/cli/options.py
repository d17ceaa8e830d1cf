"""Makes a command's options one frozen value: each field of a dataclass is annotated with its click option."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from functools import cache, wraps
from pathlib import Path
from typing import Annotated, TypeVar, get_args, get_origin, get_type_hints

import click

#: as click calls it: with the context, the parameter and what is typed so far
Complete = Callable[[click.Context, click.Parameter, str], list[str]]

Given = TypeVar("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Option:
    """What click needs beyond a field's name, type and default: a bool is a flag, a tuple may be repeated.

    `names` are what a person types, with spaces between; of a flag, `/` and what denies it may follow. Each long name
    is an environment variable too: `prefix` and the name. An option that takes other words than the option of its name
    elsewhere needs a prefix of its own.
    """

    names: str
    help: str
    type: click.ParamType[object] | None = None
    metavar: str | None = None
    prefix: str = "PODWRIGHT_"
    complete: Complete | None = None

    def variables(self) -> list[str]:
        given = (name.partition("/")[0] for name in self.names.split())
        long_names = [name.removeprefix("--") for name in given if name.startswith("--")]
        return [self.prefix + name.upper().replace("-", "_") for name in long_names]


class OneValue(click.ParamType[str]):
    """Text that is one value in the environment, however many words it has."""

    name = "text"

    def split_envvar_value(self, rv: str) -> list[str]:
        return [rv]


@dataclass(frozen=True, slots=True)
class Argument:
    """A field that takes what is given without an option's name; a tuple takes all of it."""

    metavar: str
    required: bool = False
    type: click.ParamType[object] | None = None
    complete: Complete | None = None


@dataclass(frozen=True, slots=True)
class Inherited:
    """Marks a part that may be given before the command too: only there does it read the environment and show in help."""


def options(value: type[Given]) -> Callable[[Callable[[Given], Answer]], Callable[..., Answer]]:
    """Give a command the options of the dataclass `value` and call it with one of these.

    A field whose type is a dataclass is a part: its options are the command's too.
    """

    def decorate(command: Callable[[Given], Answer]) -> Callable[..., Answer]:
        @wraps(command)
        def called(**given: object) -> Answer:
            return command(_made(value, given))

        for add in reversed(list(_parameters(value, inherited=False))):
            add(called)
        return called

    return decorate


def _parameters(
    value: Callable[..., object], *, inherited: bool
) -> Iterator[Callable[[Callable[..., object]], object]]:
    for field, kind, notes in _fields(value):
        if is_dataclass(kind):
            yield from _parameters(kind, inherited=Inherited() in notes)
        for note in notes:
            if isinstance(note, Argument):
                yield click.argument(
                    field.name,
                    nargs=-1 if get_origin(kind) is tuple else 1,
                    required=note.required,
                    type=note.type,
                    metavar=note.metavar,
                    shell_complete=note.complete,
                )
            elif isinstance(note, Option):
                yield _click_option(note, field, kind, inherited=inherited)


def _click_option(
    option: Option, field: Field[object], kind: type[object], *, inherited: bool
) -> Callable[[Callable[..., object]], object]:
    default = None if field.default is MISSING or field.default == () else field.default
    path = click.Path(path_type=Path) if Path in (kind, *get_args(kind)) else None
    return click.option(
        *option.names.split(),
        field.name,
        help=option.help,
        type=option.type or path,
        metavar=option.metavar,
        shell_complete=option.complete,
        is_flag=bool in (kind, *get_args(kind)),
        multiple=get_origin(kind) is tuple,
        default=default,
        show_default=default not in (None, False, ""),
        envvar=None if inherited else option.variables(),
        hidden=inherited,
    )


@cache
def _fields(
    value: Callable[..., object],
) -> tuple[tuple[Field[object], type[object], tuple[object, ...]], ...]:
    """Each field that can be given, with its type and what it is annotated with."""
    hints = get_type_hints(value, include_extras=True)
    found = []
    for field in fields(value):  # type: ignore[arg-type]  # every options value is a dataclass
        if not field.init:
            continue
        hint = hints[field.name]
        kind, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        found.append((field, kind, tuple(notes)))
    return tuple(found)


def _made(value: Callable[..., Given], given: dict[str, object]) -> Given:
    return value(
        **{
            field.name: _part(kind, given, notes) if is_dataclass(kind) else given[field.name]
            for field, kind, notes in _fields(value)
        }
    )


def _part(kind: type[Given], given: dict[str, object], notes: tuple[object, ...]) -> Given:
    """What is given after the command is laid over what was given before it."""
    made = _made(kind, given)
    before = click.get_current_context().find_object(kind) if Inherited() in notes else None
    if before is None:
        return made
    here = {field.name: getattr(made, field.name) for field in fields(made)}  # type: ignore[arg-type]
    # 0 is given, though it equals False
    set_here = {
        name: value for name, value in here.items() if not (value is None or value is False or value == ())
    }
    return replace(before, **set_here)  # type: ignore[type-var]
