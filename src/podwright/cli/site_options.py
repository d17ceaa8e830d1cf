"""The options that say which site to work on and how to log in: before the command or after it, and in PODWRIGHT_*."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """The values of all site options; None or False means not given."""

    inventory: tuple[Path, ...] = ()
    templates: Path | None = None
    kubeconfig: str | None = None
    context: str | None = None
    no_api: bool = False
    user: str | None = None
    private_key: Path | None = None
    ask_pass: bool = False
    become: bool = False
    ask_become_pass: bool = False
    ssh_config: Path | None = None
    known_hosts: tuple[Path, ...] = ()
    accept_new_host_keys: bool = False
    connect_timeout: float | None = None


_PATH = click.Path(path_type=Path)
_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, object]], ...] = (
    (
        ("-i", "--inventory"),
        {
            "type": _PATH,
            "multiple": True,
            "help": "Inventory file or folder; may be given again, a later one wins.  [default: ./inventory]",
        },
    ),
    (("--templates",), {"type": _PATH, "help": "Folder of NAME.yaml.j2.  [default: ./templates/manifests]"}),
    (("--kubeconfig",), {"help": "Kubeconfig file.  [default: KUBECONFIG, ~/.kube/config, in-cluster]"}),
    (("--context",), {"help": "Context of the kubeconfig."}),
    (("--no-api",), {"is_flag": True, "help": "Ask no API: the nodes' own witnesses carry the verdict."}),
    (("-u", "--user"), {"help": "Login where neither inventory nor ssh_config names one."}),
    (("--private-key",), {"type": _PATH, "help": "Private key file to log in with."}),
    (("-k", "--ask-pass"), {"is_flag": True, "help": "Ask for the login password."}),
    (("-b", "--become"), {"is_flag": True, "help": "Use sudo on the nodes."}),
    (("-K", "--ask-become-pass"), {"is_flag": True, "help": "Ask for the sudo password."}),
    (("--ssh-config",), {"type": _PATH, "help": "OpenSSH client configuration.  [default: ~/.ssh/config]"}),
    (("--known-hosts",), {"type": _PATH, "multiple": True, "help": "Known hosts file; may be given again."}),
    (
        ("--accept-new-host-keys",),
        {"is_flag": True, "help": "Add unknown host keys; a changed one is always refused."},
    ),
    (
        ("--connect-timeout",),
        {
            "type": click.FloatRange(min=0.1),
            "help": "Seconds to connect and log in.  [default: what ssh_config says, else 10]",
        },
    ),
)


def site_options(*, environment: bool = False) -> Callable[[Command], Command]:
    """All site options; on a command (as against the root) they are hidden from its help and read no environment."""

    def decorate(command: Command) -> Command:
        for names, attributes in reversed(_OPTIONS):
            variable = "PODWRIGHT_" + names[-1].lstrip("-").upper().replace("-", "_")
            extra = {"envvar": variable, "show_envvar": False} if environment else {"hidden": True}
            command = click.option(*names, **attributes, **extra)(command)  # type: ignore[arg-type]
        return command

    return decorate


def remember(ctx: click.Context, options: dict[str, object]) -> None:
    """Lay the options that were given here over those given before the command."""
    before = ctx.find_object(SiteOptions) or SiteOptions()
    values = {field.name: getattr(before, field.name) for field in fields(SiteOptions)}
    values.update({name: value for name, value in options.items() if value not in (None, False, ())})
    ctx.obj = SiteOptions(**values)


def taken_from(ctx: click.Context, options: dict[str, object]) -> dict[str, object]:
    """Remember the site options among a command's and return the rest, which are its own."""
    names = {field.name for field in fields(SiteOptions)}
    remember(ctx, {name: value for name, value in options.items() if name in names})
    return {name: value for name, value in options.items() if name not in names}
