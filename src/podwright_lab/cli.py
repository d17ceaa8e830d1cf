"""`podwright lab`: a cluster on this machine's loopback to try everything on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from podwright.text import printable

if TYPE_CHECKING:
    from podwright_lab.layout import LabLayout
    from podwright_lab.lifecycle import LabStatus

DEFAULT_DIR = "podwright-lab"

directory_option = click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_DIR,
    show_default=True,
    envvar="PODWRIGHT_LAB_DIR",
    help="The lab's folder.",
)
node_argument = click.argument("node")
what_argument = click.argument("what")


@click.group("lab")
def group() -> None:
    """Start, break and stop a cluster on this machine's loopback, without root."""


@group.command()
@directory_option
@click.option("--nodes", type=click.IntRange(1, 1000), default=3, show_default=True, help="How many nodes.")
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 1000),
    default=1.0,
    show_default=True,
    help="How many times faster than a real one the kubelets' clock runs.",
)
@click.option("--sshd", is_flag=True, help="Serve each node with a real sshd instead of the embedded server.")
def up(directory: Path, nodes: int, speed: float, sshd: bool) -> None:
    """Start a lab of N nodes and leave it running."""
    from podwright_lab import lifecycle

    layout = lifecycle.layout_of(directory)
    started = lifecycle.up(layout, nodes=nodes, speed=speed, sshd=sshd)
    click.echo(_welcome(layout, started))


@group.command()
@directory_option
@click.option("-o", "--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
def status(directory: Path, output: str) -> None:
    """Show which nodes run and what is broken."""
    from podwright_lab import lifecycle

    running = lifecycle.status(lifecycle.layout_of(directory))
    click.echo(_as_json(running) if output == "json" else _as_table(running))


@group.command()
@directory_option
@click.option("--keep", is_flag=True, help="Keep the folder: `lab up` starts its nodes again as they were.")
def down(directory: Path, keep: bool) -> None:
    """Stop the lab and remove its folder."""
    from podwright_lab import lifecycle

    layout = lifecycle.layout_of(directory)
    found = lifecycle.down(layout, keep=keep)
    click.echo(printable(f"lab in {layout.directory}: {'ended' if found else 'there was none'}"), err=True)


@group.command("break")
@directory_option
@node_argument
@what_argument
def break_(directory: Path, node: str, what: str) -> None:
    """Break WHAT on NODE, or on `all`.

    \b
    WHAT is one of:
      kubelet-down  kubelet-drop-in  kubelet-elsewhere  api-down   api-slow   disk-full
      ssh-cut       ssh-slow         folder-read-only   node-hung  clock-skew crictl-missing

    docs/lab.md describes each.
    """
    from podwright_lab import lifecycle

    places = lifecycle.break_node(lifecycle.layout_of(directory), node, what)
    click.echo("".join(f"{place}: {what}\n" for place in places), nl=False)


@group.command()
@directory_option
@node_argument
@what_argument
def mend(directory: Path, node: str, what: str) -> None:
    """Undo what `break` did; WHAT may be `all`."""
    from podwright_lab import lifecycle

    places = lifecycle.mend_node(lifecycle.layout_of(directory), node, what)
    click.echo("".join(f"{place}: mended {what}\n" for place in places), nl=False)


@group.command(
    context_settings={
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
        "help_option_names": [],
    }
)
@directory_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def kubectl(directory: Path, arguments: tuple[str, ...]) -> None:
    """Get, describe and delete if no kubectl is installed."""
    from podwright_lab import kubectl as lab_kubectl
    from podwright_lab import lifecycle

    lab_kubectl.run(
        lifecycle.layout_of(directory).kubeconfig, arguments, lambda text: click.echo(text, nl=False)
    )


@group.command()
@click.option("--speed", type=click.FloatRange(0.1, 1000), default=1.0, show_default=True, hidden=True)
def demo(speed: float) -> None:
    """Demonstrate podwright on a lab of its own.

    Renders, pushes, updates, finds drift and removes on three nodes. Fails if a step does not happen.
    """
    from podwright_lab.demo import tell

    tell(click.echo, speed=speed)


def _welcome(layout: LabLayout, started: LabStatus) -> str:
    exports = "".join(f"  export {name}={_quoted(value)}\n" for name, value in layout.environment().items())
    return (
        f"{_count(len(started.nodes))} in {layout.directory} (pid {started.pid}), their API at {started.api}\n"
        f"\nto use it, run:\n{exports}"
        "\nand then, for instance:\n"
        "  podwright manifest push -y\n"
        "  podwright manifest status\n"
        "  podwright drift check\n"
        "  kubectl get pods -A      (or: podwright lab kubectl get pods -A)\n"
        f"  ssh -F {_quoted(str(layout.ssh_config))} {started.nodes[0].name} crictl pods\n"
        f"  podwright lab break {started.nodes[0].name} kubelet-down\n"
        "  podwright lab down"
    )


def _count(nodes: int) -> str:
    return "1 node runs" if nodes == 1 else f"{nodes} nodes run"


def _as_json(running: LabStatus) -> str:
    import json
    from dataclasses import asdict

    return json.dumps({"apiVersion": "podwright.dev/v1", "kind": "LabStatus", **asdict(running)}, indent=2)


def _as_table(running: LabStatus) -> str:
    width = max((len(node.name) for node in running.nodes), default=0)
    lines = [f"pid {running.pid}, API {running.api}" + _broken(running.broken)]
    lines += [f"{node.name:{width}}  127.0.0.1:{node.port}" + _broken(node.broken) for node in running.nodes]
    return "\n".join(lines)


def _broken(names: tuple[str, ...]) -> str:
    return f"  broken: {', '.join(names)}" if names else ""


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
