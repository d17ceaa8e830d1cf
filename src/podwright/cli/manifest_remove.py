"""`podwright manifest remove`: a push of nothing, within the named scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import pods
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    DEFAULT_FORKS,
    Adopt,
    BreakLock,
    ConvergeOptions,
    Diff,
    Forks,
    Limit,
    Output,
    RolloutOptions,
    Timeout,
    WaitLock,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site


@dataclass(frozen=True, slots=True)
class RemoveOptions:
    """What `manifest remove` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("NAME...", required=True, complete=pods)]
    limit: Limit = ()
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, remove nothing.")] = False
    diff: Diff = False
    exit_code: Annotated[
        bool, Option("--exit-code", "With --dry-run: exit 3 when there is something to remove.")
    ] = False
    wait_for: Annotated[
        str,
        Option(
            "--wait-for",
            "What must be proven: the file alone, or file, sandbox and mirror pod.",
            type=click.Choice(["file", "gone"]),
            prefix="PODWRIGHT_REMOVE_",
        ),
    ] = "gone"
    timeout: Timeout = None
    forks: Forks = DEFAULT_FORKS
    adopt: Adopt = False
    wait_lock: WaitLock = 0.0
    break_lock: BreakLock = ""
    rollout: RolloutOptions = field(default_factory=RolloutOptions)
    output: Output = "table"

    @property
    def run(self) -> ConvergeOptions:
        """A push of nothing; `gone` needs all the evidence that `ready` needs."""
        return converge_options(self, wait_for="file" if self.wait_for == "file" else "ready")


@click.command("remove")
@options(RemoveOptions)
def command(given: RemoveOptions) -> int:
    """Delete the static pods NAME... and prove that they are gone.

    Removes the file, then waits until every sandbox of its pod and the mirror pod are gone. Works without the template and
    the inventory entry: the pod's identity is read from the node's file. Success if they are gone already. The mirror pod
    is never deleted through the API: it would only come back.
    """
    from podwright.cli.converge_output import run_converge
    from podwright.operations.remove import nothing_desired

    app = App(given.site)
    desired = nothing_desired(app.chosen(given.limit), given.names)
    return run_converge("RemoveReport", app, desired, given.run)
