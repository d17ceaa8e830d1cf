"""The secrets of a whole inventory: those of nodes that were not chosen may stand in a template's `hostvars` too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podwright.expressions.failure import ExpressionError
from podwright.expressions.placed import is_expression
from podwright.expressions.scope import Evaluation
from podwright.expressions.values import Evaluator
from podwright.inventory.node import Inventory
from podwright.plan.redactor import Redactor, secret_values
from podwright.templates.render import site_variables


def redactor_of(inventory: Inventory) -> Redactor:
    """What finds them in a text; the name of a node or a group is shown anyway."""
    found = {*secret_values(node.variables for node in inventory.nodes), *_evaluated(inventory)}
    return Redactor(found - {node.name for node in inventory.nodes} - inventory.groups.keys())


def _evaluated(inventory: Inventory) -> Iterator[str]:
    """The values of secrets that are expressions: what `"{{ vault_db.password }}-{{ stage }}"` comes to on each node."""
    evaluator = Evaluator()
    evaluation = Evaluation(site_variables(inventory), evaluator)
    for node in inventory.nodes:
        held: Mapping[str, object] = {
            name: value for name, value in node.variables.items() if evaluator.holds_expression(value)
        }
        for text in filter(is_expression, secret_values([held])):
            try:
                value = evaluator.evaluate(text, evaluation.scope(node.name).names)
            except ExpressionError:
                # templates that use it fail, and say why
                continue
            yield from secret_values([{"secret": value}])
