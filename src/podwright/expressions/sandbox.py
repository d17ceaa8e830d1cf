"""Jinja's own sandbox with Ansible's white space rules; names are looked up when they are used, not before."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, KeysView, Mapping, MutableMapping, ValuesView
from typing import Any, cast

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound, TemplateSyntaxError, Undefined, nodes
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from podwright.expressions.code import TextGenerator, ValueGenerator
from podwright.expressions.failure import ExpressionError, ExpressionSyntaxError, UnknownTemplateError
from podwright.expressions.filters import FILTERS, TESTS
from podwright.expressions.header import PREFIX, split_header
from podwright.expressions.missing import MissingValue, kind_of
from podwright.expressions.plain import text_of
from podwright.problem import Place

#: Reads a template by its name: its text and the path that messages show. Raises ExpressionError.
Load = Callable[[str], tuple[str, str]]

_LAZY = (KeysView, ValuesView, Iterator, range)


class _LazyContext(Context):
    """Never copies its names: that would evaluate every variable."""

    def get_all(self) -> dict[str, Any]:
        return ChainMap(self.vars, self.parent) if self.vars else self.parent  # type: ignore[return-value]


class _LazyTemplate(Template):
    def new_context(
        self,
        vars: Any = None,  # noqa: A002, ANN401
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Context:
        names: MutableMapping[str, Any] = (
            vars if shared else ChainMap({} if vars is None else vars, self.globals)
        )
        if locals:
            names = ChainMap({key: value for key, value in locals.items() if value is not missing}, names)
        return _LazyContext(
            self.environment, cast("Any", names), self.name, self.blocks, globals=self.globals
        )


class _Loader(BaseLoader):
    def __init__(self, load: Load) -> None:
        self._load = load

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        del environment
        try:
            return *self._load(template), None
        except UnknownTemplateError as error:
            raise TemplateNotFound(template) from error  # `include … ignore missing` catches it


class Sandbox(ImmutableSandboxedEnvironment):
    """Templates reach values, filters and one another, and nothing of the interpreter."""

    code_generator_class: type[CodeGenerator] = TextGenerator
    context_class = _LazyContext
    template_class = _LazyTemplate

    def __init__(self, load: Load | None = None) -> None:
        super().__init__(
            loader=_Loader(load) if load else None,
            undefined=MissingValue,
            trim_blocks=True,
            keep_trailing_newline=True,
            finalize=text_of,
            optimized=False,  # Jinja would write constants its own way
            cache_size=-1,
            auto_reload=False,
        )
        self.filters = dict(FILTERS)
        self.tests = dict(TESTS)
        del self.globals["lipsum"]  # text that differs from run to run

    @staticmethod
    def concatenate(parts: Iterable[object]) -> str:
        return "".join(map(text_of, parts))

    def compile(self, source: Any, name: Any = None, filename: Any = None, *flags: Any) -> Any:  # noqa: ANN401
        if isinstance(source, str) and source.startswith(PREFIX):
            try:
                options, rest = split_header(source)
            except ExpressionSyntaxError as error:
                error.place = Place(filename, 1) if filename else None
                raise
            environment = self.overlay(**options)
            return environment.compile(
                _one_line_down(environment, rest, name, filename), name, filename, *flags
            )
        return super().compile(source, name, filename, *flags)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:  # noqa: ANN401
        return self.undefined(
            f"`{attribute}` of a {kind_of(obj)} is closed to templates", name=attribute, obj=obj
        )

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if isinstance(obj, Undefined):
            str(obj)  # raises, and names what is missing
        if not callable(obj) or not self.is_safe_callable(obj):
            raise ExpressionError("this cannot be called")
        return super().call(context, obj, *args, **kwargs)


def _one_line_down(environment: Environment, source: str, name: Any, filename: Any) -> nodes.Template:  # noqa: ANN401
    """Parse what stands below a header, with the line numbers of the file."""
    try:
        tree = environment.parse(source, name, filename)
    except TemplateSyntaxError as error:
        error.lineno += 1
        raise
    for node in tree.find_all(nodes.Node):
        node.lineno += 1
    return tree


class ValueSandbox(Sandbox):
    """For the values of variables: one expression, also inside blocks, keeps the type of what it yields."""

    code_generator_class = ValueGenerator

    def __init__(self) -> None:
        super().__init__()
        self.finalize = None
        self.keep_trailing_newline = False

    @staticmethod
    def concat(parts: Iterable[object]) -> Any:  # noqa: ANN401
        """Return the one value that was yielded, or text of several, or None for nothing."""
        kept = [
            part for part in parts if type(part) is not Undefined and not (type(part) is str and not part)
        ]
        if not kept:
            return None
        if len(kept) > 1:
            return "".join(map(text_of, kept))
        return list(kept[0]) if isinstance(kept[0], _LAZY) else kept[0]
