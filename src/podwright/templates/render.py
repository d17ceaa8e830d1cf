"""Renders the templates of a folder for one node after another; every mistake in one has its file, line and node."""

from __future__ import annotations

from collections import ChainMap
from pathlib import Path

from msgspec.structs import replace

from podwright.errors import TemplateError
from podwright.expressions.errors import ExpressionError, ExpressionSyntaxError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.line_origins import Origins
from podwright.expressions.rendering import Templates
from podwright.expressions.scope import Evaluation, Scope
from podwright.expressions.site_variables import SiteVariables
from podwright.inventory.node import Inventory, Node
from podwright.problem import Place, Problem
from podwright.templates.files import SUFFIX, TemplateFiles


class Renderer:
    """The templates of one folder, each compiled once; may be used from many threads.

    The texts of files that they look up go to `looked_up`, by name.
    """

    def __init__(self, templates_dir: Path, looked_up: dict[str, str] | None = None) -> None:
        self._files = TemplateFiles(templates_dir)
        above = role_of(templates_dir)
        self._role = {"role_path": str(above)}
        self._templates = Templates(self._files.load, (above / "files", above, templates_dir), looked_up)
        self._evaluator = Evaluator(self._templates.controller)
        self._site: tuple[Inventory, SiteVariables] | None = None

    def names(self) -> tuple[str, ...]:
        """Return the names of the templates, sorted. Raises UsageError when there is no folder."""
        return self._files.names()

    def render(self, name: str, node: Node, inventory: Inventory, instance: str = "") -> str:
        """Return the text of template `name` for `node`, or "" when it renders nothing but white space.

        With `instance`, its variables win over the node's.

        Raises TemplateError with file, line and node. The values of variables are in no message.
        """
        text = self.text(name + SUFFIX, node, inventory, name, instance)
        return text if text.strip() else ""

    def text(self, file: str, node: Node, inventory: Inventory, name: str = "", instance: str = "") -> str:
        """Return what a file of the folder renders, whatever it is a template of. Raises TemplateError likewise."""
        try:
            return self._templates.render(file, self._scope(name, node, inventory, instance))
        except ExpressionError as error:
            place = error.place or Place(self._files.shown(file))
            whom = None if isinstance(error, ExpressionSyntaxError) else node.name
            raise TemplateError([Problem(error.message, error.hint, place, whom)]) from error

    def path(self, name: str) -> str:
        """The path of template `name` as messages show it."""
        return self._files.shown(name + SUFFIX)

    def origins(self, name: str, node: Node, inventory: Inventory, instance: str = "") -> Origins:
        """Return where each piece of what `render` gave came from."""
        return self._templates.origins(name + SUFFIX, self._scope(name, node, inventory, instance))

    def _scope(self, name: str, node: Node, inventory: Inventory, instance: str) -> Scope:
        if self._site is None or self._site[0] is not inventory:
            self._site = (
                inventory,
                replace(site_variables(inventory), common={**self._role, **inventory.common}),
            )
        site = self._site[1]
        for pod in node.static_pods:
            if instance and (pod.template, pod.instance) == (name, instance):
                own = {node.name: {**node.variables, **pod.variables, **inventory.extra}}
                site = replace(site, variables=ChainMap(own, site.variables))  # type: ignore[arg-type]
        return Evaluation(site, self._evaluator).scope(node.name)


def role_of(templates_dir: Path) -> Path:
    """The folder of the role or the site that the templates belong to."""
    absolute = templates_dir.absolute()
    named = [folder for folder in (absolute, *absolute.parents) if folder.name == "templates"]
    return named[0].parent if named else absolute.parent


def site_variables(inventory: Inventory) -> SiteVariables:
    return SiteVariables(
        variables={node.name: node.variables for node in inventory.nodes},
        groups={name: list(nodes) for name, nodes in inventory.groups.items()},
        groups_of={node.name: node.groups for node in inventory.nodes},
        node_names={
            node.name: node.settings.node_name
            for node in inventory.nodes
            if node.settings.node_name is not None
        },
        files=inventory.files,
        common=inventory.common,
        facts=inventory.facts,
    )
