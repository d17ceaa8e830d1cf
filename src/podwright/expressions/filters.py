"""The filters and tests of templates: Jinja's, and those that Ansible adds; each by its full name too."""

from __future__ import annotations

import itertools
import math
import ntpath
import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.tests import TESTS as JINJA_TESTS

from podwright.expressions import (
    encoding_filters,
    ip_filters,
    list_filters,
    mapping_filters,
    number_filters,
    regex_filters,
    text_filters,
    value_tests,
)
from podwright.expressions.errors import ExpressionError
from podwright.expressions.text_filters import of_text
from podwright.expressions.undefined import MissingValue, name_of

BUILTIN = "ansible.builtin."


def mandatory(value: object, msg: str = "") -> object:
    if isinstance(value, MissingValue):
        named = f"`{name_of(value)}`" if name_of(value) else "a value"
        raise ExpressionError(
            msg or f"{named} is mandatory and undefined", "give it a value in the inventory"
        )
    return value


def ternary(value: object, true_val: object, false_val: object, none_val: object = None) -> object:
    if value is None and none_val is not None:
        return none_val
    return true_val if value else false_val


#: by their short names, as docs/templates.md lists them
OWN_FILTERS: dict[str, Callable[..., Any]] = {
    "b64decode": encoding_filters.b64decode,
    "b64encode": encoding_filters.b64encode,
    "basename": of_text(posixpath.basename),
    "bool": text_filters.to_bool,
    "checksum": encoding_filters.digest,
    "combinations": itertools.combinations,
    "combine": mapping_filters.combine,
    "comment": text_filters.comment,
    "commonpath": posixpath.commonpath,
    "dict2items": mapping_filters.dict2items,
    "difference": list_filters.difference,
    "dirname": of_text(posixpath.dirname),
    "extract": list_filters.extract,
    "flatten": list_filters.flatten,
    "from_json": encoding_filters.from_json,
    "from_yaml": encoding_filters.from_yaml,
    "from_yaml_all": encoding_filters.from_yaml_all,
    "hash": encoding_filters.digest,
    "human_readable": number_filters.human_readable,
    "human_to_bytes": number_filters.human_to_bytes,
    "intersect": list_filters.intersect,
    "items2dict": mapping_filters.items2dict,
    "join": list_filters.join,
    "log": number_filters.log,
    "mandatory": mandatory,
    "md5": encoding_filters.md5,
    "normpath": of_text(posixpath.normpath),
    "path_join": text_filters.path_join,
    "permutations": itertools.permutations,
    "pow": math.pow,
    "product": itertools.product,
    "quote": text_filters.quote,
    "random": number_filters.random,
    "regex_escape": regex_filters.regex_escape,
    "regex_findall": regex_filters.regex_findall,
    "regex_replace": regex_filters.regex_replace,
    "regex_search": regex_filters.regex_search,
    "rekey_on_member": mapping_filters.rekey_on_member,
    "relpath": of_text(posixpath.relpath),
    "root": number_filters.root,
    "sha1": encoding_filters.digest,
    "shuffle": number_filters.shuffle,
    "split": text_filters.split,
    "splitext": of_text(posixpath.splitext),
    "strftime": number_filters.strftime,
    "string": text_filters.string,
    "subelements": list_filters.subelements,
    "symmetric_difference": list_filters.symmetric_difference,
    "ternary": ternary,
    "to_datetime": number_filters.to_datetime,
    "to_json": encoding_filters.to_json,
    "to_nice_json": encoding_filters.to_nice_json,
    "to_nice_yaml": encoding_filters.to_nice_yaml,
    "to_uuid": number_filters.to_uuid,
    "to_yaml": encoding_filters.to_yaml,
    "type_debug": value_tests.python_type,
    "union": list_filters.union,
    "unique": list_filters.unique,
    "urldecode": text_filters.url_decode,
    "urlsplit": text_filters.url_split,
    "version_compare": value_tests.version,
    "win_basename": of_text(ntpath.basename),
    "win_dirname": of_text(ntpath.dirname),
    "win_splitdrive": of_text(ntpath.splitdrive),
    "zip": zip,
    "zip_longest": itertools.zip_longest,
}
OWN_TESTS: dict[str, Callable[..., Any]] = {
    "abs": posixpath.isabs,
    "all": all,
    "any": any,
    "contains": value_tests.contains,
    "directory": lambda path: Path(path).is_dir(),
    "exists": lambda path: Path(path).exists(),
    "falsy": value_tests.falsy,
    "file": lambda path: Path(path).is_file(),
    "issubset": value_tests.subset,
    "issuperset": value_tests.superset,
    "link": lambda path: Path(path).is_symlink(),
    "match": regex_filters.match,
    "nan": value_tests.is_nan,
    "regex": regex_filters.regex,
    "search": regex_filters.search,
    "subset": value_tests.subset,
    "superset": value_tests.superset,
    "truthy": value_tests.truthy,
    "version": value_tests.version,
    "version_compare": value_tests.version,
}
#: the collections that these filters have been in
_IP_COLLECTIONS = ("ansible.utils.", "ansible.netcommon.")
#: those that are asked about what is missing, too
ACCEPT_MISSING = frozenset({"d", "default", "defined", "mandatory", "ternary", "type_debug", "undefined"})

SHORT_FILTERS: dict[str, Callable[..., Any]] = {**JINJA_FILTERS, **OWN_FILTERS, **ip_filters.FILTERS}
SHORT_TESTS: dict[str, Callable[..., Any]] = {
    **cast("dict[str, Callable[..., Any]]", JINJA_TESTS),
    **OWN_TESTS,
}
FILTERS = {
    **SHORT_FILTERS,
    **{BUILTIN + name: function for name, function in SHORT_FILTERS.items()},
    **{
        prefix + name: function for prefix in _IP_COLLECTIONS for name, function in ip_filters.FILTERS.items()
    },
}
TESTS = {**SHORT_TESTS, **{BUILTIN + name: function for name, function in SHORT_TESTS.items()}}
