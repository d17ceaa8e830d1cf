"""Jinja's own sandbox with Ansible's white space rules; names are looked up when they are used, not before."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from functools import cache, wraps
from typing import Any, cast

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound, TemplateSyntaxError, Undefined, nodes
from jinja2.compiler import CodeGenerator
from jinja2.lexer import TOKEN_STRING, TOKEN_VARIABLE_BEGIN, TOKEN_VARIABLE_END, TokenStream
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from podwright.expressions.code_generation import TextGenerator, ValueGenerator
from podwright.expressions.errors import ExpressionError, ExpressionSyntaxError, UnknownTemplateError
from podwright.expressions.file_lookups import NO_CONTROLLER, Controller
from podwright.expressions.filters import ACCEPT_MISSING, BUILTIN, FILTERS, TESTS
from podwright.expressions.lookups import Lookups
from podwright.expressions.plain_values import OMITTED, listed, refuse_too_large, text_of
from podwright.expressions.template_header import PREFIX, split_header
from podwright.expressions.text_filters import string
from podwright.expressions.undefined import MissingValue, kind_of, passing_missing
from podwright.problem import Place

#: Reads a template by its name: its text and the path that messages show. Raises ExpressionError.
Load = Callable[[str], tuple[str, str]]


#: What to write instead of methods that change a value.
_INSTEAD = {
    **dict.fromkeys(
        ("append", "extend", "insert"), "write `{% set x = x + [item] %}`; in a loop, `x` of a `namespace()`"
    ),
    **dict.fromkeys(("update", "setdefault"), "write `{% set x = x | combine({key: value}) %}`"),
    **dict.fromkeys(("pop", "popitem", "remove"), "write `{% set x = x | reject('eq', item) | list %}`"),
    **dict.fromkeys(("sort", "reverse"), "write `{% set x = x | sort %}` or `x | reverse`"),
    "clear": "write `{% set x = [] %}`",
}


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
    intercepted_binops = frozenset(["*", "**"])

    def __init__(self, load: Load | None = None, controller: Controller = NO_CONTROLLER) -> None:
        super().__init__(
            loader=_Loader(load) if load else None,
            undefined=MissingValue,
            trim_blocks=True,
            finalize=text_of,
            optimized=False,  # Jinja would write constants its own way
            cache_size=-1,
            auto_reload=False,
        )
        self.filters = {name: _as_ansible_calls(name, function) for name, function in FILTERS.items()}
        self.tests = {name: _as_ansible_calls(name, function) for name, function in TESTS.items()}
        self._named: dict[str, Template] = {}
        del self.globals["lipsum"]  # text that differs from run to run
        query = Lookups(controller, as_list=True)
        self.globals |= {"lookup": Lookups(controller, as_list=False), "query": query, "q": query}
        self.globals |= {"omit": OMITTED, "undef": lambda hint=None: MissingValue(hint)}

    @staticmethod
    def concatenate(parts: Iterable[object]) -> str:
        return "".join(map(string, parts))

    def named(self, name: str) -> Template:
        """The template of this name, whose header, if it has one, holds for what it includes too, as in Ansible."""
        known = self._named.get(name)
        if known is None:
            source, path, _ = cast("BaseLoader", self.loader).get_source(self, name)
            known = self._named[name] = self.compiled(source, name, path)
        return known

    def compiled(self, source: str, name: str | None = None, path: str | None = None) -> Template:
        """Compile a text that may begin with a header. Raises ExpressionSyntaxError, TemplateSyntaxError."""
        environment: Sandbox = self
        tree: str | nodes.Template = source
        if source.startswith(PREFIX):
            try:
                options, rest = split_header(source)
            except ExpressionSyntaxError as error:
                error.place = Place(path, 1, 1) if path else None
                raise
            environment = self.overlay(**options)
            tree = _one_line_down(environment, rest, name, path)
        code = environment.compile(tree, name, path)
        return environment.template_class.from_code(environment, code, environment.make_globals(None))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        refuse_too_large(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:  # noqa: ANN401
        """Never a missing value: `l.append(x) | default('')` would leave out x in silence."""
        message = f"`{attribute}` of a {kind_of(obj)} is closed to templates"
        raise ExpressionError(message, _INSTEAD.get(attribute, ""), name=attribute)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if isinstance(obj, MissingValue):
            return obj
        if not callable(obj) or not self.is_safe_callable(obj):
            raise ExpressionError("this cannot be called")
        accepts = isinstance(obj, Macro | Lookups)
        answer = passing_missing(super().call, accepts=accepts)(context, obj, *args, **kwargs)
        return answer if isinstance(answer, range) else listed(answer)


@cache  # a template environment has a thousand of them
def _as_ansible_calls(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Missing for what is missing, and lists where Python yields one item after another."""
    asked = passing_missing(function, accepts=name.removeprefix(BUILTIN) in ACCEPT_MISSING)

    @wraps(function)
    def called(*values: Any, **named: Any) -> Any:  # noqa: ANN401
        return listed(asked(*values, **named))

    return called


def _one_line_down(environment: Environment, source: str, name: Any, filename: Any) -> nodes.Template:  # noqa: ANN401
    """Parse what stands below a header, with the line numbers of the file."""
    try:
        tree = environment.parse(source, name, filename)
    except TemplateSyntaxError as error:
        error.lineno += 1
        raise
    for node in tree.find_all(nodes.Node):
        node.lineno = (node.lineno or 0) + 1
    return tree


class ValueSandbox(Sandbox):
    """For the values of variables: one expression, also inside blocks, keeps the type of what it yields."""

    code_generator_class = ValueGenerator

    def __init__(self, controller: Controller = NO_CONTROLLER) -> None:
        super().__init__(controller=controller)
        self.finalize = None

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        """A backslash in a text within `{{ … }}` is one: YAML has read its own already."""
        tokens = self.lexer.tokeniter(source, name, filename, state)
        return TokenStream(self.lexer.wrap(_with_backslashes(tokens), name, filename), name, filename)

    @staticmethod
    def concat(parts: Iterable[object]) -> Any:  # noqa: ANN401
        """Return the one value that was yielded, or text of several, or None for nothing.

        An `if` without an `else` alone yields what is undefined and yet empty, as in Ansible.
        """
        given = [part for part in parts if part is not None]
        kept = [part for part in given if type(part) is not Undefined]
        if not kept:
            return given[0] if given else None
        if len(kept) > 1:
            return "".join(map(text_of, kept))
        return listed(kept[0])


def _with_backslashes(tokens: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
    inside = False
    for line, kind, text in tokens:
        inside = kind == TOKEN_VARIABLE_BEGIN or (inside and kind != TOKEN_VARIABLE_END)
        yield line, kind, text.replace("\\", "\\\\") if inside and kind == TOKEN_STRING else text
