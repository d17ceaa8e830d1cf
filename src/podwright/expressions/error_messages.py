"""Says in our words what went wrong in an expression, and on which line; values are in no message."""

from __future__ import annotations

from collections.abc import Iterable

import jinja2

from podwright.expressions.errors import ExpressionError
from podwright.expressions.filters import FILTERS, TESTS
from podwright.expressions.template_positions import Spot, spot_in
from podwright.expressions.undefined import MissingError, spot_of_missing, written_in
from podwright.lazy_pattern import lazy_pattern
from podwright.suggestion import did_you_mean

_HASH = "put the hash itself into the inventory"
#: Filters of Ansible that are not here.
_ELSEWHERE = {
    "password_hash": _HASH,
    "ansible.builtin.password_hash": _HASH,
    "vault": "encrypt the value in the inventory",
    "json_query": "use `selectattr` and `map`",
    "community.general.json_query": "use `selectattr` and `map`",
    "realpath": "what it gives differs from machine to machine: use `normpath`",
    "expanduser": "what it gives differs from machine to machine: write the whole path",
}
#: How mistakes in expressions show in Python; anything else is a bug of ours and is not caught.
MISTAKES = (
    jinja2.TemplateError, ExpressionError, ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError,
    RecursionError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
_SAFE_TYPE_ERROR = lazy_pattern(
    r"can only concatenate|unsupported operand|not supported between|object is not (iterable|callable|subscriptable)"
    r"|missing \d+ required|takes .* positional argument|macro .* (takes|got)|unhashable type"
)
_UNKNOWN_TAG = lazy_pattern(r"Encountered unknown tag '(\w+)'")
#: Tags of extensions, which are off as in Ansible.
_TAGS = {
    "do": "write `{% set x = x + [item] %}`; in a loop, `x` of a `namespace()`",
    **dict.fromkeys(("break", "continue"), "choose the items: `{% for item in items if … %}`"),
}
_UNKNOWN_FILTER = lazy_pattern(r"No (filter|test) named '([^']*)'")
_UNSUPPORTED_NAMES = {
    "now": "equal input must give equal text: a time would restart the pod with each push",
    "ansible_facts": "podwright gathers no facts: put the value into the inventory",
    "ansible_check_mode": "a template is rendered the same way in each run: remove it",
    "template_run_date": "equal input must give equal text: a time would restart the pod with each push",
    "item": "a template has no task around it: loop with `{% for item in … %}`",
}


def spot_of_error(error: Exception, *, files: bool = False) -> Spot | None:
    """The template that asked for what is missing, or the innermost that was at work (with `files`, of a file)."""
    asked = spot_of_missing(error.value) if isinstance(error, MissingError) else None
    if asked and (asked[0].name or not files):
        return asked
    found, traceback = None, error.__traceback__
    while traceback is not None:
        spot = spot_in(traceback.tb_frame, traceback.tb_lineno)
        if spot and (spot[0].name or not files):
            found = spot
        traceback = traceback.tb_next
    return found


def wrong_name(error: Exception) -> str:
    """The name in the source that an error is about, "" if it is about none."""
    if isinstance(error, MissingError | ExpressionError):
        return error.name
    unknown = _UNKNOWN_FILTER.match(str(error) if isinstance(error, jinja2.TemplateError) else "")
    return unknown[2] if unknown else ""


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
    if error.owner and name not in source and name not in written_in(error.value):
        return message.replace(f"`{name}`", "such key"), "the key came from a variable"
    if name in _UNSUPPORTED_NAMES:
        return message, _UNSUPPORTED_NAMES[name]
    if not name:
        return message, ""
    if error.owner:
        return message, "`| default(…)` gives a value where there may be none"
    otherwise = "define it in the inventory, or give it a value with `| default(…)`"
    if name.startswith("ansible_"):
        otherwise = (
            "podwright gathers no facts: put the value into the inventory, or give it one with `| default(…)`"
        )
    return message, did_you_mean(name, names, otherwise)


def _not_found(error: jinja2.TemplateNotFound) -> tuple[str, str]:
    if isinstance(error.__cause__, ExpressionError):
        return error.__cause__.message, error.__cause__.hint
    return "none of these templates is there", ""


def _syntax(error: jinja2.TemplateSyntaxError) -> tuple[str, str]:
    message = (error.message or "this is not a template").rstrip(".")
    unknown = _UNKNOWN_FILTER.match(message)
    if unknown:
        return _unknown(*unknown.groups())
    tag = _UNKNOWN_TAG.match(message)
    if tag and tag[1] in _TAGS:
        return f"there is no tag `{tag[1]}`", _TAGS[tag[1]]
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
    if name in _ELSEWHERE:
        return message, _ELSEWHERE[name]
    known = FILTERS if kind == "filter" else TESTS
    return message, did_you_mean(name, known, "docs/templates.md lists the filters and tests that are there")
