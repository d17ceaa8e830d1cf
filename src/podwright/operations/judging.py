"""Renders and judges what the inventory wants on a node: the one way to a verdict for validate, push and drift."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from podwright.errors import TemplateError
from podwright.inventory.node import Inventory, Node
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.operations.surge_checks import never_beside
from podwright.problem import Place, Problem
from podwright.validation.findings import Finding
from podwright.validation.folder import Entry, judge_folder, unrendered
from podwright.validation.judge import Verdict

if TYPE_CHECKING:
    from podwright.expressions.line_origins import Origins
    from podwright.templates.render import Renderer

#: judging one takes about half a millisecond; fewer are not worth a process
MANY_TEXTS = 600


def workloads_on(node: Node, only: tuple[str, ...], *, present: bool = True) -> tuple[Workload, ...]:
    """What the inventory calls present (or absent) on a node; with `only`, of these templates alone."""
    return tuple(
        Workload(entry.template, entry.instance)
        for entry in node.static_pods
        if entry.present is present and (not only or entry.is_named(only))
    )


class SiteJudging:
    """The judging of a site's templates for some of its nodes."""

    def __init__(
        self, renderer: Renderer, inventory: Inventory, nodes: tuple[Node, ...], only: tuple[str, ...]
    ) -> None:
        self.nodes = nodes
        self._renderer = renderer
        self._inventory = inventory
        self._only = only
        self._origins: dict[tuple[str, bytes], Origins] = {}

    @property
    def much(self) -> bool:
        """Whether it is worth more than one process."""
        return sum(len(node.static_pods) for node in self.nodes) >= MANY_TEXTS

    def verdicts(self, node: Node) -> tuple[Verdict, ...]:
        """On everything present on the node, in the inventory's order; what cannot be rendered gets one, too."""
        return tuple(verdict for *_, verdict in self._judged(node))

    def manifests(self, node: Node) -> tuple[tuple[Manifest, ...], tuple[Problem, ...]]:
        """Everything present on the node, or what is wrong with it."""
        judged = tuple(self._judged(node))
        problems = tuple(
            finding.problem(verdict.file).on(node.name)
            for *_, verdict in judged
            for finding in verdict.errors
        )
        if problems:
            return (), problems
        owner = node.settings.owner
        found = tuple(Manifest.of(verdict, data, workload, owner) for workload, data, verdict in judged)
        return found, tuple(never_beside(node, found))

    def _judged(self, node: Node) -> Iterator[tuple[Workload, bytes, Verdict]]:
        """Each template with what it renders and the verdict, whose file and places are the template's."""
        workloads = workloads_on(node, self._only)
        texts: dict[str, bytes] = {}
        failed: dict[str, tuple[Problem, ...]] = {}
        for workload in workloads:
            try:
                text = self._renderer.render(workload.template, node, self._inventory, workload.instance)
            except TemplateError as error:
                failed[workload.file_name] = error.problems
                continue
            texts[workload.file_name] = text.encode("utf-8", "surrogatepass")
            if not text:
                nothing = renders_nothing(workload.template, self._renderer.path(workload.template))
                failed[workload.file_name] = (nothing,)
        verdicts = judge_folder(
            (Entry(name, data) for name, data in texts.items() if name not in failed),
            node_name=node.likely_name,
            kubernetes_version=node.settings.kubernetes_version,
            silenced=node.settings.silenced_rules,
        )
        by_file = {verdict.file: verdict for verdict in verdicts}
        for workload in workloads:
            name = workload.file_name
            for problem in failed.get(name, ()):
                yield workload, b"", unrendered(problem)
            if name in by_file:
                data = texts[name]
                yield workload, data, self._at_template(by_file[name], workload, data, node)

    def _at_template(self, verdict: Verdict, workload: Workload, data: bytes, node: Node) -> Verdict:
        """The verdict with the template for its file, and findings at their places in the templates."""
        template = workload.template
        path = self._renderer.path(template)
        if not verdict.findings:
            return replace(verdict, file=path)
        origins = self._origins.get((template, data))
        if origins is None:
            origins = self._renderer.origins(template, node, self._inventory, workload.instance)
            self._origins[template, data] = origins
        return replace(
            verdict, file=path, findings=tuple(_moved(finding, path, origins) for finding in verdict.findings)
        )


def _moved(finding: Finding, path: str, origins: Origins) -> Finding:
    place = origins.place(finding.line, finding.column) if finding.line is not None else None
    if place is None:
        return replace(finding, line=None, column=None)
    included = place.file if place.file != path else ""
    return replace(finding, line=place.line, column=place.column, file=included)


def renders_nothing(template: str, place: str) -> Problem:
    """An empty manifest is never intended: the inventory names what a node should not have."""
    hint = f"to keep it off this node, set `static_pods: {{{template}: absent}}` there instead"
    return Problem("the template renders nothing", hint, Place(place))
