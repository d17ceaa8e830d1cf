"""`podwright completion`: the script by which a shell completes commands, options and names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import click

from podwright.cli.options import Argument, options
from podwright.cli.site_options import Site

_SHELLS = ("bash", "zsh", "fish")


@dataclass(frozen=True, slots=True)
class CompletionOptions:
    """What `completion` takes."""

    site: Site
    shell: Annotated[str, Argument("bash|zsh|fish", required=True, type=click.Choice(_SHELLS))] = ""


@click.command("completion")
@options(CompletionOptions)
def command(given: CompletionOptions) -> None:
    """Print a script that completes commands, options, nodes, groups, static pods and contexts.

    For bash: `eval "$(podwright completion bash)"` in ~/.bashrc; for zsh the same in ~/.zshrc, below `compinit`; for fish:
    `podwright completion fish > ~/.config/fish/completions/podwright.fish`. It runs offline, and starts no inventory script.
    """
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    kind = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}[given.shell]
    root = click.get_current_context().find_root()
    complete = kind(root.command, {}, "podwright", "_PODWRIGHT_COMPLETE")
    # not `source()`: that starts bash to see its version
    script = complete.source_template % complete.source_vars()
    # a union of names has commas, which click's script for fish would split a value at
    click.echo(script.replace('string split ","', 'string split -m 1 ","'))
