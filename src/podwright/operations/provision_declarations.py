"""What nodes are to have beside their pods: declarations evaluated, and the files' texts, before any node is reached."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from podwright.errors import ProblemsError, TemplateError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.scope import Evaluation, plain_parts
from podwright.inventory.node import Inventory, Node
from podwright.inventory.provisioning import (
    FileEntry,
    NodeDeclaration,
    declared,
    mapping_of,
    written_out,
)
from podwright.inventory.provisioning_checks import declaration_faults
from podwright.inventory.provisioning_faults import Fault, placed, shown_path, without
from podwright.inventory.variables import NODE
from podwright.operations.desired import Desired
from podwright.operations.judging_kubelet_settings import setting_faults
from podwright.plan.provision.clashes import clashes
from podwright.plan.provision.declared_items import Text, items_of
from podwright.plan.provision.item import ABSENT, Item, Kind
from podwright.plan.provision.protections import switched_off, text_switches_off
from podwright.problem import Problem, merged
from podwright.templates.render import Renderer, role_of, site_variables

MAX_SOURCE_BYTES = 1 << 20
#: a declaration without what is wrong with it
_Judged = tuple[NodeDeclaration, tuple[Fault, ...]]


class _Read(Struct, frozen=True):
    """What of a node's declaration can be read, and what is wrong with the rest."""

    node: Node
    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


class NodeSite:
    """The inventory with what its declarations refer to: templates of files, and files that are copied as they are.

    They lie in `node/` beside the folder of manifests' templates, and in `files/` of the site.
    """

    def __init__(self, inventory: Inventory, templates: Path) -> None:
        self._inventory = inventory
        self._templates = templates.parent / "node"
        self._files = role_of(templates) / "files"
        self._renderer = Renderer(self._templates)

    def desired(self, nodes: Iterable[Node]) -> tuple[Desired, ...]:
        """What the nodes that declare something are to have. Raises ProblemsError with all that is wrong."""
        read = self._read(nodes)
        if problems := [problem for one in read for problem in one.problems]:
            raise ProblemsError(merged(problems))
        return tuple(Desired(one.node, items=one.items) for one in read)

    def problems(self, nodes: Iterable[Node]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
        """All that is wrong with the declarations, and what of them is done although it does not do what it says."""
        read = self._read(nodes)
        wrong = (problem for one in read for problem in one.problems)
        return merged(wrong), merged(problem for one in read for problem in one.warnings)

    def declared_of(self, nodes: Iterable[Node], paths: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these files that some node still declares, as far as its declaration can be read."""
        items = [item for one in self._read(nodes) for item in one.items]
        files = {item.key for item in items if item.kind is Kind.FILE and item.state != ABSENT}
        return tuple(path for path in paths if path in files)

    def _read(self, nodes: Iterable[Node]) -> tuple[_Read, ...]:
        variables, evaluator = site_variables(self._inventory), Evaluator()
        known: dict[tuple[object, ...], _Judged] = {}
        return tuple(
            self._declared(node, Evaluation(variables, evaluator), known)
            for node in nodes
            if NODE in node.variables
        )

    def _declared(
        self,
        node: Node,
        evaluation: Evaluation,
        known: dict[tuple[object, ...], _Judged],
    ) -> _Read:
        """Equal values of many nodes are judged once."""
        value, failed = plain_parts(evaluation.scope(node.name), NODE)
        missing = frozenset(path for path, _ in failed)
        version = node.settings.kubernetes_version
        key = repr(value), missing, version
        declaration, judged = known[key] = known.get(key) or _judged(value, missing, version)
        texts, of_texts = self._texts(declaration, node)
        of_expressions = (Fault(path, error.message, error.hint, place=error.place) for path, error in failed)
        faults = (*of_expressions, *judged, *of_texts)
        problems = [placed(fault, node, self._inventory) for fault in faults if not fault.harmless]
        warnings = [placed(fault, node, self._inventory) for fault in faults if fault.harmless]
        return _Read(node, items_of(declaration, texts), tuple(problems), tuple(warnings))

    def _texts(self, declaration: NodeDeclaration, node: Node) -> tuple[dict[str, Text], list[Fault]]:
        texts: dict[str, Text] = {}
        faults: list[Fault] = []
        for entry in declaration.files:
            if entry.state == ABSENT:
                continue
            try:
                texts[entry.path] = self._text(entry, node)
                faults += text_switches_off(entry.path, texts[entry.path].text)
            except TemplateError as error:
                faults += (self._fault(entry, problem) for problem in error.problems)
            except (OSError, UnicodeDecodeError):
                path = ("files", entry.path, "source")
                hint = f"it lies below `{self._files}`, and is text of at most 1 MiB"
                faults.append(Fault(path, f"`{shown_path(path)}`: `{entry.source}` cannot be read", hint))
        return texts, faults

    def _fault(self, entry: FileEntry, problem: Problem) -> Fault:
        """What is wrong with a template stands there; that there is none, where it is named."""
        path = ("files", entry.path, "template")
        if problem.place and problem.place.line:
            return Fault(path, problem.message, problem.hint, place=problem.place)
        return Fault(path, f"`{shown_path(path)}`: {problem.message}", problem.hint)

    def _text(self, entry: FileEntry, node: Node) -> Text:
        if entry.template:
            text = self._renderer.text(entry.template, node, self._inventory)
            return Text(text, f"templates/node/{entry.template}")
        if entry.source:
            return Text(self._source(entry.source), f"files/{entry.source}")
        return Text(entry.content or "", f"{NODE}.files")

    def _source(self, name: str) -> str:
        path = (self._files / name).resolve()
        if not path.is_relative_to(self._files.resolve()):
            raise PermissionError(name)
        with path.open("rb") as stream:
            content = stream.read(MAX_SOURCE_BYTES + 1)
        if len(content) > MAX_SOURCE_BYTES or b"\0" in content:
            raise PermissionError(name)
        return content.decode()


def _judged(value: object, missing: frozenset[tuple[object, ...]], version: str | None) -> _Judged:
    """What is wrong in one part hides nothing of another: it is read without that part; `missing` could not be evaluated."""
    hollow = {path[:at] for path in missing for at in range(len(path) + 1)}
    faults = tuple(fault for fault in declaration_faults(value) if fault.path not in hollow)
    paths = (*missing, *(fault.path for fault in faults))
    declaration = declared(without(written_out(mapping_of(value)), paths))
    return declaration, (
        *faults,
        *clashes(declaration),
        *switched_off(declaration),
        *setting_faults(declaration, version),
    )
