"""Makes one template of the pods that several nodes run under one name: values that differ become variables."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count, takewhile

from msgspec import Struct

from podwright.pods.yaml_writer import to_yaml

#: by node
Variables = Mapping[str, Mapping[str, object]]
Scalar = str | int | float | None
Path = tuple[str, ...]

_DELIMITER = re.compile(r"\{[{%#]")
_LONGEST_NAME = 60
#: what may stand inside double quotes of YAML as it is
_SAFE = re.compile(r"[A-Za-z0-9_./@=+,:-]*")
_BEFORE_A_VALUE, _AFTER_A_VALUE = "=/,@; \t\n[('\"", "=/,@:; \t\n])'\""
#: beginnings of variables that mean something to podwright and to Ansible
_RESERVED = ("podwright_", "ansible_")
_FLAG = re.compile(r"(?<![\w-])--?([A-Za-z][A-Za-z0-9-]*)=")


class UnlikeError(Exception):
    """The pods of two nodes differ in more than values."""

    def __init__(self, node: str, other: str) -> None:
        super().__init__(f"{node} and {other} differ in more than values")
        self.node = node
        self.other = other


class TemplateOfPods(Struct, frozen=True):
    """The text of a template, and the values that each node's variables need for it."""

    text: str
    values: Variables


def template_of(name: str, pods: Mapping[str, Mapping[str, object]], known: Variables) -> TemplateOfPods:
    """Return the template that renders each node's pod again.

    `known` are the variables that each node has: one that holds the very values is used. Raises UnlikeError.
    """
    maker = _Maker(name, tuple(pods), known)
    document = maker.mapping((), tuple(pods.values()))
    text = _literal(to_yaml(document))
    text = re.sub(f"{maker.mark}([0-9]+)x", lambda found: maker.expressions[int(found[1])], text)
    return TemplateOfPods(text, maker.values)


class _Maker:
    """One way through all pods at once."""

    def __init__(self, name: str, nodes: tuple[str, ...], known: Variables) -> None:
        self._name = name
        self._nodes = nodes
        self._known = known
        #: the variable that holds these values, one a node
        self._variables = {_as_text(nodes): "inventory_hostname"}
        #: what no pod holds, so that none can be taken for an expression
        self.mark = f"value{secrets.token_hex(8)}x"
        self.expressions: list[str] = []
        self.values: dict[str, dict[str, object]] = {node: {} for node in nodes}

    def mapping(self, path: Path, values: tuple[Mapping[str, object], ...]) -> dict[str, object]:
        first = values[0]
        named = (*path, str(first["name"])) if "name" in first else path
        return {key: self._merged((*named, key), tuple(value[key] for value in values)) for key in first}

    def _merged(self, path: Path, values: tuple[object, ...]) -> object:
        first = values[0]
        for node, value in zip(self._nodes, values, strict=True):
            if _shape(value) != _shape(first):
                raise UnlikeError(self._nodes[0], node)
        if isinstance(first, Mapping):
            return self.mapping(path, values)  # type: ignore[arg-type]
        if isinstance(first, list):
            return [self._merged(path, items) for items in zip(*values, strict=True)]
        return first if len({_as_text(value) for value in values}) == 1 else self._mark(path, values)  # type: ignore[arg-type]

    def _mark(self, path: Path, values: tuple[Scalar, ...]) -> str:
        """What stands for the expression until the pod is text."""
        before, after = _around(values)
        parts = tuple(str(value)[len(before) : len(str(value)) - len(after)] for value in values)
        if (before or after) and all(_SAFE.fullmatch(part) for part in parts):
            variable = self._variable(parts, path, before)
            text = f'"{_quoted(before)}{{{{ {variable} }}}}{_quoted(after)}"'
        else:
            text = f"{{{{ {self._variable(values, path, before)} | to_json }}}}"
        self.expressions.append(text)
        return f"{self.mark}{len(self.expressions) - 1}x"

    def _variable(self, values: tuple[Scalar, ...], path: Path, before: str) -> str:
        """Equal values have one variable, wherever they stand."""
        key = _as_text(values)
        if key not in self._variables:
            written = tuple(_literal(value) if isinstance(value, str) else value for value in values)
            self._variables[key] = next(self._fitting(written, path, before))
        return self._variables[key]

    def _fitting(self, values: tuple[Scalar, ...], path: Path, before: str) -> Iterator[str]:
        """The name of a variable that holds these values, or does now."""
        for name in chain(("ansible_host",), _names(self._name, path, before)):
            there = tuple(self._known[node].get(name) for node in self._nodes)
            if _as_text(there) == _as_text(values):
                yield name
            elif name != "ansible_host" and not any(
                name in self._known[node] or name in self.values[node] for node in self._nodes
            ):
                for node, value in zip(self._nodes, values, strict=True):
                    self.values[node][name] = value
                yield name


def _shape(value: object) -> object:
    if isinstance(value, Mapping):
        return frozenset(value)
    return len(value) if isinstance(value, list) else "scalar"


def _as_text(value: object) -> str:
    """Equal for equal values of one type: to Python, `1` and `true` are the same."""
    return json.dumps(value, default=id)


def _around(values: tuple[Scalar, ...]) -> tuple[str, str]:
    """What all texts begin and end with, up to a delimiter; nothing if one is no text."""
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values):
        return "", ""
    before = _common_start(texts)
    before = before[: max(map(before.rfind, _BEFORE_A_VALUE)) + 1]
    rests = [text[len(before) :][::-1] for text in texts]
    after = _common_start(rests)
    return before, after[: max(map(after.rfind, _AFTER_A_VALUE)) + 1][::-1]


def _common_start(texts: Iterable[str]) -> str:
    columns = zip(*texts, strict=False)
    return "".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns))


def _quoted(text: str) -> str:
    """As it stands inside double quotes, in a template."""
    return _literal(json.dumps(text, ensure_ascii=False)[1:-1])


def _literal(text: str) -> str:
    """As an expression language has it that would read a `{{`."""
    return _DELIMITER.sub(lambda found: f"{{{{ '{found[0]}' }}}}", text)


def _names(template: str, path: Path, before: str) -> Iterator[str]:
    """By the flag that the value is given to, otherwise by its field; numbered as long as a name is taken."""
    flags = _FLAG.findall(before)
    fields = [part for part in path[-2:] if part != "value"] or path[-1:]
    own = flags[-1] if flags else fields[-1].rpartition("/")[2].rpartition(".")[2]
    name = re.sub(r"[^a-z0-9]+", "_", f"{template}_{own}".lower()).strip("_")
    name = name if name[0].isalpha() and not name.startswith(_RESERVED) else f"pod_{name}"
    name = name[:_LONGEST_NAME]
    yield name
    yield from (f"{name}_{number}" for number in count(2))
