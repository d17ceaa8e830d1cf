"""What a YAML 1.1 scalar means, as PyYAML, and so Ansible, reads it."""

from __future__ import annotations

import yaml
from yaml.nodes import ScalarNode

TEXT_TAG = "tag:yaml.org,2002:str"
MERGE_TAG = "tag:yaml.org,2002:merge"
_STANDARD = "tag:yaml.org,2002:"
STANDARD_TAGS = frozenset(
    _STANDARD + kind
    for kind in ("bool", "float", "int", "null", "str", "timestamp", "binary", "value", "merge")
)

#: When text was expected and YAML read something else.
LITERAL_HINT = (
    "this is read as a number or a truth value: write it as text, in an INI inventory `NAME=\"'VALUE'\"`"
)
QUOTE_HINT = "YAML reads `no`, `on`, `1.30` or `12:30` as something other than text: put it in quotes"


class ScalarReader:
    """Converts scalars; each distinct one once, however often it stands in a file."""

    def __init__(self) -> None:
        self._loader = yaml.SafeLoader("")
        self._known: dict[tuple[str, str], object] = {}

    def value(self, tag: str, text: str) -> object:
        """Return the value of `text` under a standard tag; raises ValueError when the two do not fit."""
        key = tag, text
        if key not in self._known:
            try:
                self._known[key] = self._loader.construct_object(ScalarNode(tag, text))
            except (KeyError, IndexError, AttributeError, OverflowError, yaml.YAMLError) as error:
                raise ValueError(tag) from error
        return self._known[key]
