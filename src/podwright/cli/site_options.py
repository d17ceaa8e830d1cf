"""The options for which site to work on and how to log in: before the command or after it, and in PODWRIGHT_*."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import click

from podwright.cli.completion import contexts
from podwright.cli.durations import Seconds
from podwright.cli.options import Inherited, OneValue, Option


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """The values of all site options; None or False means not given."""

    inventory: Annotated[
        tuple[Path, ...],
        Option(
            "-i --inventory",
            "Inventory: a file, a folder, `host1,host2,` or `kubernetes:`; may be repeated, a later one wins."
            "  [default: as Ansible, otherwise ./inventory]",
        ),
    ] = ()
    playbook_dir: Annotated[
        Path | None,
        Option(
            "--playbook-dir", "Folder of a playbook, with group_vars and host_vars beside it.  [default: .]"
        ),
    ] = None
    extra_vars: Annotated[
        tuple[str, ...],
        Option(
            "-e --extra-vars",
            "Variables that win over all others: NAME=VALUE, JSON or @FILE; may be repeated.",
            type=OneValue(),
        ),
    ] = ()
    vault_password_file: Annotated[
        tuple[Path, ...],
        Option(
            "--vault-password-file",
            "File with a password of ansible-vault, or a program that prints it; may be repeated.",
        ),
    ] = ()
    vault_id: Annotated[
        tuple[str, ...],
        Option(
            "--vault-id",
            "The same with a label; `prompt` in place of the file asks for it.",
            metavar="LABEL@FILE",
        ),
    ] = ()
    ask_vault_pass: Annotated[
        bool, Option("-J --ask-vault-pass", "Ask for the password of ansible-vault.")
    ] = False
    templates: Annotated[
        Path | None, Option("--templates", "Folder of NAME.yaml.j2.  [default: ./templates/manifests]")
    ] = None
    gather_facts: Annotated[
        bool, Option("--gather-facts", "Gather the nodes' `facts` and `ansible_facts` for templates.")
    ] = False
    facts_age: Annotated[
        float | None,
        Option(
            "--facts-age",
            "Take facts from the cache that are at most so old: `10m`, `0` for none.  [default: 1h]",
            type=Seconds(),
        ),
    ] = None
    kubeconfig: Annotated[
        str | None,
        Option("--kubeconfig", "Kubeconfig file.  [default: KUBECONFIG, ~/.kube/config, in-cluster]"),
    ] = None
    context: Annotated[str | None, Option("--context", "Context of the kubeconfig.", complete=contexts)] = (
        None
    )
    no_api: Annotated[
        bool, Option("--no-api", "Do not check the API; the result relies on the nodes alone.")
    ] = False
    user: Annotated[
        str | None, Option("-u --user", "Login name if neither inventory nor ssh_config names one.")
    ] = None
    private_key: Annotated[Path | None, Option("--private-key", "Private key file to log in with.")] = None
    ask_pass: Annotated[bool, Option("-k --ask-pass", "Ask for the login password.")] = False
    become: Annotated[bool, Option("-b --become", "Use sudo on the nodes.")] = False
    ask_become_pass: Annotated[bool, Option("-K --ask-become-pass", "Ask for the sudo password.")] = False
    ssh_config: Annotated[
        Path | None, Option("--ssh-config", "OpenSSH client configuration.  [default: ~/.ssh/config]")
    ] = None
    known_hosts: Annotated[
        tuple[Path, ...], Option("--known-hosts", "Known hosts file; may be repeated.")
    ] = ()
    accept_new_host_keys: Annotated[
        bool, Option("--accept-new-host-keys", "Add unknown host keys; a changed one is always refused.")
    ] = False
    connect_timeout: Annotated[
        float | None,
        Option(
            "--connect-timeout",
            "Seconds to connect and log in.  [default: from ssh_config, otherwise 10]",
            type=click.FloatRange(min=0.1),
        ),
    ] = None


#: a command's part: what stands after the command is laid over what stands before it
Site = Annotated[SiteOptions, Inherited()]
