"""Says in our words what went wrong in an expression, and on which line; values are in no message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import TracebackType

import jinja2

from podwright.expressions.failure import ExpressionError
from podwright.expressions.filters import FILTERS, TESTS
from podwright.expressions.missing import MissingError
from podwright.suggestion import did_you_mean

#: How mistakes in expressions show in Python; anything else is a bug of ours and is not caught.
MISTAKES = (
    jinja2.TemplateError, ExpressionError, ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError,
    RecursionError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
_SAFE_TYPE_ERROR = re.compile(
    r"can only concatenate|unsupported operand|not supported between|object is not (iterable|callable|subscriptable)"
    r"|missing \d+ required|takes .* positional argument|macro .* (takes|got)|unhashable type"
)
_UNKNOWN_FILTER = re.compile(r"No (filter|test) named '([^']*)'")
_STAND_IN = re.compile(r"t_[0-9]+")
_UNSUPPORTED_NAMES = {
    "lookup": "lookups are not supported: put the value into the inventory",
    "query": "lookups are not supported: put the value into the inventory",
    "now": "equal input must give equal text: a time would restart the pod with each push",
    "omit": "leave the line out with `{% if %}`",
    "vars": "name the variable itself, or use `hostvars[inventory_hostname]`",
    "ansible_facts": "podwright gathers no facts: put the value into the inventory",
}


def template_frame(
    traceback: TracebackType | None, *, files: bool = False
) -> tuple[jinja2.Template, int] | None:
    """The innermost template (with `files`, of a file) that was at work, and the line it had reached."""
    found = None
    while traceback is not None:
        frame = traceback.tb_frame
        template = frame.f_globals.get("__jinja_template__")
        # what stands for a filter that is not there is defined above all lines
        is_line = not _STAND_IN.fullmatch(frame.f_code.co_name)
        if is_line and isinstance(template, jinja2.Template) and (template.name or not files):
            found = template, template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def explain(error: Exception, names: Iterable[str], source: str) -> tuple[str, str]:
    """Return a message and a hint; `names` are those that could be meant, `source` the text of all templates."""
    if isinstance(error, ExpressionError):
        return error.message, error.hint
    if isinstance(error, MissingError):
        return _missing(error, names, source)
    if isinstance(error, jinja2.TemplateNotFound):
        return _not_found(error)
    if isinstance(error, jinja2.TemplateSyntaxError):
        return _syntax(error)
    if isinstance(error, RecursionError):
        return "the template calls or includes itself without an end", ""
    if isinstance(error, MemoryError):
        return "the template needs too much memory", ""
    if isinstance(error, TypeError) and _SAFE_TYPE_ERROR.search(str(error)):
        return f"this does not work: {error}", "convert the values first: `| int`, `| string`, `| list`"
    if unknown := _UNKNOWN_FILTER.match(str(error) if isinstance(error, jinja2.TemplateError) else ""):
        return _unknown(*unknown.groups())
    return (
        f"this cannot be computed ({type(error).__name__})",
        "check the types and values of the variables used here",
    )


def _missing(error: MissingError, names: Iterable[str], source: str) -> tuple[str, str]:
    message, name = str(error), error.name
    if not name:
        return message, ""
    if error.owner and name not in source:
        return message.replace(f"`{name}`", "such key"), "the key came from a variable"
    if error.owner:
        return message, "`| default(…)` gives a value where there may be none"
    otherwise = "define it in the inventory, or give it a value with `| default(…)`"
    return message, _UNSUPPORTED_NAMES.get(name) or did_you_mean(name, names, otherwise)


def _not_found(error: jinja2.TemplateNotFound) -> tuple[str, str]:
    if isinstance(error.__cause__, ExpressionError):
        return error.__cause__.message, error.__cause__.hint
    return "none of these templates is there", ""


def _syntax(error: jinja2.TemplateSyntaxError) -> tuple[str, str]:
    message = (error.message or "this is not a template").rstrip(".")
    unknown = _UNKNOWN_FILTER.match(message)
    if unknown:
        return _unknown(*unknown.groups())
    return f"jinja: {message[:300]}", "check the braces and tags here and above"


def explain_value_syntax(error: jinja2.TemplateSyntaxError) -> tuple[str, str]:
    """The same for a value of the inventory, whose text is not shown."""
    unknown = _UNKNOWN_FILTER.match(error.message or "")
    if unknown:
        return _unknown(*unknown.groups())
    hint = "check its braces, or write `!unsafe` before text that is not a template"
    return "a variable of the inventory holds a template that Jinja cannot read", hint


def _unknown(kind: str, name: str) -> tuple[str, str]:
    message = f"there is no {kind} `{name}`"
    if name.startswith("ansible.builtin."):
        return message, f"write `{name.removeprefix('ansible.builtin.')}`"
    known = FILTERS if kind == "filter" else TESTS
    return message, did_you_mean(name, known, "docs/templates.md lists the filters and tests that are there")
