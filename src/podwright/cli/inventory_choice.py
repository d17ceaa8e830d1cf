"""Finds out which inventory is meant, and what beside a playbook belongs to it, when options do not say so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from podwright.errors import UsageError
from podwright.inventory.ansible_config import AnsibleConfig
from podwright.inventory.files import VARIABLE_FOLDERS

#: where an inventory is looked for if nothing names one
DEFAULT_INVENTORY = Path("inventory")


@dataclass(frozen=True, slots=True)
class InventoryChoice:
    """The sources and the folder of a playbook, if any; `notes` say what no option named."""

    paths: tuple[Path, ...]
    playbook_folder: Path | None = None
    notes: tuple[str, ...] = ()


def choose_inventory(
    given: tuple[Path, ...], playbook_dir: Path | None, config: AnsibleConfig, folder: Path
) -> InventoryChoice:
    """Return what the options name, otherwise what Ansible would use in `folder`, otherwise `./inventory`.

    Raises UsageError when there is no such folder of a playbook.
    """
    notes = []
    paths = given
    setting = config.setting("inventory", "ANSIBLE_INVENTORY") if not given else None
    if setting is not None:
        paths = tuple(setting.path(part.strip()) for part in setting.value.split(",") if part.strip())
        named = ", ".join(map(str, paths))
        notes.append(f"the inventory is `{named}`, from {setting.said_by}; `-i` names another")
    paths = paths or (DEFAULT_INVENTORY,)
    if playbook_dir is not None and not playbook_dir.is_dir():
        raise UsageError(
            f"there is no folder `{playbook_dir}`", "name the folder of a playbook with `--playbook-dir`"
        )
    beside = {path.resolve() if path.is_dir() else path.parent.resolve() for path in paths}
    if playbook_dir is None and folder.resolve() not in beside:
        found = [name for name in VARIABLE_FOLDERS if (folder / name).is_dir()]
        if found:
            playbook_dir = folder
            here = " and ".join(f"`./{name}`" for name in found)
            notes.append(
                f"variables in {here} count too, as beside a playbook; `--playbook-dir` names another folder"
            )
    return InventoryChoice(paths, playbook_dir, tuple(notes))
