"""Judges manifests offline as each node's kubelet would: a site's templates for every node, or plain files as they lie."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from podwright.errors import TemplateError, UsageError
from podwright.expressions.origins import Origins
from podwright.inventory.node import Node
from podwright.manifests.workload import SUFFIX, Workload
from podwright.operations.cores import on_all_cores
from podwright.operations.desired import MANY_TEXTS, Site, refuse_unknown, renders_nothing, templates_on
from podwright.validation.findings import Finding
from podwright.validation.folder import Entry, Judged, judge_folder, unrendered

#: the kubelet reads no file of this size or more; a byte over it is enough to know
MAX_FILE_BYTES = (10 << 20) + 1


@dataclass(frozen=True, slots=True)
class Validation:
    """Verdicts, each told once however many nodes share it (`nodes` in the same order)."""

    judged: tuple[Judged, ...]
    nodes: tuple[tuple[str, ...], ...] = ()

    @property
    def manifests(self) -> int:
        """How many manifests were judged, counting each node's."""
        return sum(map(len, self.nodes)) if self.nodes else len(self.judged)


def validate_site(site: Site, nodes: Iterable[Node], only: tuple[str, ...] = ()) -> Validation:
    """Judge everything that the inventory calls present, per node; equal content is judged once.

    A template that cannot be rendered is a verdict too: the kubelet would get no manifest. Raises UsageError for a
    name of `only` that no node has.
    """
    nodes = tuple(nodes)
    refuse_unknown(nodes, only)
    places = _Places(site)
    texts = sum(len(node.static_pods) for node in nodes)
    judged = on_all_cores(
        nodes, lambda node: tuple(_judged_on(site, node, only, places)), worth_it=texts >= MANY_TEXTS
    )
    seen: dict[Judged, list[str]] = {}
    for node, found in zip(nodes, judged, strict=True):
        for one in found:
            seen.setdefault(one, []).append(node.name)
    return Validation(tuple(seen), tuple(map(tuple, seen.values())))


def _judged_on(site: Site, node: Node, only: tuple[str, ...], places: _Places) -> Iterator[Judged]:
    texts = {}
    for template in templates_on(node, only):
        try:
            text = site.renderer.render(template, node, site.inventory)
        except TemplateError as error:
            yield from map(unrendered, error.problems)
        else:
            if text.strip():
                texts[Workload(template).file_name] = text
            else:
                yield unrendered(renders_nothing(template, site.renderer.path(template)))
    judged = judge_folder(
        (Entry(name, text.encode("utf-8", "surrogatepass")) for name, text in texts.items()),
        node_name=node.settings.node_name or node.name,
        kubernetes_version=node.settings.kubernetes_version,
        silenced=node.settings.silenced_rules,
    )
    for one in judged:
        yield places.moved(one, texts[one.file], node)


class _Places:
    """Moves findings to where the templates say what is wrong."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._origins: dict[tuple[str, str], Origins] = {}

    def moved(self, one: Judged, rendered: str, node: Node) -> Judged:
        template = one.file.removesuffix(SUFFIX)
        path = self._site.renderer.path(template)
        if not one.verdict.findings:
            return replace(one, file=path)
        origins = self._origins.get((one.file, rendered))
        if origins is None:
            origins = self._site.renderer.origins(template, node, self._site.inventory)
            self._origins[one.file, rendered] = origins
        findings = tuple(_moved(finding, path, origins) for finding in one.verdict.findings)
        return Judged(path, replace(one.verdict, findings=findings))


def _moved(finding: Finding, path: str, origins: Origins) -> Finding:
    place = origins.place(finding.line, finding.column) if finding.line is not None else None
    if place is None:
        return replace(finding, line=None, column=None)
    if place.file != path:
        return replace(finding, line=None, column=None, message=f"{finding.message} (in `{place}`)")
    return replace(finding, line=place.line, column=place.column)


def validate_files(
    paths: Iterable[str],
    *,
    kubernetes_version: str,
    node_name: str = "",
    standard_input: BinaryIO | None = None,
) -> tuple[Judged, ...]:
    """Judge plain files as they lie, `-` from `standard_input`; a folder as the kubelet would read it.

    Raises UsageError for what is not there.
    """
    judged: list[Judged] = []
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
        raise UsageError(f"cannot read `{path}`: {error.strerror}", hint="is the name right?") from error
