"""`podwright manifest pull`: templates of what lies on the nodes."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click

from podwright.cli.app import DEFAULT_TEMPLATES, App
from podwright.cli.console import note, show_document, show_lines, show_table, warn
from podwright.cli.diagnostics import show_remarks
from podwright.cli.options import Argument, Option, options
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit, Output
from podwright.cli.site_options import Site
from podwright.exit_codes import ExitCode
from podwright.text import printable

if TYPE_CHECKING:
    from podwright.operations.pull import Pull
    from podwright.operations.pulled_files import PulledFile


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What `manifest pull` takes."""

    site: Site
    names: Annotated[tuple[str, ...], Argument("NAME...", required=True)]
    limit: Limit = ()
    force: Annotated[bool, Option("--force", "Overwrite templates and files of values.")] = False
    forks: Forks = DEFAULT_FORKS
    output: Output = "table"


@click.command("pull")
@options(PullOptions)
def command(given: PullOptions) -> int:
    """Make templates of the manifests NAME... that lie on the nodes; changes nothing there.

    One template for all nodes: what differs becomes a variable, whose values go to host_vars/NODE/NAME.yml. Written
    only if it renders on each node what lies there, by digest. podwright's own mark is left out.
    """
    from podwright.operations.pull import pull
    from podwright.operations.pulled_files import PulledFolders, write_all
    from podwright.operations.remove import file_names
    from podwright.reports.pull import entries

    app = App(given.site)
    inventory, nodes = app.chosen_of_inventory(given.limit)
    source = Path(inventory.source)
    beside = source if source.is_dir() else source.parent
    folders = PulledFolders(given.site.templates or DEFAULT_TEMPLATES, beside if source.exists() else None)
    with app.world() as world:
        pulled = pull(
            nodes,
            file_names(given.names),
            inventory,
            world,
            app.redactor(),
            forks=given.forks,
            pulled_before=folders.pulled_before,
        )
    files = folders.files(pulled.templates)
    write_all(files, force=given.force)
    _show(pulled, files, entries(pulled.templates, inventory.groups), given.output)
    return ExitCode.FAILED if pulled.report.problems else ExitCode.DONE


def _show(pulled: Pull, files: tuple[PulledFile, ...], to_add: str, output: str) -> None:
    from podwright.reports.pull import pull_document, pull_rows

    match output:
        case "json" | "yaml" | "jsonl":
            show_document(pull_document(pulled, files, to_add), output)
        case "name":
            show_lines(str(file.path) for file in files if not file.same)
        case _:
            show_table(pull_rows(pulled, files) if files else ())
            show_lines(printable(line) for text in pulled.unexplained for line in text.splitlines())
    for file in files:
        if file.secret:
            warn(f"`{file.path}` may hold a secret; encrypt it before it goes into a repository")
    if to_add and output in ("table", "name"):
        note("add this to the inventory, so that a push puts them there:")
        show_lines((f"  {line}" for line in to_add.splitlines()), err=True)
    if foreign := [one.name for one in pulled.templates if one.foreign]:
        take_over = f"podwright manifest adopt {shlex.join(foreign)} --no-restart"
        note(
            "then see that a push would change nothing: `podwright manifest validate`, and `manifest push --dry-run`"
        )
        note(f"then take over what lies there, which restarts nothing: `{take_over}`")
    show_remarks(pulled.report)
