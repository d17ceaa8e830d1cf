"""Judges manifests offline as each node's kubelet would: a site's templates for every node, or plain files as they lie."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import UsageError
from podwright.inventory.node import Node
from podwright.operations.desired import Site, refuse_unknown
from podwright.operations.judging import SiteJudging
from podwright.operations.parallel_work import on_all_cores
from podwright.operations.secrets import open_encrypted
from podwright.operations.single_pods import single_pods
from podwright.validation.folder import Entry, judge_folder
from podwright.validation.judge import Verdict

#: the kubelet reads no file of this size or more; a byte over it is enough to know
MAX_FILE_BYTES = (10 << 20) + 1


class Validation(Struct, frozen=True):
    """Verdicts, each listed once however many nodes share it (`nodes` in the same order)."""

    judged: tuple[Verdict, ...]
    nodes: tuple[tuple[str, ...], ...] = ()

    @property
    def manifests(self) -> int:
        """How many manifests were judged, counting each node's."""
        return sum(map(len, self.nodes)) if self.nodes else len(self.judged)


def validate_site(site: Site, nodes: Iterable[Node], only: tuple[str, ...] = ()) -> Validation:
    """Judge everything that the inventory calls present, per node.

    A template that cannot be rendered is a verdict too: the kubelet would get no manifest. Raises UsageError for a
    name of `only` that no node has, and ProblemsError for two nodes that want what runs on one at a time.
    """
    judging = SiteJudging(site.renderer, site.inventory, tuple(nodes), only)
    refuse_unknown(judging.nodes, only)
    single_pods(site.inventory, judging.nodes, only)
    seen: dict[Verdict, list[str]] = {}
    if judging.much:
        open_encrypted(site.inventory)
    for part in on_all_cores(_verdicts_of, judging, len(judging.nodes), worth_it=judging.much):
        for verdict, names in part.items():
            seen.setdefault(verdict, []).extend(names)
    return Validation(tuple(seen), tuple(map(tuple, seen.values())))


def _verdicts_of(judging: SiteJudging, part: range) -> dict[Verdict, list[str]]:
    """Each verdict with the nodes that share it, so that few travel between processes."""
    found: dict[Verdict, list[str]] = {}
    for node in judging.nodes[part.start : part.stop]:
        for verdict in judging.verdicts(node):
            found.setdefault(verdict, []).append(node.name)
    return found


def validate_files(
    paths: Iterable[str],
    *,
    kubernetes_version: str,
    node_name: str = "",
    standard_input: BinaryIO | None = None,
) -> tuple[Verdict, ...]:
    """Judge plain files as they lie, `-` from `standard_input`; a folder as the kubelet would read it.

    Raises UsageError for what is not there.
    """
    judged: list[Verdict] = []
    for given in paths:
        path = Path(given)
        if given == "-" and standard_input is not None:
            entries = [Entry("stdin", standard_input.read(MAX_FILE_BYTES))]
        else:
            entries = [_entry_below(below) for below in path.iterdir()] if path.is_dir() else [_entry(path)]
        found = judge_folder(entries, node_name=node_name, kubernetes_version=kubernetes_version)
        judged += (replace(one, file=str(path / one.file) if path.is_dir() else given) for one in found)
    return tuple(judged)


def _entry_below(path: Path) -> Entry:
    """What lies in a folder: a link to nothing hides nothing else there, as for the kubelet."""
    if path.is_symlink() and not _leads_somewhere(path):
        return Entry(path.name, dangling=True)
    return _entry(path)


def _leads_somewhere(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        return error.errno != errno.ELOOP
    return True


def _entry(path: Path) -> Entry:
    try:
        if path.is_dir():
            return Entry(path.name)
        if path.exists() and not path.is_file():
            return Entry(path.name, special=True)
        with path.open("rb") as stream:
            return Entry(path.name, stream.read(MAX_FILE_BYTES))
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror}", hint="check the name") from error
