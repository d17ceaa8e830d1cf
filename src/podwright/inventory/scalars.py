"""What a YAML 1.1 scalar means, as PyYAML, and so Ansible, reads it."""

from __future__ import annotations

import yaml
from yaml.nodes import ScalarNode

TEXT_TAG = "tag:yaml.org,2002:str"
MERGE_TAG = "tag:yaml.org,2002:merge"

#: Where text was expected and YAML read something else.
QUOTE_HINT = "YAML reads `no`, `on`, `1.30` or `12:30` as something other than text: put it in quotes"


class ScalarReader:
    """Resolves scalars; each distinct plain text once, however often it stands in a file."""

    def __init__(self) -> None:
        self._loader = yaml.SafeLoader("")
        self._plain: dict[str, object] = {}

    def plain(self, text: str) -> object:
        """Return the value of an untagged, unquoted scalar; raises ValueError for a date or number that is none."""
        try:
            return self._plain[text]
        except KeyError:
            value = self._plain[text] = self.tagged(plain_tag(text), text)
            return value

    def tagged(self, tag: str, text: str) -> object:
        """Return the value of `text` under a standard tag; raises ValueError where the two do not fit."""
        if tag == TEXT_TAG:
            return text
        try:
            value: object = self._loader.construct_object(ScalarNode(tag, text))
        except (KeyError, IndexError, AttributeError, OverflowError, yaml.YAMLError) as error:
            raise ValueError(tag) from error
        return value


def plain_tag(text: str) -> str:
    """Return the tag YAML 1.1 gives a plain scalar (PyYAML `Resolver.resolve`)."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in (*resolvers.get(text[:1], ()), *resolvers.get(None, ())):
        if pattern.match(text):
            return str(tag)
    return TEXT_TAG
