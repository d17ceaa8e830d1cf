"""What nodes are to have beside their pods: declarations evaluated, and the files' texts, before any node is reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from podwright.errors import ProblemsError, TemplateError
from podwright.expressions.failure import ExpressionError
from podwright.expressions.scope import Evaluation, plain_value
from podwright.expressions.values import Evaluator
from podwright.inventory.node import Inventory, Node
from podwright.inventory.provisioning import FileEntry, declared
from podwright.inventory.provisioning_checks import declaration_problems
from podwright.inventory.variables import NODE
from podwright.operations.desired import Desired
from podwright.plan.provision.clashes import clashes
from podwright.plan.provision.item import ABSENT, Item, Kind
from podwright.plan.provision.items import Text, items_of
from podwright.problem import Place, Problem, merged
from podwright.templates.render import Renderer, role_of, site_variables

MAX_SOURCE_BYTES = 1 << 20


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
        variables, evaluator = site_variables(self._inventory), Evaluator()
        desired, problems = [], []
        for node in (node for node in nodes if NODE in node.variables):
            wrong, items = self._items(node, Evaluation(variables, evaluator))
            problems += [replace(problem, node=node.name) for problem in wrong]
            desired.append(Desired(node, items=items))
        if problems:
            raise ProblemsError(merged(problems))
        return tuple(desired)

    def declared_of(self, nodes: Iterable[Node], paths: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these files that some node still declares, as far as its declaration can be read."""
        try:
            items = [item for one in self.desired(nodes) for item in one.items or ()]
        except ProblemsError:
            return ()
        files = {item.key for item in items if item.kind is Kind.FILE and item.state != ABSENT}
        return tuple(path for path in paths if path in files)

    def _items(self, node: Node, evaluation: Evaluation) -> tuple[tuple[Problem, ...], tuple[Item, ...]]:
        try:
            value = plain_value(evaluation.scope(node.name), NODE)
        except ExpressionError as error:
            return (Problem(error.message, error.hint, error.place),), ()
        if problems := tuple(declaration_problems(value)):
            return problems, ()
        declaration = declared(value)
        texts: dict[str, Text] = {}
        wrong = list(clashes(declaration))
        for entry in declaration.files:
            try:
                if entry.state != "absent":
                    texts[entry.path] = self._text(entry, node)
            except TemplateError as error:
                wrong += error.problems
            except (OSError, UnicodeDecodeError):
                hint = f"it lies below `{self._files}`, and is text of at most 1 MiB"
                message = f"`{NODE}.files.{entry.path}.source`: `{entry.source}` cannot be read"
                wrong.append(Problem(message, hint, Place(NODE)))
        return tuple(wrong), items_of(declaration, texts)

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
