"""The options that commands share: which nodes, how patient, how the answer looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from podwright.cli.console import FORMATS

Command = TypeVar("Command", bound=Callable[..., object])


def option(*names: str, prefix: str = "PODWRIGHT_", **attributes: object) -> Callable[[Command], Command]:
    """A click option that is also an environment variable: `prefix` and its long name, for each that it has.

    An option that takes other words than that of its name elsewhere needs a prefix of its own.
    """
    long_names = [name.partition("/")[0].removeprefix("--") for name in names if name.startswith("--")]
    variables = [prefix + name.upper().replace("-", "_") for name in long_names]
    return click.option(*names, envvar=variables, **attributes)  # type: ignore[arg-type]


limit_option = option(
    "-l", "--limit", help="Only these nodes: names, groups, globs, `,` or `:` unions, `:&`, `:!`."
)
only_option = option(
    "--only", multiple=True, metavar="NAME", help="Only this static pod; may be given again."
)
forks_option = option(
    "-f",
    "--forks",
    type=click.IntRange(1, 1000),
    default=32,
    show_default=True,
    help="How many nodes to work on at once.",
)
timeout_option = option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds a node's pods may take, instead of what follows from each pod's grace period and probes.",
)
hold_option = option(
    "--hold",
    type=click.FloatRange(min=0),
    help="Seconds the new pods must stay well to count.  [default: 3]",
)
wait_for_option = option(
    "--wait-for",
    type=click.Choice(["file", "running", "mirror", "ready"]),
    help="How much must be proven; each includes those before it.  [default: ready]",
)
adopt_option = option(
    "--adopt", is_flag=True, help="Take over files of these names that podwright did not write."
)
yes_option = option("-y", "--yes", is_flag=True, help="Do not ask before writing.")
diff_option = option("--diff", is_flag=True, help="Show a unified diff of each file that changes.")
output_option = option(
    "-o",
    "--output",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How the answer is printed.",
)
