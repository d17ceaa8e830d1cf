"""The code that Jinja generates, with two changes: every piece of output knows its line, and values keep their type."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nativetypes import NativeCodeGenerator


class TextGenerator(CodeGenerator):
    """Writes text, one piece after the other."""

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        for child in node.nodes:
            self.newline(child)
            super().visit_Output(nodes.Output([child], lineno=child.lineno), frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        """`a ~ b` joins texts as the filter `string` makes them."""
        self.write("environment.concatenate((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401
        """What is written stays what `finalize` makes it: `str()` around it would forget what it was of."""
        NativeCodeGenerator._output_child_pre(self, node, frame, finalize)  # type: ignore[arg-type]

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ANN401
        NativeCodeGenerator._output_child_post(self, node, frame, finalize)  # type: ignore[arg-type]

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> Any:  # noqa: ANN401
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible  # Jinja would write a constant in its own way
        return super()._output_child_to_const(node, frame, finalize)


class ValueGenerator(TextGenerator, NativeCodeGenerator):
    """Yields values as they are."""
