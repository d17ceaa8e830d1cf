"""A Jinja environment in which a template reaches values and the filters, and nothing of the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, Template, Undefined, nodes, pass_context
from jinja2.compiler import CodeGenerator
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace, missing

from podwright.expressions.filters import FILTERS, TESTS, plain
from podwright.expressions.limits import (
    Budget,
    RefusedError,
    bounded_join,
    bounded_range,
    bounded_replace,
    check_operation,
    check_result,
    check_size,
)

#: Methods a template may call; what could make huge texts (`center`, `format`, `zfill` …) has a filter or is not there.
METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        [
            "capitalize",
            "casefold",
            "count",
            "endswith",
            "find",
            "index",
            "isalnum",
            "isalpha",
            "isdecimal",
            "isdigit",
            "islower",
            "isnumeric",
            "isspace",
            "isupper",
            "join",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rindex",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "swapcase",
            "title",
            "upper",
        ]
    ),
    Mapping: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
    date: frozenset(
        {"year", "month", "day", "hour", "minute", "second", "isoformat", "weekday", "isoweekday"}
    ),
    LoopContext: frozenset(
        [
            "index",
            "index0",
            "revindex",
            "revindex0",
            "first",
            "last",
            "length",
            "cycle",
            "depth",
            "depth0",
            "previtem",
            "nextitem",
            "changed",
        ]
    ),
    Cycler: frozenset({"next", "current", "reset"}),
    Macro: frozenset({"name"}),
}
_REMOVED_TESTS = ("callable", "escaped", "filter", "test")
_FREE_NAMESPACES = (Namespace, BlockReference)


class LazyValue:
    """Stands in a context for a value that holds a template itself, until somebody asks for it."""

    __slots__ = ("resolve",)

    def __init__(self, resolve: Callable[[], object]) -> None:
        self.resolve = resolve


class MissingValue(StrictUndefined):
    """An undefined value; its message names it as our messages do, and shows no values."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return str(self._undefined_hint)
        if self._undefined_obj is missing:
            return f"`{self._undefined_name}` is undefined"
        return f"there is no `{self._undefined_name}` in this {_word(self._undefined_obj)}"


class _LazyContext(Context):
    def resolve_or_missing(self, key: str) -> Any:  # noqa: ANN401
        value = super().resolve_or_missing(key)
        return value.resolve() if type(value) is LazyValue else value


class _CountingGenerator(CodeGenerator):
    """Makes every loop count its turns and every `~` check its length: nothing else can stop a template."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: ANN401, N802
        for loop in list(node.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, "_each", [], [], None, None, lineno=loop.lineno)
        super().visit_Template(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Any) -> None:  # noqa: ANN401, N802
        self.write("environment.concatenate((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with Ansible's white space rules, strict about what is undefined and closed to everything unknown."""

    code_generator_class = _CountingGenerator
    context_class = _LazyContext
    concat = staticmethod(bounded_join)
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            undefined=MissingValue,
            trim_blocks=True,
            keep_trailing_newline=True,
            # given a context, so that nothing is folded while compiling, past our bounds
            finalize=pass_context(lambda _context, value: self.printed(value)),
            optimized=False,
            cache_size=-1,
            auto_reload=False,
        )
        self.budget = Budget()
        self.filters = {**FILTERS, "_each": self._each}
        self.tests = {name: test for name, test in self.tests.items() if name not in _REMOVED_TESTS} | TESTS
        self.globals = {
            "range": bounded_range,
            "dict": dict,
            "namespace": Namespace,
            "cycler": Cycler,
            "joiner": Joiner,
        }

    def printed(self, value: object) -> str:
        """Return what `{{ value }}` writes; nothing for None, as in Ansible."""
        return self.budget.print(self._text(value))

    def concatenate(self, parts: Iterable[object]) -> str:
        return bounded_join([self._text(part) for part in parts])

    def _text(self, value: object) -> str:
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, Undefined | bool | int | float | date):
            return str(value)
        if isinstance(value, list | tuple | Mapping):
            check_size(value)
            return str(value if isinstance(value, tuple) else plain(value))
        raise RefusedError(
            "only values can be printed",
            "call a macro with `()`; turn a filter's result into a list with `| list`",
        )

    def _each(self, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            self.budget.step()
            yield item

    def get_template(self, name: Any, parent: Any = None, globals: Any = None) -> Template:  # noqa: A002, ANN401
        self.budget.step()
        return super().get_template(name, parent, globals)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401
        """`a.b`: one of the few methods, else the key `b`, else undefined."""
        if isinstance(obj, Undefined):
            str(obj)  # raises, and names what is missing
        if attribute in _methods(obj) or (
            isinstance(obj, _FREE_NAMESPACES) and not attribute.startswith("_")
        ):
            return self._checked_getattr(obj, attribute)
        if isinstance(obj, Mapping):
            try:
                return obj[attribute]
            except (KeyError, TypeError):
                pass
        elif not isinstance(obj, str | list | tuple | int | float | None) and not attribute.startswith("_"):
            exported = getattr(obj, "__dict__", {}).get(attribute, missing) if _is_module(obj) else missing
            if exported is not missing:
                return exported
        if attribute.startswith("_") or hasattr(type(obj), attribute):
            return self.unsafe_undefined(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def _checked_getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401
        """`a[b]`: an item of a mapping, list or text, else what `a.b` is."""
        if isinstance(obj, Undefined):
            str(obj)  # raises, and names what is missing
        if isinstance(obj, str | list | tuple | range | Mapping):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        return self.undefined(obj=obj, name=argument)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:  # noqa: ANN401
        return self.undefined(
            f"`{attribute}` of {_word(obj)} is closed to templates", name=attribute, obj=obj
        )

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        self.budget.step()
        owner = getattr(obj, "__self__", None)
        name = getattr(obj, "__name__", "")
        if isinstance(owner, str) and name == "join":
            return bounded_join([self._text(item) for item in args[0]], owner)
        if isinstance(owner, str) and name == "replace":
            return bounded_replace(owner, *args)
        if isinstance(obj, Undefined):
            str(obj)
        if not callable(obj) or not self.is_safe_callable(obj):
            raise RefusedError("this cannot be called")
        result = context.call(obj, *args, **kwargs)
        check_result(result)
        return result

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        check_operation(operator, left, right)
        return super().call_binop(context, operator, left, right)


def _methods(obj: object) -> frozenset[str]:
    for kind, names in METHODS.items():
        if isinstance(obj, kind):
            return names
    return frozenset()


def _is_module(obj: object) -> bool:
    return type(obj).__name__ == "TemplateModule"


def _word(obj: object) -> str:
    if isinstance(obj, Mapping):
        return "mapping"
    return {
        str: "text",
        list: "list",
        tuple: "list",
        int: "number",
        float: "number",
        bool: "truth value",
    }.get(type(obj), "value")
