"""The entry of the command line: finds the command, runs it, and turns failures into messages and exit codes."""

from __future__ import annotations

import errno
import gc
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import NoReturn

import click
from click.core import ParameterSource

from podwright.cli.lazy_group import LazyGroup
from podwright.cli.options import options
from podwright.cli.redacted_output import hide_with
from podwright.cli.site_options import SiteOptions
from podwright.cli.standard_streams import open_standard_streams
from podwright.errors import PodwrightError
from podwright.exit_codes import ExitCode

#: of standard output; a disk, a quota, or a terminal that went away
_OUTPUT_IS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

#: options of commands that change nodes or files
_OF_WHAT_WRITES = frozenset({"--dry-run", "--yes", "--force"})


class Commands(LazyGroup):
    members = {  # noqa: RUF012 - never changed
        "manifest": ("podwright.cli.manifest:group", "Push, remove, check and show static pod manifests."),
        "node": ("podwright.cli.node:group", "Look after the nodes themselves."),
        "inventory": (
            "podwright.cli.inventory:group",
            "Show nodes, groups and variables, and where they come from.",
        ),
        "drift": ("podwright.cli.drift:group", "Find what on the nodes differs from the inventory."),
        "rollout": (
            "podwright.cli.rollout:group",
            "Show how far a run came on its nodes; go on with it, abort it or take it back.",
        ),
        "runs": ("podwright.cli.runs:group", "Show what earlier runs did, from this machine's journal."),
        "schema": ("podwright.cli.schema:command", "Print the JSON Schema of a document of `-o json`."),
        "init": ("podwright.cli.init:command", "Make a site to start from."),
        "completion": ("podwright.cli.completion_script:command", "Print a shell's completion script."),
        "lab": ("podwright_lab.cli:group", "A cluster on loopback for trying and testing."),
    }

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The lab is a package of its own, which a distribution may leave out."""
        try:
            return super().get_command(ctx, cmd_name)
        except ModuleNotFoundError as error:
            if error.name != "podwright_lab":
                raise
            raise PodwrightError(
                "the lab is not installed: there is no Python package `podwright_lab`",
                hint="install podwright from its own wheel, which holds the lab too",
            ) from error


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"podwright {version('podwright')}")
    ctx.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Every option can also be set as PODWRIGHT_NAME in the environment, such as PODWRIGHT_INVENTORY.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@options(SiteOptions)
def cli(site: SiteOptions) -> None:
    """Put static pods on Kubernetes nodes over SSH, and prove that they run or are truly gone.

    Nodes and what they should run come from an Ansible-style inventory, manifests from Jinja templates.
    """
    click.get_current_context().obj = site


def main() -> NoReturn:
    """Run the command line and exit: 0 done, 1 failed, 2 usage, 3 drift, 4 unchecked, 130 interrupted."""
    open_standard_streams()
    # nearly all that a run allocates stays to its end: by default a tenth of the time goes into looking for garbage in it
    gc.set_threshold(20_000, 20, 20)
    # a cron job that is ended, or a terminal that goes away, should leave as orderly a report as Ctrl-C does
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    code = exit_code(sys.argv[1:])
    if code == ExitCode.INTERRUPTED:
        # a second Ctrl-C leaves work on nodes, whose threads Python would wait for; and if one came while a module was
        # imported, Python would end itself by SIGINT instead of with our code
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


def exit_code(arguments: list[str]) -> int:
    """Run the command line and return what to exit with; every failure has been shown by then."""
    hide_with()
    try:
        code = _answer(arguments)
        sys.stdout.flush()
    except click.Abort:
        click.echo("interrupted", err=True)
        return ExitCode.INTERRUPTED
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        return ExitCode.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.USAGE
    except click.ClickException as error:
        _show(PodwrightError(_usage_message(error, arguments), _usage_hint(error)))
        return ExitCode.USAGE
    except PodwrightError as error:
        _show(error)
        return error.exit_code
    except BrokenPipeError:
        # the reader of our output went away, as `head` does
        _drop_output()
        return ExitCode.FAILED
    except OSError as error:
        from podwright.cli.bug_log import show_bug

        if error.filename is not None or error.errno not in _OUTPUT_IS_FULL:
            return show_bug(error)
        _drop_output()
        _show(PodwrightError(f"the answer cannot be written: {os.strerror(error.errno).lower()}"))
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - a bug: its traceback goes to a file, its path to the screen
        from podwright.cli.bug_log import show_bug

        return show_bug(error)
    return code


def _show(failure: PodwrightError) -> None:
    from podwright.cli.diagnostics import show_failure

    show_failure(failure)


def _answer(arguments: list[str]) -> int:
    try:
        answer = cli.main(arguments, prog_name="podwright", standalone_mode=False)
    except click.exceptions.Exit as finished:
        return finished.exit_code
    return answer if isinstance(answer, int) else ExitCode.DONE


def _drop_output() -> None:
    """What is still buffered for an output that takes nothing would fail once more when Python ends, and change our code."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage_message(error: click.ClickException, arguments: list[str]) -> str:
    """With what a mistyped option or command was meant to be, if that is near."""
    context: click.Context | None = getattr(error, "ctx", None)
    option, command = getattr(error, "option_name", ""), getattr(error, "command_name", "")
    if context is None or not (option or command):
        return f"{error.format_message()}{_did_you_mean_choice(error)}"
    from podwright.suggestion import did_you_mean

    if option:
        known = [name for parameter in context.command.get_params(context) for name in parameter.opts]
    else:
        known = context.command.list_commands(context) if isinstance(context.command, click.Group) else []
    meant = _option_of_commands(option, context, arguments) if option else ""
    meant = (
        meant
        or did_you_mean(option or command, known)
        or (_did_you_mean_elsewhere(command) if command else "")
    )
    return f"{error.message.rstrip('.')}: {meant}" if meant else error.message


def _did_you_mean_choice(error: click.ClickException) -> str:
    """Click lists all choices and does not say which one is near; what was given stands in its message alone."""
    from podwright.suggestion import did_you_mean

    choice = error.param.type if isinstance(error, click.BadParameter) and error.param else None
    given = re.match(r"'([^']*)' is not one of ", error.message)
    if not isinstance(choice, click.Choice) or not given:
        return ""
    meant = did_you_mean(given[1], choice.choices, of_words=True)
    return f" {meant[0].upper()}{meant[1:]}" if meant else ""


def _option_of_commands(option: str, context: click.Context, arguments: list[str]) -> str:
    """A hint where an option stands before the commands that take it: that which the arguments name, or one that reads."""

    def fit(found: tuple[str, frozenset[str]]) -> tuple[int, bool]:
        path, options = found
        return -sum(word in arguments for word in path.split()), not _OF_WHAT_WRITES.isdisjoint(options)

    below = (
        (path, frozenset(name for parameter in command.get_params(context) for name in parameter.opts))
        for path, command in _commands_below(context.command, context)
    )
    path, _ = min((found for found in below if option in found[1]), key=fit, default=("", None))
    return f"it goes after the command, as in `{path} {option}`" if path else ""


def _commands_below(group: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(context):
        command = None
        with suppress(PodwrightError):  # one that is not installed takes no option
            command = group.get_command(context, name)
        if command is None:
            continue
        below = click.Context(command, info_name=name, parent=context)
        yield below.command_path, command
        yield from _commands_below(command, below)


def _did_you_mean_elsewhere(command: str) -> str:
    """A hint to the commands of that name in any group: for `push`, `podwright manifest push`."""
    from podwright.suggestion import closest

    context = click.Context(cli)
    paths: dict[str, list[str]] = {}
    for name in cli.list_commands(context):
        group = cli.get_command(context, name)
        if isinstance(group, click.Group):
            for member in group.list_commands(context):
                paths.setdefault(member, []).append(f"`podwright {name} {member}`")
    meant = command if command in paths else closest(command, paths)
    return f"did you mean {' or '.join(paths[meant])}?" if meant else ""


def _usage_hint(error: click.ClickException) -> str:
    context: click.Context | None = getattr(error, "ctx", None)
    option: click.Parameter | None = getattr(error, "param", None)
    source = context.get_parameter_source(option.name) if context and option and option.name else None
    if option and source is ParameterSource.ENVIRONMENT:
        return f"it comes from the environment: check {_variables_set(option)}"
    return f"try `{context.command_path} --help`" if context else "try `podwright --help`"


def _variables_set(option: click.Parameter) -> str:
    names = [option.envvar] if isinstance(option.envvar, str) else option.envvar or ()
    return " and ".join(f"`{name}`" for name in names if os.environ.get(name))


if __name__ == "__main__":
    main()
