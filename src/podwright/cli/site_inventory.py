"""Loads the inventory that the site options name, or that Ansible would use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from podwright.cli.console import note
from podwright.cli.inventory_choice import choose_inventory
from podwright.cli.password_prompt import asked
from podwright.cli.site_options import SiteOptions
from podwright.errors import UsageError
from podwright.inventory.ansible_config import AnsibleConfig, ansible_config
from podwright.inventory.decryption import decrypting_reader
from podwright.inventory.file_reader import FileReader
from podwright.inventory.load import load_inventory
from podwright.inventory.node import Inventory
from podwright.inventory.sources.kubernetes import ClusterNode
from podwright.inventory.vault import Vault
from podwright.inventory.vault_passwords import VaultOptions, vault_passwords
from podwright.plan.reasons import Drift
from podwright.validation.rules import SILENCEABLE


def site_inventory(
    options: SiteOptions,
    environ: Mapping[str, str],
    folder: Path,
    role: Path | None = None,
    *,
    reads_waivers: bool = False,
) -> Inventory:
    """Return the inventory, with the variables of the folder `role`; notes say what no option named.

    Unless it `reads_waivers`, what is wrong with them is a warning. Raises InventoryError, UsageError, ClusterError.
    """
    config = ansible_config(environ, folder)
    choice = choose_inventory(options.inventory, options.playbook_dir, config, folder)
    for said in choice.notes:
        note(said)
    return load_inventory(
        *choice.paths,
        rules=SILENCEABLE,
        drifts=[kind.value for kind in Drift if kind is not Drift.WAIVER_EXPIRED],
        node_checks=_check_ids,
        reader=_file_reader(options, config),
        playbook_folder=choice.playbook_folder,
        cluster=lambda: _cluster_nodes(options, environ),
        role=role,
        extra=options.extra_vars,
        reads_waivers=reads_waivers,
    )


def _check_ids() -> tuple[str, ...]:
    from podwright.plan.node_checks.table import CHECKS  # only an inventory that waives one needs them

    return tuple(check.id for check in CHECKS)


def _file_reader(options: SiteOptions, config: AnsibleConfig) -> FileReader:
    """Passwords of ansible-vault are asked for when something encrypted is met."""
    given = VaultOptions(options.vault_id, options.vault_password_file, options.ask_vault_pass)
    return decrypting_reader(
        Vault(
            lambda: vault_passwords(given, config, asked, note),
            only_matching=config.switched_on("vault_id_match", "ANSIBLE_VAULT_ID_MATCH"),
        )
    )


def _cluster_nodes(options: SiteOptions, environ: Mapping[str, str]) -> tuple[ClusterNode, ...]:
    """The nodes of `kubernetes:`. Raises ClusterError, KubeconfigError."""
    from podwright.remote.kube.client import connect

    if options.no_api:
        raise UsageError("the nodes of `kubernetes:` come from the API", "leave `--no-api` out")
    cluster = connect(kubeconfig=options.kubeconfig, context=options.context, environ=environ)
    try:
        return cluster.nodes()
    finally:
        cluster.close()
