"""Renders the templates of a folder for one node after another; every mistake in one has its file, line and node."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import jinja2
from jinja2 import nodes

from podwright.errors import TemplateError, UsageError
from podwright.expressions.environment import Sandbox
from podwright.expressions.filters import FILTERS
from podwright.expressions.limits import MAX_TEXT, RefusedError, too_long
from podwright.expressions.scope import Fleet, Scope
from podwright.inventory.node import Inventory, Node
from podwright.problem import Place, Problem
from podwright.suggestion import did_you_mean

SUFFIX = ".yaml.j2"
MAX_TEMPLATE_BYTES = 256 << 10

# how mistakes in expressions show in Python; anything else is a bug of ours and is not caught
_MISTAKES = (
    jinja2.TemplateError, RefusedError, ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError,
    RecursionError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
_SAFE_TYPE_ERROR = re.compile(
    r"can only concatenate|unsupported operand|not supported between|object is not (iterable|callable|subscriptable)"
    r"|missing \d+ required|takes .* positional argument|macro .* (takes|got)|unhashable type"
)
_MISSING = re.compile(r"`([^`]+)` is undefined|there is no `([^`]+)` in")
_UNKNOWN_NAMES = {
    "lookup": "lookups run on the machine that renders and are not supported: put the value into the inventory",
    "query": "lookups run on the machine that renders and are not supported: put the value into the inventory",
    "now": "equal input must give equal text: a time would restart the pod with each push",
    "omit": "leave the line out with `{% if %}`",
    "vars": "name the variable itself, or use `hostvars[inventory_hostname]`",
    "ansible_facts": "podwright gathers no facts: put the value into the inventory",
}


class Renderer:
    """The templates of one folder, each compiled once; may be used from several threads."""

    def __init__(self, templates_dir: Path) -> None:
        self._folder = templates_dir
        self._sources = _TemplateFiles(templates_dir)
        self._sandbox = Sandbox(self._sources)
        self._values: dict[str, jinja2.Template] = {}
        self._fleet: Fleet | None = None

    def names(self) -> tuple[str, ...]:
        """Return the names of the templates, sorted: NAME of each NAME.yaml.j2 that begins with no `.` or `_`."""
        if not self._folder.is_dir():
            hint = "name it with `--templates DIR`; it holds one NAME.yaml.j2 a pod"
            raise UsageError(f"no folder of templates at `{self._folder}`", hint)
        files = (path.name for path in self._folder.iterdir() if path.name.endswith(SUFFIX))
        return tuple(sorted(name.removesuffix(SUFFIX) for name in files if name[0] not in "._"))

    def render(self, name: str, node: Node, inventory: Inventory) -> str:
        """Return the text of template `name` for `node`, or "" where it renders nothing but white space.

        Raises TemplateError with file, line and node. The values of variables are in no message.
        """
        file = name + SUFFIX
        try:
            with self._sandbox.budget.of_one_render():
                template = self._sandbox.get_template(file)
                scope = Scope(self._fleet_of(inventory), node, self._evaluate, {})
                text = _bounded(template, scope.context(self._sandbox.globals))
        except _MISTAKES as error:
            raise TemplateError([self._problem(error, file, node)]) from error
        return text if text.strip() else ""

    def source(self, name: str) -> tuple[str, str]:
        """Return the path of template `name` as messages show it, and its text where it was read already, else ""."""
        file = name + SUFFIX
        return self._sources.shown(file), self._sources.text(file)

    def _fleet_of(self, inventory: Inventory) -> Fleet:
        if self._fleet is None or self._fleet.inventory is not inventory:
            self._fleet = Fleet(inventory)
        return self._fleet

    def _evaluate(self, text: str, context: Mapping[str, object]) -> object:
        """Return what an inventory value means: the value itself where it is one expression, else text."""
        template = self._values.get(text)
        if template is None:
            template = self._values[text] = self._compiled(text)
        bound = template.new_context(dict(context), shared=True)
        rendered = self._sandbox.concat(template.root_render_func(bound))
        return bound.vars.get(_RESULT, rendered)

    def _compiled(self, text: str) -> jinja2.Template:
        try:
            tree = self._sandbox.parse(text)
            match tree.body:
                case [nodes.Output(nodes=[nodes.Expr() as expression])] if not isinstance(
                    expression, nodes.TemplateData
                ):
                    tree.body = [nodes.Assign(nodes.Name(_RESULT, "store", lineno=1), expression, lineno=1)]
            tree.set_environment(self._sandbox)
            return self._sandbox.from_string(tree)
        except jinja2.TemplateSyntaxError as error:
            hint = "look at the braces, or write `!unsafe` before text that is no template"
            raise RefusedError(
                "a variable of the inventory holds a template that Jinja cannot read", hint
            ) from error

    def _problem(self, error: Exception, file: str, node: Node) -> Problem:
        if isinstance(error, jinja2.TemplateSyntaxError):
            place = Place(error.filename or self._sources.shown(file), error.lineno)
            return Problem(*_syntax_words(error), place)
        place = _place(error.__traceback__) or Place(self._sources.shown(file))
        if isinstance(error, jinja2.TemplatesNotFound | jinja2.TemplateNotFound):
            return Problem(*self._not_found(error), place, node.name)
        return Problem(*self._words(error, node), place, node.name)

    def _not_found(self, error: jinja2.TemplateNotFound) -> tuple[str, str]:
        name = str(error.name or "")
        other = name.removesuffix(SUFFIX) + ".yml.j2"
        if name.endswith(SUFFIX) and (self._folder / other).is_file():
            return f"no template `{name}`", f"`{other}` is there: rename it, the ending is `{SUFFIX}`"
        message = error.message if error.message and error.message != name else f"no template `{name[:200]}`"
        known = [path.name for path in self._folder.glob("*.j2")] if self._folder.is_dir() else []
        return message, did_you_mean(name, known, f"templates lie below `{self._folder}`")

    def _words(self, error: Exception, node: Node) -> tuple[str, str]:
        if isinstance(error, RefusedError):
            return str(error), error.hint
        if isinstance(error, jinja2.UndefinedError):
            return self._undefined_words(str(error), node)
        if isinstance(error, RecursionError):
            return "the template calls or includes itself without an end", ""
        if isinstance(error, MemoryError):
            return "the template needs too much memory", ""
        if isinstance(error, TypeError) and _SAFE_TYPE_ERROR.search(str(error)):
            return f"this does not work: {error}", "look at the types: `| int`, `| string`, `| list`"
        if isinstance(error, jinja2.TemplateError):
            return _jinja_words(error)
        return (
            f"this cannot be computed ({type(error).__name__})",
            "look at the types and values of the variables used here",
        )

    def _undefined_words(self, message: str, node: Node) -> tuple[str, str]:
        found = _MISSING.search(message)
        if found is None:
            return message, ""
        name = found[1] or found[2]
        if found[2] and not self._sources.mention(name):
            return message.replace(f"`{name}`", "such key"), "the key came from a variable"
        if found[2]:
            return message, "`| default(…)` gives a value where there may be none"
        candidates = (*node.variables, "inventory_hostname", "groups", "hostvars", "group_names")
        otherwise = "define it in the inventory, or give it a value with `| default(…)`"
        return message, _UNKNOWN_NAMES.get(name) or did_you_mean(name, candidates, otherwise)


_RESULT = "podwright_value_of_the_expression"


def _bounded(template: jinja2.Template, context: dict[str, object]) -> str:
    chunks: list[str] = []
    length = 0
    for chunk in template.root_render_func(template.new_context(context, shared=True)):
        length += len(chunk)
        if length > MAX_TEXT:
            raise too_long()
        chunks.append(chunk)
    return "".join(chunks)


def _place(traceback: TracebackType | None) -> Place | None:
    """The innermost line of a template file; compiled templates name themselves in their globals."""
    place = None
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, jinja2.Template) and template.name and template.filename:
            place = Place(template.filename, template.get_corresponding_lineno(traceback.tb_lineno))
        traceback = traceback.tb_next
    return place


def _syntax_words(error: jinja2.TemplateSyntaxError) -> tuple[str, str]:
    message = (error.message or "this is no template").rstrip(".")
    unknown = re.match(r"No (filter|test) named '([^']*)'", message)
    if unknown is None:
        return f"jinja: {message[:300]}", "look at the braces and tags here and above"
    name = unknown[2]
    if name.startswith("ansible.builtin."):
        return f"there is no {unknown[1]} `{name}`", f"write `{name.removeprefix('ansible.builtin.')}`"
    hint = did_you_mean(name, FILTERS, "docs/templates.md lists the filters and tests that are there")
    return f"there is no {unknown[1]} `{name}`", hint


def _jinja_words(error: jinja2.TemplateError) -> tuple[str, str]:
    unknown = re.match(r"No (filter|test) named '(\w+)'", error.message or "")
    if unknown:
        return f"there is no {unknown[1]} `{unknown[2]}`", "docs/templates.md lists those that are there"
    return (
        "the template asks for something that is not allowed or not there",
        "docs/templates.md says what templates may do",
    )


class _TemplateFiles(jinja2.BaseLoader):
    """Reads templates below one folder and nowhere else, whatever links and dots a name holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str] = {}

    def shown(self, name: str) -> str:
        return str(self._folder / name)

    def text(self, name: str) -> str:
        return self._texts.get(name, "")

    def mention(self, name: str) -> bool:
        """Whether a template that was read says `name`: then a message may say it, too."""
        return any(name in text for text in self._texts.values())

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        del environment
        path = self._folder / template
        if not self._holds(path, template):
            raise jinja2.TemplateNotFound(template, f"`{template[:200]}` is not below the templates folder")
        try:
            with path.open("rb") as stream:
                content = stream.read(MAX_TEMPLATE_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise jinja2.TemplateNotFound(template) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise jinja2.TemplateNotFound(
                template, f"the template `{template[:200]}` cannot be read"
            ) from error
        self._texts[template] = text = _decoded(content, template)
        return text, self.shown(template), None

    def _holds(self, path: Path, template: str) -> bool:
        try:
            return ".." not in Path(template).parts and path.resolve().is_relative_to(self._folder.resolve())
        except (OSError, ValueError, RuntimeError):
            return False


def _decoded(content: bytes, template: str) -> str:
    if len(content) > MAX_TEMPLATE_BYTES:
        raise jinja2.TemplateNotFound(template, f"the template is larger than {MAX_TEMPLATE_BYTES >> 10} KiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise jinja2.TemplateNotFound(template, f"line {line} of the template is not UTF-8") from error
