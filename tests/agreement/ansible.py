"""What ansible-core itself reads: hosts, groups and every variable of an inventory, in this process."""

# ruff: noqa: E501

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.agreement.inventories import PASSWORD


@dataclass(frozen=True)
class Reading:
    """Every host's variables as written, and every group's hosts in their order."""

    hosts: dict[str, dict[str, object]]
    groups: dict[str, list[str]]


@cache
def prepared() -> None:
    """Once a process: Ansible finds its plugins by a list that it may make once only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ansible.parsing.vault import VaultSecretsContext
        from ansible.plugins.loader import init_plugin_loader

        init_plugin_loader([])
        VaultSecretsContext.initialize(VaultSecretsContext(secrets=_secrets()))


def _secrets() -> list[tuple[str, object]]:
    from ansible.parsing.vault import VaultSecret

    return [("default", VaultSecret(PASSWORD.encode()))]


def read_by_ansible(sources: Sequence[Path], playbook_folder: Path | None = None) -> Reading:
    """What it reads of `sources`, with the variables beside a playbook in a folder, if any."""
    prepared()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ansible.inventory.manager import InventoryManager
        from ansible.parsing.dataloader import DataLoader
        from ansible.vars.manager import VariableManager

        loader = DataLoader()
        loader.set_basedir(str(playbook_folder or "/nonexistent"))
        loader.set_vault_secrets(_secrets())
        manager = InventoryManager(loader=loader, sources=[str(source) for source in sources])
        variables = VariableManager(loader=loader, inventory=manager)
        hosts = {
            name: _written(variables.get_vars(host=host, include_hostvars=False, stage="all"))
            for name, host in manager.hosts.items()
        }
    return Reading(hosts, {name: list(names) for name, names in manager.get_groups_dict().items()})


_INTERNAL = frozenset(
    [
        "ansible_facts", "ansible_version", "ansible_diff_mode", "ansible_config_file", "ansible_verbosity", "ansible_check_mode",
        "ansible_forks", "ansible_inventory_sources", "ansible_limit", "ansible_playbook_python", "ansible_run_tags",
        "ansible_skip_tags", "group_names", "groups", "hostvars", "inventory_hostname", "inventory_hostname_short",
        "inventory_dir", "inventory_file", "omit", "playbook_dir", "play_hosts", "ansible_play_hosts", "role_names",
        "ansible_delegated_vars",
    ]
)  # fmt: skip


def _written(variables: dict[str, object]) -> dict[str, object]:
    """In plain types: Ansible's own carry where they come from, and compare as what they hold."""
    return {str(name): plain(value) for name, value in variables.items() if name not in _INTERNAL}


def plain(value: object) -> object:
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return str(value)
