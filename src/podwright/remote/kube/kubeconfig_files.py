"""Reads the files of a kubeconfig and merges their entries, as client-go's `tools/clientcmd` does."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct, field

from podwright.errors import KubeconfigError
from podwright.remote.kube.kubeconfig_entry import Entry

if TYPE_CHECKING:
    from yaml import SafeLoader

_MAX_BYTES = 16 << 20
_KINDS = {"clusters": "cluster", "users": "user", "contexts": "context"}


class Entries(Struct):
    """The named entries of all files, each with the file it came from."""

    current_context: str = ""
    clusters: dict[str, Entry] = field(default_factory=dict)
    users: dict[str, Entry] = field(default_factory=dict)
    contexts: dict[str, Entry] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Entry]:
        return {"clusters": self.clusters, "users": self.users, "contexts": self.contexts}[kind]


def read_files(files: Iterable[Path]) -> Entries:
    """Merge them: the first that has a cluster, user, context or current-context wins. Raises KubeconfigError."""
    merged = Entries()
    for file in files:
        document = _read(file)
        merged.current_context = merged.current_context or _current_context(document, file)
        for kind, singular in _KINDS.items():
            known = merged.of(kind)
            for name, entry in _named(document, kind, singular, file).items():
                known.setdefault(name, entry)
    return merged


def _read(file: Path) -> Mapping[str, object]:
    try:
        with file.open("rb") as stream:
            _refuse_if_anyone_may_write(stream, file)
            content = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise KubeconfigError(
            f"kubeconfig `{file}` cannot be read: {error.strerror}",
            "make it readable, name another by `--kubeconfig`, or pass `--no-api`",
        ) from error
    if len(content) > _MAX_BYTES:
        raise KubeconfigError(f"kubeconfig `{file}` is larger than {_MAX_BYTES >> 20} MiB")
    document = _parse(content, file)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise KubeconfigError(f"kubeconfig `{file}` is not a mapping", "check the path")
    return document


def _refuse_if_anyone_may_write(stream: BinaryIO, file: Path) -> None:
    """A kubeconfig names programs that run as us; kubectl reads one that anyone may write, OpenSSH would not."""
    if os.fstat(stream.fileno()).st_mode & stat.S_IWOTH:
        raise KubeconfigError(
            f"kubeconfig `{file}` may be written by anyone, and it can name programs to run",
            f"run `chmod o-w {shlex.quote(str(file))}`",
        )


def _parse(content: bytes, file: Path) -> object:
    import yaml

    try:
        return yaml.load(content, _plain_loader())  # noqa: S506 - a SafeLoader without timestamps
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        # the parser's own text may quote a line, and with it a token
        raise KubeconfigError(f"{file}{where}: the kubeconfig is not legal YAML") from error


def _plain_loader() -> type[SafeLoader]:
    """A loader that leaves dates as text: a token or a name that looks like one must stay what it is."""
    import yaml

    class PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
            start: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
            for start, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    return PlainLoader


def _current_context(document: Mapping[str, object], file: Path) -> str:
    current = document.get("current-context") or ""
    if not isinstance(current, str):
        raise KubeconfigError(f"kubeconfig `{file}`: `current-context` is not a string")
    return current


def _named(document: Mapping[str, object], kind: str, singular: str, file: Path) -> dict[str, Entry]:
    items = document.get(kind) or []
    if not isinstance(items, list):
        raise KubeconfigError(f"kubeconfig `{file}`: `{kind}` is not a list")
    found: dict[str, Entry] = {}
    for number, item in enumerate(items):
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(name, str):
            raise KubeconfigError(f"kubeconfig `{file}`: `{kind}[{number}]` has no name")
        if name in found:
            raise KubeconfigError(f"kubeconfig `{file}`: two {kind} are named `{name}`")
        body = item.get(singular) or {}
        if not isinstance(body, dict):
            raise KubeconfigError(f"kubeconfig `{file}`: {singular} `{name}` is not a mapping")
        found[name] = Entry(singular, name, body, file)
    return found
