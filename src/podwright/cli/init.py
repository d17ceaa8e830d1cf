"""`podwright init`: a site to start from, or what an Ansible folder has of one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from shutil import copytree, ignore_patterns
from typing import TYPE_CHECKING, Annotated

import click

from podwright.cli.console import say
from podwright.cli.options import Argument, Option, options
from podwright.cli.site_options import Site
from podwright.errors import UsageError
from podwright.text import printable

if TYPE_CHECKING:
    from podwright.inventory.ansible_site import AnsibleSite

_NEW_SITE = Path(__file__).parent / "new_site"
#: what a site that is made of a node does without
_SAMPLES = ("hosts.yaml", "group_vars", "hello.yaml.j2")
_SUFFIX = ".yaml.j2"


@dataclass(frozen=True, slots=True)
class InitOptions:
    """What `init` takes."""

    site: Site
    folder: Annotated[Path, Argument("[DIR]", type=click.Path(path_type=Path, file_okay=False))] = Path()
    from_ansible: Annotated[
        Path | None,
        Option(
            "--from-ansible",
            "Write nothing; say what of this Ansible folder can be used, and what to add.",
            type=click.Path(path_type=Path, file_okay=False, exists=True),
        ),
    ] = None
    from_node: Annotated[
        str,
        Option(
            "--from-node", "Make the site of what runs on this node; changes nothing there.", metavar="HOST"
        ),
    ] = ""


@click.command("init")
@options(InitOptions)
def command(given: InitOptions) -> None:
    """Make a site to start from in an empty folder: an inventory, a template, a README and a CI job."""
    if given.from_ansible:
        _show_ansible(given.from_ansible)
        return
    folder = given.folder or Path()
    left_out = _SAMPLES if given.from_node else ()
    try:
        if folder.is_dir() and any(entry.name != ".git" for entry in folder.iterdir()):
            raise UsageError(f"`{folder}` is not empty", "name a folder that is: `podwright init DIR`")
        if given.from_node:
            from podwright.cli.init_from_node import write_site_of

            write_site_of(given.from_node, folder, given.site)
        copytree(_NEW_SITE, folder, dirs_exist_ok=True, ignore=ignore_patterns(*left_out))
    except OSError as error:
        raise UsageError(
            f"cannot write `{error.filename}`: {error.strerror}", "name another folder"
        ) from error
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts):
        say(str(path))
    at = "" if folder == Path() else f"cd {folder} && "
    say(f"next: {at}podwright manifest validate", err=True)


def _show_ansible(folder: Path) -> None:
    from podwright.inventory.ansible_config import ansible_config
    from podwright.inventory.ansible_site import ansible_site

    found = ansible_site(folder, ansible_config(os.environ, folder))
    if not found.inventories:
        hint = "name the folder that holds `inventory/`, a `hosts` file or an `ansible.cfg`"
        raise UsageError(f"there is no inventory in `{folder}`", hint)
    for line in _report(found):
        # not folded: its commands are there to be copied
        click.echo(printable(line))


def _report(found: AnsibleSite) -> Iterator[str]:
    for path in found.inventories:
        yield f"inventory  {path}"
    for path in found.templates:
        rename = "" if path.name.endswith(_SUFFIX) else f" (copy it to a name that ends with `{_SUFFIX}`)"
        yield f"template   {path}{rename}"
    yield f"hosts and groups: {', '.join(found.names[:20]) or 'none'}{', …' if found.names[20:] else ''}"
    names = [path.name.partition(".")[0] for path in found.templates] or ["NAME"]
    if found.pods:
        yield f"static pods: {', '.join(found.pods)}"
    else:
        yield ""
        yield f"add to the variables of a group, such as {_beside(found.inventories[0])}:"
        yield ""
        yield "  static_pods:"
        yield from (f"    {name}: present" for name in names)
    yield ""
    yield "then:"
    yield ""
    inventories = " ".join(f"-i {quote(str(path))}" for path in found.inventories)
    for templates in dict.fromkeys(path.parent for path in found.templates) or (Path("DIR"),):
        yield f"  podwright {inventories} --templates {quote(str(templates))} manifest validate"


def _beside(inventory: Path) -> Path:
    return (inventory if inventory.is_dir() else inventory.parent) / "group_vars" / "all.yml"
