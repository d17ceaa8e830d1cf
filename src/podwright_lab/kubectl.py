"""The few `kubectl` commands that the lab's story needs, for machines without kubectl: get, describe, delete."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from podwright.text import printable
from podwright_lab.api_client import ApiClient
from podwright_lab.lab_error import LabError, LabUsageError
from podwright_lab.tables import columns, describe

_KINDS = {
    "pods": ("po", "pod"),
    "nodes": ("no", "node"),
    "namespaces": ("ns", "namespace"),
    "events": ("ev", "event"),
}
_CLUSTER_WIDE = ("nodes", "namespaces")
Write = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Call:
    """One command: whom it asks, with which options, and where it prints."""

    client: ApiClient
    options: argparse.Namespace
    write: Write


def run(kubeconfig: Path, arguments: Sequence[str], write: Write = sys.stdout.write) -> None:
    """Do what `kubectl ARGUMENTS` would do with this kubeconfig; raises LabError with the API's own words."""
    options = _parser().parse_args(arguments)
    with ApiClient(kubeconfig) as client:
        _COMMANDS[options.command](_Call(client, options, lambda text: write(printable(text))))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise LabUsageError(message, "it knows: get, describe, delete; see `lab kubectl COMMAND --help`")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="podwright lab kubectl", description="A small kubectl for the lab.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    get = _command(commands, "get", "list objects, or show some by name")
    get.add_argument("-l", "--selector", default="", help="label selector")
    get.add_argument("--field-selector", default="", help="such as spec.nodeName=cp-1")
    get.add_argument("-A", "--all-namespaces", action="store_true")
    get.add_argument("-o", "--output", choices=("wide", "json", "yaml", "name"), default="")
    get.add_argument("-w", "--watch", action="store_true", help="go on with what changes")
    _command(commands, "describe", "show what is known of one object, with its events")
    delete = _command(commands, "delete", "delete objects by name")
    delete.add_argument("--grace-period", type=int, default=None, help="seconds")
    delete.add_argument("--force", action="store_true", help="at once, with --grace-period=0")
    # a mirror pod is back at once, so waiting for it to be gone is useless; real kubectl has the option too
    delete.add_argument("--wait", nargs="?", const="true", default="false", choices=("true", "false"))
    return parser


def _command(commands: argparse._SubParsersAction[_Parser], name: str, text: str) -> _Parser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("kind", metavar="KIND", help="pods, nodes, namespaces or events; also KIND/NAME")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("-n", "--namespace", default="default")
    return parser


def _target(options: argparse.Namespace) -> tuple[str, list[str]]:
    """The plural of the kind, and the names that were given; raises LabUsageError."""
    word, slash, name = str(options.kind).lower().partition("/")
    names = [name, *options.names] if slash else list(options.names)
    for plural, others in _KINDS.items():
        if word in (plural, *others):
            return plural, names
    raise LabUsageError(f"the lab's API has no `{word}`", f"it has {', '.join(_KINDS)}")


def _path(kind: str, options: argparse.Namespace, name: str = "") -> str:
    everywhere = kind in _CLUSTER_WIDE or getattr(options, "all_namespaces", False)
    scope = "" if everywhere else f"/namespaces/{options.namespace}"
    return f"/api/v1{scope}/{kind}" + (f"/{name}" if name else "")


def _get(call: _Call) -> None:
    options = call.options
    kind, names = _target(options)
    if names and options.all_namespaces:
        raise LabUsageError("a name cannot be looked for in all namespaces", "leave out `-A`, or the name")
    query = {"labelSelector": options.selector, "fieldSelector": options.field_selector}
    if options.output in ("json", "yaml", "name"):
        _print_objects(call, kind, [_path(kind, options, name) for name in names or [""]], query)
        return
    for number, name in enumerate(names or [""]):
        table = call.client.get(_path(kind, options, name), query, table=True)
        _print_table(call, table, header=number == 0)
        if options.watch:
            _follow(call, _path(kind, options), query, name, table)


def _follow(call: _Call, path: str, query: Mapping[str, str], name: str, table: Mapping[str, Any]) -> None:
    """Print a line for each change until the API ends the watch or the person does."""
    definitions = table["columnDefinitions"]
    since = str(table.get("metadata", {}).get("resourceVersion", ""))
    for event in call.client.watch(path, {**query, "resourceVersion": since}):
        changed = event["object"]
        definitions = changed.get("columnDefinitions") or definitions
        rows = [row for row in changed.get("rows") or () if not name or _named(row["object"], name)]
        _print_table(call, {"columnDefinitions": definitions, "rows": rows}, header=False)


def _named(found: Mapping[str, Any], name: str) -> bool:
    return bool(found["metadata"]["name"] == name)


def _print_table(call: _Call, table: Mapping[str, Any], *, header: bool) -> None:
    rows = list(table.get("rows") or ())
    everywhere = call.options.all_namespaces
    if not rows:
        if header:
            scope = "" if everywhere else f" in {call.options.namespace} namespace"
            sys.stderr.write(f"No resources found{scope}.\n")
        return
    wide = call.options.output == "wide"
    lines = columns(table["columnDefinitions"], rows, wide=wide, namespaces=everywhere)
    call.write("".join(f"{line}\n" for line in lines[0 if header else 1 :]))


def _print_objects(call: _Call, kind: str, paths: Sequence[str], query: Mapping[str, str]) -> None:
    found = [call.client.get(path, query) for path in paths]
    if call.options.output == "name":
        items = [item for one in found for item in one.get("items", [one])]
        call.write("".join(f"{kind.removesuffix('s')}/{item['metadata']['name']}\n" for item in items))
        return
    whole = found[0] if len(found) == 1 else {"apiVersion": "v1", "kind": "List", "items": found}
    call.write(_serialized(whole, call.options.output))


def _serialized(content: Mapping[str, Any], output: str) -> str:
    if output == "json":
        import json

        return json.dumps(content, indent=4) + "\n"
    import yaml

    text: str = yaml.safe_dump(dict(content), sort_keys=True, width=1 << 20)
    return text


def _describe(call: _Call) -> None:
    kind, names = _target(call.options)
    if not names:
        raise LabUsageError("describe needs a name")
    for name in names:
        found = call.client.get(_path(kind, call.options, name), {})
        about = {"fieldSelector": f"involvedObject.name={name}"}
        events = call.client.get(_path("events", call.options), about).get("items", [])
        call.write(describe(found, events))


def _delete(call: _Call) -> None:
    options = call.options
    kind, names = _target(options)
    if not names:
        raise LabUsageError("delete needs a name")
    if options.wait == "true":
        raise LabError(
            "the lab's kubectl does not wait", "leave out `--wait`; a mirror pod is back at once anyway"
        )
    seconds = 0 if options.force else options.grace_period
    query = {} if seconds is None else {"gracePeriodSeconds": str(seconds)}
    for name in names:
        call.client.delete(_path(kind, options, name), query)
        call.write(f'{kind.removesuffix("s")} "{name}" {"force deleted" if options.force else "deleted"}\n')


_COMMANDS: Mapping[str, Callable[[_Call], None]] = {
    "get": _get,
    "describe": _describe,
    "delete": _delete,
}
