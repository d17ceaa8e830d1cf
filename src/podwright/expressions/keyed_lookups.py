"""Lookups of one value by its key, in an INI file, a file of properties or a table: read when such a lookup is called."""

from __future__ import annotations

import configparser
import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from jinja2.runtime import Context

from podwright.expressions.errors import ExpressionError
from podwright.expressions.file_lookups import Controller, named_in, text_of

_INI_OPTIONS = frozenset({"type", "file", "section", "re", "default", "case_sensitive"})
_CSV_OPTIONS = frozenset({"file", "delimiter", "col", "keycol", "default"})


def ini(
    controller: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del context
    found: list[object] = []
    for term in terms:
        key, given = named_in(term, options, _INI_OPTIONS)
        properties = given.get("type") == "properties"
        section = "java_properties" if properties else str(given.get("section", "global"))
        name = str(given.get("file", "ansible.ini"))
        text = text_of(controller.file(name), name)
        try:
            parser = _ini_parser(given)
            parser.read_string(f"[{section}]\n{text}" if properties else text)
            found += controller.learned(name, _ini_values(parser, section, key, given))
        except configparser.Error as error:
            raise ExpressionError(
                f"`ini` finds no section `{section[:60]}` in `{name[:200]}`, or cannot read it"
            ) from error
    return found


def _ini_parser(given: Mapping[str, Any]) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(
        allow_no_value=bool(given.get("allow_no_value", given.get("allow_none"))),
        interpolation=configparser.BasicInterpolation() if given.get("interpolation", True) else None,
    )
    if given.get("case_sensitive"):
        parser.optionxform = str  # type: ignore[method-assign, assignment]
    return parser


def _ini_values(
    parser: configparser.ConfigParser, section: str, key: str, given: Mapping[str, Any]
) -> dict[str, object]:
    if given.get("re"):
        return {name: value for name, value in parser.items(section) if re.match(key, name)}
    try:
        return {key: parser.get(section, key)}
    except configparser.NoOptionError:
        return {key: given.get("default", "")}


def csvfile(
    controller: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del context
    found: list[object] = []
    for term in terms:
        key, given = named_in(term, options, _CSV_OPTIONS)
        name, delimiter = str(given.get("file", "ansible.csv")), given.get("delimiter", "TAB")
        column, key_column = int(given.get("col", 1)), int(given.get("keycol", 0))
        text = io.StringIO(text_of(controller.file(name), name))
        try:
            rows = csv.reader(text, delimiter="\t" if delimiter == "TAB" else delimiter)
            values = [row[column] for row in rows if row and row[key_column] == key]
        except csv.Error as error:
            raise ExpressionError(f"`csvfile` cannot read `{name[:200]}`") from error
        found += controller.learned(name, {key: values[0] if values else given.get("default")})
    return found
