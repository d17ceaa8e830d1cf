"""What every chosen node should run: rendered and judged before any node is touched, all problems reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from podwright.errors import ProblemsError, TemplateError, UsageError
from podwright.inventory.node import Inventory, Node
from podwright.manifests.manifest import Manifest
from podwright.operations.judging import SiteJudging, workloads_on
from podwright.operations.parallel_work import on_all_cores
from podwright.operations.secrets import open_encrypted
from podwright.operations.single_pods import single_pods
from podwright.plan.provision.item import Item
from podwright.problem import Problem, merged

if TYPE_CHECKING:
    from podwright.templates.render import Renderer


class Restart(Struct, frozen=True):
    """The files of these names (all of podwright's, if there are none) as they lie there, with the next generation.

    `stale`: only those of whose images the node has another by now than the one that runs.
    """

    names: tuple[str, ...] = ()
    stale: bool = False


class Adopt(Struct, frozen=True):
    """The manifests that are wanted, of the files alone that the node has and podwright did not write.

    `note`: nothing is written to the files, a note on the node says whose they are.
    """

    note: bool = False


class Release(Struct, frozen=True):
    """The files of these names as they lie there, without podwright's mark.

    `note`: nothing is written to the files, a note on the node says that they are no longer podwright's.
    """

    names: tuple[str, ...]
    note: bool = False


class Rollback(Struct, frozen=True):
    """The files of these names as the node's history has them: as revision `to`, or as they were when last good.

    Whatever stands in the way of one of them is a problem of that node, except that it has none of that file. An etcd
    does not go back below the minor version of its data, unless that is accepted.
    """

    names: tuple[str, ...]
    to: int | None = None
    accept_data_downgrade: bool = False


class Withdraw(Struct, frozen=True):
    """The files that the run wrote, and those of these names that it removed, as they were before it."""

    run: str
    removed: tuple[str, ...] = ()


class Desired(Struct, frozen=True):
    """One node's part: the manifests it should run and the file names it should not have.

    `owner` is whose other files are orphans; None: this is not all that the node should have, so nothing is one. What
    only the node itself knows is filled in from its observation, as `from_node` asks. `single` are files whose pods run
    on one node at a time: this node's, or those that another node is to have. `unseen` are nodes that may have one and
    are not chosen. With `items` it is about the node itself, and not about its manifests.
    """

    node: Node
    manifests: tuple[Manifest, ...] = ()
    absent: tuple[str, ...] = ()
    owner: str | None = None
    from_node: Adopt | Restart | Release | Rollback | Withdraw | None = None
    single: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    items: tuple[Item, ...] | None = None

    @property
    def sought(self) -> tuple[str, ...]:
        """Files that some node must have."""
        match self.from_node:
            case Restart(stale=True):
                return ()
            case Restart() | Release() | Rollback():
                return self.from_node.names
        return ()


class Site:
    """The inventory and its templates."""

    def __init__(self, inventory: Inventory, renderer: Renderer) -> None:
        self.inventory = inventory
        self.renderer = renderer

    def desired(self, nodes: Iterable[Node], only: tuple[str, ...] = ()) -> tuple[Desired, ...]:
        """What each of `nodes` should run; with `only`, of these templates alone. Raises ProblemsError, UsageError."""
        judging = SiteJudging(self.renderer, self.inventory, tuple(nodes), only)
        refuse_unknown(judging.nodes, only)
        single = single_pods(self.inventory, judging.nodes, only)
        if judging.much:
            open_encrypted(self.inventory)
        parts = on_all_cores(_manifests_of, judging, len(judging.nodes), worth_it=judging.much)
        found = [one for part in parts for one in part]
        if problems := [problem for _, wrong in found for problem in wrong]:
            raise ProblemsError(merged(problems))
        unseen = self._unseen(judging.nodes) if single else ()
        return tuple(
            Desired(
                node,
                manifests,
                tuple(dict.fromkeys((*_moved_away(node, single), *_absent_on(node, only)))),
                None if only else node.settings.owner,
                single=tuple(single),
                unseen=unseen,
            )
            for node, (manifests, _) in zip(judging.nodes, found, strict=True)
        )

    def _unseen(self, nodes: tuple[Node, ...]) -> tuple[str, ...]:
        chosen = {node.name for node in nodes}
        return tuple(node.name for node in self.inventory.nodes if node.name not in chosen)

    def rendered(self, nodes: Iterable[Node], only: tuple[str, ...] = ()) -> tuple[tuple[str, str, str], ...]:
        """Node, file name and the template's own text for everything present. Raises ProblemsError, UsageError."""
        judging = SiteJudging(self.renderer, self.inventory, tuple(nodes), only)
        refuse_unknown(judging.nodes, only)
        problems: list[Problem] = []
        texts = []
        for node in judging.nodes:
            for workload in workloads_on(node, only):
                try:
                    text = self.renderer.render(workload.template, node, self.inventory, workload.instance)
                except TemplateError as error:
                    problems += (problem.on(node.name) for problem in error.problems)
                else:
                    texts.append((node.name, workload.file_name, text))
        if problems:
            raise ProblemsError(merged(problems))
        return tuple(texts)


def _manifests_of(
    judging: SiteJudging, part: range
) -> list[tuple[tuple[Manifest, ...], tuple[Problem, ...]]]:
    return [judging.manifests(node) for node in judging.nodes[part.start : part.stop]]


def _moved_away(node: Node, single: Mapping[str, str]) -> Iterator[str]:
    """What another node is to have alone; whatever the inventory says of it here."""
    yield from (name for name, where in single.items() if where != node.name)


def _absent_on(node: Node, only: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(workload.file_name for workload in workloads_on(node, only, present=False))


def refuse_unknown(nodes: tuple[Node, ...], only: tuple[str, ...]) -> None:
    """Raises UsageError for a name of `only` that no node has: a misspelt one would look like nothing to do."""
    entries = {entry for node in nodes for entry in node.static_pods}
    known = {entry.template for entry in entries}
    unknown = [name for name in only if not any(entry.is_named((name,)) for entry in entries)]
    if unknown:
        raise UsageError(
            f"no chosen node has the static pod {', '.join(f'`{name}`' for name in unknown)}",
            hint=f"they have: {', '.join(sorted(known)) or 'none'}; name another in `static_pods` first",
        )
