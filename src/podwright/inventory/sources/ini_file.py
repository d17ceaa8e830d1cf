"""Reads an inventory in Ansible's INI form: hosts, `[group]`, `[group:children]`, `[group:vars]`."""

from __future__ import annotations

import re
import shlex
from typing import TypeAlias

from msgspec import Struct, field

from podwright.inventory.ranges import RangeError, host_names
from podwright.inventory.sources.ini_values import literal
from podwright.inventory.sources.yaml_file import NAME_HINT
from podwright.inventory.structure import Source, Structure, is_name
from podwright.inventory.yaml_document import Document, Line, placed
from podwright.problem import Place, Problem

#: what has more is not an inventory at all
MAX_PROBLEMS = 10
_SECTION = re.compile(r"\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?")
_GROUP = re.compile(r"([^:\]\s]+)\s*(?:#.*)?")
#: without quotes, escapes and comments: words are what stands between the spaces
_PLAIN_LINE = re.compile(r"[ \t!$%&(-\[\]-~]+")
_SECTION_HINT = "write `[GROUP]`, `[GROUP:children]` or `[GROUP:vars]`, without spaces"


class _Section(Struct, frozen=True):
    group: str
    kind: str
    place: Place


class _Hosts(Struct, frozen=True):
    group: str
    names: tuple[str, ...]
    port: int | None
    variables: dict[object, object]


class _Child(Struct, frozen=True):
    group: str
    name: str
    place: Place


class _Variable(Struct, frozen=True):
    group: str
    variables: dict[object, object]


_Statement: TypeAlias = _Section | _Hosts | _Child | _Variable


class IniFile(Struct):
    """What each line says. All are read before anything is added: what is no INI leaves no trace."""

    document: Document
    statements: list[_Statement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _values: dict[str, object] = field(default_factory=dict)
    _line: int = 0

    @classmethod
    def parse(cls, file: str, text: str) -> IniFile:
        """Return what `text` says; what is wrong in it is among the `problems`."""
        found = cls(Document(file, literal=True))
        group, kind = "ungrouped", "hosts"
        for found._line, written in enumerate(text.splitlines(), 1):
            if len(found.problems) >= MAX_PROBLEMS:
                break
            line = written.strip()
            if not line or line[0] in "#;":
                continue
            section = _SECTION.fullmatch(line)
            if section:
                group, kind = section[1], section[2] or "hosts"
                found._begin(group, kind, line)
            elif line[0] == "[" and line[-1] == "]":
                found._problem(f"`{line[:100]}` is not a section", _SECTION_HINT)
            elif kind == "hosts":
                found._hosts(group, line)
            elif kind == "children":
                found._child(group, line)
            elif kind == "vars":
                found._variable(group, line)
        return found

    def _begin(self, group: str, kind: str, line: str) -> None:
        if kind not in ("hosts", "children", "vars"):
            self._problem(f"`{line[:100]}` is not a section", _SECTION_HINT)
        elif not is_name(group):
            self._problem(f"`{group[:100]}` cannot be the name of a group", NAME_HINT)
        else:
            self.statements.append(_Section(group, kind, self._place()))

    def _hosts(self, group: str, line: str) -> None:
        try:
            words = line.split() if _PLAIN_LINE.fullmatch(line) else shlex.split(line, comments=True)
            names, port = host_names(words[0] if words else "")
        except (RangeError, ValueError) as error:
            self._problem(f"this is not a host with its variables: {error}", "write `NAME VARIABLE=VALUE …`")
            return
        bad = next((name for name in names if not is_name(name) or name == "---" or name.endswith(":")), None)
        wrong = next((word for word in words[1:] if "=" not in word), None)
        if bad is not None:
            self._problem(f"`{bad[:100]}` cannot be the name of a host", NAME_HINT)
        elif wrong is not None:
            hint = "write `NAME=VALUE` without spaces around the `=`, and put a value with spaces in quotes"
            self._problem(f"`{wrong[:60]}` is not a variable of a host", hint)
        else:
            pairs = (word.partition("=") for word in words[1:])
            variables: dict[object, object] = {name: self._value(value) for name, _, value in pairs}
            self.statements.append(_Hosts(group, names, port, self._on_this_line(variables)))

    def _child(self, group: str, line: str) -> None:
        child = _GROUP.fullmatch(line)
        if child is None or not is_name(child[1]):
            self._problem(f"`{line[:100]}` cannot be the name of a group", "write one name a line")
        else:
            self.statements.append(_Child(group, child[1], self._place()))

    def _variable(self, group: str, line: str) -> None:
        name, equals, value = line.partition("=")
        if equals:
            variables: dict[object, object] = {name.strip(): self._value(value.strip())}
            self.statements.append(_Variable(group, self._on_this_line(variables)))
        else:
            self._problem("this is not a variable", "write `NAME=VALUE`")

    def _value(self, text: str) -> object:
        if text not in self._values:
            self._values[text] = literal(text)
        return placed(self._values[text], self._place())

    def _on_this_line(self, variables: dict[object, object]) -> dict[object, object]:
        self.document.keys[id(variables)] = self.document.values[id(variables)] = Line(self._line - 1)
        return variables

    def _place(self) -> Place:
        return Place(self.document.file, self._line)

    def _problem(self, message: str, hint: str) -> None:
        self.problems.append(Problem(message, hint, self._place()))

    @property
    def variables(self) -> list[dict[object, object]]:
        return [said.variables for said in self.statements if isinstance(said, _Hosts | _Variable)]

    def add_to(self, structure: Structure) -> None:
        """Add groups, hosts and variables."""
        _Adder(self.document, structure).add(self.statements)


class _Adder(Struct, frozen=True):
    """Adds statements in their order; a child counts from its own section on, as in Ansible."""

    document: Document
    structure: Structure
    waiting: dict[str, list[_Child]] = field(default_factory=dict)
    undeclared: dict[str, Place] = field(default_factory=dict)

    def add(self, statements: list[_Statement]) -> None:
        for statement in statements:
            match statement:
                case _Section():
                    self._section(statement)
                case _Hosts():
                    self._hosts(statement)
                case _Child():
                    self._child(statement)
                case _Variable(group, variables):
                    self.structure.set_variables(Source(self.document, variables, group))
        for group, place in self.undeclared.items():
            hint = f"write `[{group}]` above it, or correct the name"
            self.structure.warn(f"`{group}` has variables, and no section of its own", hint, place)
        for child, said in self.waiting.items():
            message = f"`[{said[0].group}:children]` names `{child}`, a group without a section of its own"
            self.structure.warn(message, f"write `[{child}]`, or correct the name", said[0].place)

    def _section(self, section: _Section) -> None:
        new = section.group not in self.structure.groups
        if new and section.kind == "vars" and section.group not in self.waiting:
            self.undeclared[section.group] = section.place
        self.structure.group(section.group)
        if section.kind != "vars":
            self.undeclared.pop(section.group, None)
            for child in self.waiting.pop(section.group, ()):
                self._child(child)

    def _child(self, child: _Child) -> None:
        if child.name in self.structure.groups:
            self.structure.add_child(self.structure.groups[child.group], child.name, child.place)
        else:
            self.waiting.setdefault(child.name, []).append(child)

    def _hosts(self, hosts: _Hosts) -> None:
        for name in hosts.names:
            self.structure.add_host(name, self.structure.groups[hosts.group], self.document.file, hosts.port)
        if hosts.variables:
            self.structure.set_variables(Source(self.document, hosts.variables, hosts=hosts.names))
