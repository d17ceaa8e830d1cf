"""Reads an inventory from its sources, with its `group_vars/` and `host_vars/`, into nodes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from podwright.errors import InventoryError
from podwright.inventory.decryption import decrypting_reader
from podwright.inventory.file_reader import FileReader
from podwright.inventory.group_cycles import refuse_cycles
from podwright.inventory.node import Inventory
from podwright.inventory.nodes import NodeFactory
from podwright.inventory.precedence import Layers, Membership, adopt_orphans
from podwright.inventory.role_and_extra_variables import Around, read_outer
from podwright.inventory.sources.kubernetes import NodeLister
from podwright.inventory.sources.read import Sources
from podwright.inventory.static_pods import StaticPods
from podwright.inventory.structure import Structure
from podwright.inventory.variable_checks import Checks
from podwright.inventory.variable_files import read_variable_files
from podwright.inventory.variable_origins import Origins
from podwright.inventory.vault import Vault
from podwright.problem import Place, Problem, by_place, merged


def load_inventory(
    *paths: Path,
    rules: Collection[str] | None = None,
    drifts: Collection[str] | None = None,
    node_checks: Callable[[], Collection[str]] | None = None,
    reader: FileReader | None = None,
    playbook_folder: Path | None = None,
    cluster: NodeLister | None = None,
    role: Path | None = None,
    extra: Collection[str] = (),
    reads_waivers: bool = True,
) -> Inventory:
    """Return the inventory of `paths`: each a file, a folder, `host1,host2,` or `kubernetes:`.

    Several are one inventory, as with Ansible's repeated `-i`: what a later one says of a group or host wins. `rules`
    are the ids that the inventory may silence, `drifts` the kinds and `node_checks` the checks
    it may waive; None takes any. `reader` reads every
    file; without one there is no password for what is encrypted. `playbook_folder` may hold `group_vars/` and
    `host_vars/` too. `cluster` lists the nodes of `kubernetes:`. `role` is the
    folder whose `defaults/` and `vars/` count, `extra` what `-e` gives. Who never `reads_waivers`, nor which files others
    may put there, is only warned of what is wrong with them. Raises InventoryError with every
    problem of every file, and UsageError when there is no inventory.
    """
    checks = Checks(rules, drifts, node_checks)
    structure = Structure(problems=checks.problems, warnings=checks.warnings)
    sources = Sources(
        reader or decrypting_reader(Vault()), structure=structure, **({"cluster": cluster} if cluster else {})
    )
    with _no_collections():
        return _load(
            paths, playbook_folder, checks, sources, Around(role, tuple(extra)), reads_waivers=reads_waivers
        )


class UnusableInventoryError(InventoryError):
    """`inventory` is what of it can be read all the same, for who looks for more that is wrong."""

    def __init__(self, problems: tuple[Problem, ...], inventory: Inventory) -> None:
        super().__init__(problems)
        self.inventory = inventory


@contextmanager
def _no_collections() -> Iterator[None]:
    """Most of what is allocated here stays: looking for garbage in it again and again costs a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _load(
    paths: tuple[Path, ...],
    playbook: Path | None,
    checks: Checks,
    sources: Sources,
    around: Around,
    *,
    reads_waivers: bool,
) -> Inventory:
    structure, problems = sources.structure, checks.problems
    for path in paths:
        sources.read(path)
    refuse_cycles(structure, problems)
    adopt_orphans(structure)
    named = ", ".join(map(str, paths))
    outer = read_outer(around, structure, sources.files)
    files = read_variable_files(_folders(paths, playbook), structure, sources.files)
    layers = Layers(structure, files, outer.below, outer.above)
    membership = Membership(structure)
    checks.check(structure.sources)
    if not structure.hosts and not problems:
        nobody = Problem("no node is named in this inventory", "name them below `hosts:`", Place(named))
        (checks.warnings if len(structure.groups) > 2 else problems).append(nobody)
    static_pods = StaticPods(structure.sources, problems)
    common = {"playbook_dir": str((playbook or Path()).absolute())}
    nodes = NodeFactory(layers, membership, static_pods, checks).nodes(common)
    harmless = [*checks.of_connections, *checks.of_waivers]
    groups = {name: membership.hosts_of(name) for name in structure.groups}
    origins = Origins(tuple(structure.sources), membership)
    warnings = by_place(merged([*checks.warnings, *harmless]))
    inventory = Inventory(nodes, groups, named, warnings, structure.files, origins, outer.extra, common)
    if problems or (reads_waivers and checks.of_waivers):
        raise UnusableInventoryError(by_place(merged([*problems, *harmless])), inventory)
    return inventory


def _folders(paths: tuple[Path, ...], playbook: Path | None) -> Iterable[Path]:
    """Where `group_vars/` and `host_vars/` lie, weakest first, each folder once: the last time counts.

    Files beside a playbook win over those beside the inventory.
    """
    beside = [path if path.is_dir() else path.parent for path in paths if path.exists()]
    named = [*beside, *([playbook] if playbook is not None else ())]
    once = {folder.absolute(): folder for folder in reversed(named)}
    return reversed(once.values())
