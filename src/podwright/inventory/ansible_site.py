"""Finds in somebody's Ansible folder what podwright can use: inventories, and templates of static pods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from msgspec import Struct

from podwright.inventory.ansible_config import AnsibleConfig
from podwright.inventory.completion_names import hosts_and_groups, static_pods

_INVENTORIES = (
    "inventory", "inventories", "hosts", "hosts.yaml", "hosts.yml", "hosts.ini", "inventory.yaml", "inventory.yml",
    "inventory.ini",
)  # fmt: skip
_POD = re.compile(r"^kind:[ \t]*[\"']?Pod[\"']?[ \t]*(#.*)?$", re.MULTILINE)
_MAX_FILES, _MAX_BYTES = 20_000, 256 << 10


class AnsibleSite(Struct, frozen=True):
    """What is there; `pods` are those that the inventories name already."""

    inventories: tuple[Path, ...]
    names: tuple[str, ...]
    templates: tuple[Path, ...]
    pods: tuple[str, ...]


def ansible_site(folder: Path, config: AnsibleConfig) -> AnsibleSite:
    """Raises UsageError when an inventory that `config` names is not there."""
    inventories = tuple(_inventories(folder, config))
    return AnsibleSite(
        inventories,
        tuple(sorted(hosts_and_groups(inventories) - {"all", "ungrouped"})),
        tuple(sorted(path for path in _files(folder) if _is_pod(path))),
        tuple(sorted(static_pods(inventories))),
    )


def _inventories(folder: Path, config: AnsibleConfig) -> Iterator[Path]:
    """What Ansible is set to use, otherwise what stands where people put it; a folder of folders holds one in each."""
    if said := config.setting("inventory", "ANSIBLE_INVENTORY"):
        yield from (said.path(part.strip()) for part in said.value.split(",") if part.strip())
        return
    for path in (folder / name for name in _INVENTORIES):
        below = sorted(path.iterdir()) if path.is_dir() else []
        if below and all(entry.is_dir() for entry in below):
            yield from below
        elif path.exists():
            yield path


def _files(folder: Path) -> Iterator[Path]:
    return islice((path for path in folder.rglob("*.j2") if path.is_file()), _MAX_FILES)


def _is_pod(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return _POD.search(stream.read(_MAX_BYTES)) is not None
    except OSError:
        return False
