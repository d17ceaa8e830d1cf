"""`podwright manifest release`: what lies on the nodes, without podwright's mark."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import click

from podwright.cli.app import App
from podwright.cli.completion import pods
from podwright.cli.console import note
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import (
    ConvergeOptions,
    Diff,
    Limit,
    ProofOptions,
    Yes,
    converge_options,
)
from podwright.cli.site_options import Site
from podwright.exit_codes import ExitCode

if TYPE_CHECKING:
    from podwright.inventory.node import Node


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """What `manifest release` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("NAME...", required=True, complete=pods)]
    limit: Limit = ()
    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, give up nothing.")] = False
    no_restart: Annotated[
        bool,
        Option(
            "--no-restart",
            "Touch no file: the mark stays, and a note on the nodes revokes it until they change.",
        ),
    ] = False
    diff: Diff = False
    proof: ProofOptions = field(default_factory=ProofOptions)

    @property
    def run(self) -> ConvergeOptions:
        return converge_options(self, self.proof)


@click.command("release")
@options(ReleaseOptions)
def command(given: ReleaseOptions) -> int:
    """Give up the static pods NAME...: they run on, and podwright neither changes nor prunes them any more.

    Writes what lies on each node without podwright's mark. The mark is in the pod, so the pod restarts; with --no-restart
    the mark stays, and a note on the node revokes it until the file changes. Name it no longer in `static_pods`: what is
    named there and is not podwright's is a conflict.
    """
    from podwright.cli.converge_output import run_converge
    from podwright.operations.desired import Desired, Release
    from podwright.operations.remove import file_names

    app = App(given.site)
    wanted = Release(file_names(given.names), given.no_restart)
    nodes = app.chosen(given.limit)
    desired = tuple(Desired(node, from_node=wanted) for node in nodes)
    code = run_converge("ReleaseReport", app, desired, given.run)
    still = _still_named(nodes, wanted.names)
    if still and code == ExitCode.DONE:
        named = ", ".join(f"`{name}`" for name in still)
        note(f"take {named} out of `static_pods`: a push that would change what was released stops")
    return code


def _still_named(nodes: Iterable[Node], released: Collection[str]) -> list[str]:
    """Pods that a push would still put on one of the nodes."""
    from podwright.manifests.workload import Workload

    pods = (pod for node in nodes for pod in node.static_pods if pod.present)
    return sorted({pod.name for pod in pods if Workload(pod.template, pod.instance).file_name in released})
