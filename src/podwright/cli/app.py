"""Wires the outside world, each part when it is first needed: inventory, templates, SSH, API, clock."""

from __future__ import annotations

import getpass
import os
import secrets
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podwright.cli.console import can_ask, warn
from podwright.cli.node_choice import chosen_nodes, refuse_unknown_in
from podwright.cli.password_prompt import asked
from podwright.cli.redacted_output import hide_with
from podwright.cli.site_options import SiteOptions
from podwright.errors import KubeconfigError, NoKubeconfigError, UsageError
from podwright.secret import Secret
from podwright.text import counted, printable

if TYPE_CHECKING:
    from podwright.inventory.node import Inventory, Node
    from podwright.operations.desired import Site
    from podwright.operations.secrets import SiteSecrets
    from podwright.operations.waiting import Wait
    from podwright.operations.world import World
    from podwright.plan.observed import Unavailable
    from podwright.plan.run import Run
    from podwright.redaction.redactor import Redactor
    from podwright.remote.kube.cluster import Cluster
    from podwright.remote.ssh.connection import SshClient

DEFAULT_TEMPLATES = Path("templates/manifests")
#: seconds
FACTS_AGE = 3_600.0


class App:
    """What commands ask for; made from the site options."""

    def __init__(self, options: SiteOptions, *, reads_waivers: bool = False) -> None:
        self._options, self._reads_waivers = options, reads_waivers
        self.templates = options.templates or DEFAULT_TEMPLATES
        self._inventory: Inventory | None = None
        self._role: Path | None = None
        self._secrets: SiteSecrets | None = None
        #: the texts of files that templates looked up, by name
        self._looked_up: dict[str, str] = {}
        self._entered: dict[str, Secret] = {}

    def inventory(self) -> Inventory:
        """Raises InventoryError, UsageError."""
        from podwright.cli.site_inventory import site_inventory
        from podwright.inventory.load import UnusableInventoryError

        try:
            inventory = site_inventory(
                self._options, os.environ, Path.cwd(), self._role, reads_waivers=self._reads_waivers
            )
        except UnusableInventoryError as error:
            # what is wrong is told with the values
            self._hide_secrets_of(error.inventory)
            raise
        self._inventory = inventory
        self._hide_secrets_of(inventory)
        for problem in inventory.warnings:
            warn(f"{problem}; {problem.hint}" if problem.hint else str(problem))
        return inventory

    def _hide_secrets_of(self, inventory: Inventory) -> None:
        from podwright.operations.secrets import SiteSecrets

        secrets = self._secrets = SiteSecrets(inventory, os.environ, self._looked_up)
        hide_with(lambda text: secrets.redactor().message(text))

    @property
    def all_nodes(self) -> tuple[Node, ...]:
        """Of the inventory that was loaded, those too that --limit leaves out."""
        return self._inventory.nodes if self._inventory else ()

    @property
    def inventory_name(self) -> str:
        """What the inventory that was loaded is read from."""
        return self._inventory.source if self._inventory else ""

    def redactor(self) -> Redactor:
        """What finds all secrets of the inventory that was loaded, if one was, in contents of nodes and of the API.

        Warns if there are such as cannot be found, because they cannot be decrypted.
        """
        from podwright.redaction.redactor import Redactor

        if self._secrets is None:
            return Redactor()
        if closed := self._open_encrypted():
            warn(
                f"{counted(closed, 'encrypted value')} of the inventory cannot be decrypted, so if one stands in what is"
                " shown, it is not redacted; give its password (`--vault-password-file FILE`)"
            )
        return self._secrets.redactor()

    def _open_encrypted(self) -> int:
        from podwright.operations.secrets import open_encrypted

        return open_encrypted(self._inventory) if self._inventory else 0

    def without_encrypted(self, text: str) -> str:
        """The text without what is encrypted in the inventory: what stands there in plain text may be read here too."""
        return self._secrets.redactor(plain_too=False).values_hidden(text) if self._secrets else text

    @property
    def site_options(self) -> SiteOptions:
        """How to log in, for workers that do it in place of this program."""
        return self._options

    @property
    def without_api(self) -> bool:
        """Whether `--no-api` was given."""
        return self._options.no_api

    def site(self) -> Site:
        """Inventory and templates. Raises InventoryError, UsageError."""
        from podwright.operations.desired import Site
        from podwright.templates.render import Renderer, role_of

        templates = self.templates
        if not templates.is_dir():
            raise UsageError(
                f"there is no templates folder `{templates}`",
                hint="name it with `--templates DIR` or PODWRIGHT_TEMPLATES; it holds NAME.yaml.j2 files"
                " (`podwright init --from-ansible .` finds those of an Ansible folder)",
            )
        self._role = role_of(templates)
        return Site(self.inventory(), Renderer(templates, self._looked_up))

    def chosen(self, limit: tuple[str, ...]) -> tuple[Node, ...]:
        """The nodes that --limit leaves. Raises InventoryError, UsageError."""
        return self.chosen_of_inventory(limit)[1]

    def chosen_of_inventory(self, limit: tuple[str, ...]) -> tuple[Inventory, tuple[Node, ...]]:
        """The inventory, and the nodes that --limit leaves. Raises InventoryError, UsageError."""
        inventory = self.inventory()
        return inventory, chosen_nodes(inventory, limit)

    def matching(self, pattern: str) -> tuple[str, ...]:
        """The names of nodes that a pattern chooses of the inventory that was loaded. Raises UsageError."""
        from podwright.inventory.patterns import select

        return tuple(node.name for node in select(self._inventory or self.inventory(), pattern))

    def refuse_unknown(self, names: Iterable[str]) -> None:
        """Raises UsageError for a name that no node and no group has: a rollout or a guard depends on it."""
        if names := tuple(names):
            refuse_unknown_in(self._inventory or self.inventory(), names)

    def chosen_site(self, limit: tuple[str, ...], *, bare: bool = False) -> tuple[Site, tuple[Node, ...]]:
        """The site and the nodes that --limit leaves; unless `bare`, with a warning if they have no static pod at all."""
        site = self.site()
        nodes = chosen_nodes(site.inventory, limit)
        if not bare and not any(node.static_pods for node in nodes):
            # a misspelt `static_pods` would otherwise look like success
            warn(
                "no chosen node has a static pod, so there is nothing to do:"
                " the inventory names them in `static_pods`"
            )
        if self._options.gather_facts:
            from podwright.cli.fact_gathering import with_facts

            age = self._options.facts_age
            age = FACTS_AGE if age is None else age
            site.inventory = with_facts(site.inventory, nodes, self.world, age)
        return site, nodes

    @contextmanager
    def world(self) -> Iterator[World]:
        """SSH and the API, closed at the end. What comes from there may quote any secret of the inventory."""
        self._open_encrypted()
        with self.outside() as world:
            yield world

    @contextmanager
    def outside(self) -> Iterator[World]:
        from podwright.operations.interruption import Interruption
        from podwright.operations.world import World
        from podwright.plan.observed import Unavailable
        from podwright.remote.kube.mirrors import Mirrors

        cluster = self._cluster()
        waits: dict[str, Wait] = {}
        with self._ssh_client() as client, Mirrors(cluster) as mirrors:
            yield World(
                connect=client.connect,
                mirrors=mirrors,
                run=_run(),
                clock=time.monotonic,
                interruption=Interruption(partial(_tell_interrupted, waits)),
                waits=waits,
                # a remedy is there only where an API was meant to be asked
                without_api=isinstance(cluster, Unavailable) and not cluster.hint,
            )

    def _cluster(self) -> Cluster | Unavailable:
        """Without any kubeconfig the result relies on the nodes alone; a kubeconfig that is named must be usable."""
        from podwright.plan.observed import Unavailable

        options = self._options
        if options.no_api:
            return Unavailable("--no-api")
        from podwright.remote.kube.client import connect  # a run without the API pays for none of it

        try:
            return connect(kubeconfig=options.kubeconfig, context=options.context, environ=os.environ)
        except NoKubeconfigError:
            if options.kubeconfig or options.context:
                raise
            named = os.environ.get("KUBECONFIG")
            if named:
                # an API was meant to be checked: that it cannot be is more than a note
                return Unavailable(
                    f"`{named}` of KUBECONFIG is not there",
                    "correct KUBECONFIG, unset it, or give `--no-api`",
                )
            return Unavailable("there is no kubeconfig")
        except KubeconfigError as error:
            error.exit_code = UsageError.exit_code
            raise

    def _asked(self, prompt: str) -> Secret:
        """Once, however often the outside is entered."""
        if prompt not in self._entered:
            self._entered[prompt] = asked(prompt)
        return self._entered[prompt]

    def _ssh_client(self) -> SshClient:
        from podwright.remote.ssh.connection import SshClient, SshOptions

        options = self._options
        if options.private_key and not os.access(options.private_key, os.R_OK):
            raise UsageError(
                f"the private key `{options.private_key}` cannot be read", hint="check its path and its mode"
            )
        if options.ssh_config and str(options.ssh_config) != "none" and not options.ssh_config.exists():
            raise UsageError(
                f"there is no SSH configuration file `{options.ssh_config}`",
                hint="check its path; `none` reads no file",
            )
        return SshClient(
            SshOptions(
                accept_new_host_keys=options.accept_new_host_keys,
                config_file=options.ssh_config,
                known_hosts_files=options.known_hosts,
                private_key_file=options.private_key,
                user=options.user,
                become=options.become or None,
                become_password=self._asked("sudo password: ") if options.ask_become_pass else None,
                password=self._asked("login password: ") if options.ask_pass else None,
                connect_timeout=options.connect_timeout,
                passphrase=_passphrase if can_ask() else None,
            )
        )


def _run() -> Run:
    """Its id sorts by time and no two runs have the same."""
    from podwright.plan.run import RUN_TIME_FORMAT, Run
    from podwright.remote.ssh.local_account import local_user

    now, context = time.gmtime(), click.get_current_context(silent=True)
    return Run(
        id=f"{time.strftime('%Y%m%d-%H%M%S', now)}-{secrets.token_hex(3)}",
        who=f"{local_user()}@{socket.gethostname()}",
        command=context.command_path.partition(" ")[2] if context else "",
        pid=os.getpid(),
        since=time.strftime(RUN_TIME_FORMAT, now),
    )


def _tell_interrupted(waits: Mapping[str, Wait]) -> None:
    """In a signal handler, so past Python's buffers, which may be in use."""
    from podwright.operations.waiting import waits_in_words

    words = printable(waits_in_words(dict(waits), time.monotonic()))
    doing = f"finishing what was begun: {words}" if words else "finishing what was begun"
    with suppress(OSError):
        os.write(2, f"\ninterrupted: {doing}; nothing more is begun (once more to cut it off)\n".encode())


def _passphrase(key_file: str) -> Secret | None:
    entered = getpass.getpass(f"passphrase of {printable(key_file)}: ")
    return Secret(entered) if entered else None
