"""Finds the kubeconfig, merges its files and picks a context, as client-go's `tools/clientcmd` does.

Order: the file that was asked for; else the files of KUBECONFIG; else `~/.kube/config`; else the service
account of the pod that we run in. Of several files the first that has a cluster, user, context or
current-context wins.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from podwright.errors import KubeconfigError, NoKubeconfigError
from podwright.remote.kube.access import Access, Endpoint, User
from podwright.remote.kube.kubeconfig_entries import Entry, context_names, read_endpoint, read_user
from podwright.remote.kube.proxy import is_loopback, server_address

if TYPE_CHECKING:
    from yaml import SafeLoader

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")

_MAX_BYTES = 16 << 20
_KINDS = {"clusters": "cluster", "users": "user", "contexts": "context"}


@dataclass(slots=True)
class _Merged:
    """The named entries of all files, each with the file it came from."""

    current_context: str = ""
    clusters: dict[str, Entry] = field(default_factory=dict)
    users: dict[str, Entry] = field(default_factory=dict)
    contexts: dict[str, Entry] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Entry]:
        return {"clusters": self.clusters, "users": self.users, "contexts": self.contexts}[kind]


def find_access(
    kubeconfig: str | None,
    context: str | None,
    environ: Mapping[str, str],
    service_account: Path = SERVICE_ACCOUNT,
) -> Access:
    """Find out which cluster is meant and who we are there; reads files, makes no request.

    Raises NoKubeconfigError if there is none, KubeconfigError for one that cannot be used.
    """
    files = kubeconfig_files(kubeconfig, environ)
    if files:
        return _safe_to_send(_select(_merge(files), context, files))
    if context:
        raise KubeconfigError(
            f"context `{context}` was asked for, but there is no kubeconfig",
            "name one by `--kubeconfig` or `KUBECONFIG`",
        )
    return in_cluster(environ, service_account)


def kubeconfig_files(kubeconfig: str | None, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The files to merge, those that exist; a file that was asked for must exist."""
    if kubeconfig:
        path = _home(kubeconfig, environ)
        if not _exists(path):
            raise KubeconfigError(f"kubeconfig `{path}` does not exist", "check the path")
        return (path,)
    listed = [part for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    if not listed and environ.get("HOME"):
        listed = [str(Path(environ["HOME"]) / ".kube" / "config")]
    return tuple(path for path in dict.fromkeys(Path(part) for part in listed) if _exists(path))


def contexts_of(kubeconfig: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The contexts that can be chosen. Raises KubeconfigError."""
    return tuple(_merge(kubeconfig_files(kubeconfig, environ)).contexts)


def in_cluster(environ: Mapping[str, str], service_account: Path = SERVICE_ACCOUNT) -> Access:
    """The access that a pod's service account gives; raises NoKubeconfigError outside a pod."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST"), environ.get("KUBERNETES_SERVICE_PORT")
    token, authority = service_account / "token", service_account / "ca.crt"
    if not host or not port or not token.exists():
        raise NoKubeconfigError(
            f"no kubeconfig: {_where_we_looked(environ)} does not exist, and this is not a pod",
            "name one by `--kubeconfig`; without it mirror pods are not checked",
        )
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    endpoint = Endpoint(server, ca_file=authority if authority.exists() else None)
    return Access(endpoint, User("service account", token_file=token), "the pod's service account")


def _where_we_looked(environ: Mapping[str, str]) -> str:
    listed = environ.get("KUBECONFIG")
    return f"`{listed}` of KUBECONFIG" if listed else "`~/.kube/config`"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True  # a folder that we may not enter: the reading reports it


def _home(path: str, environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME")
    return Path(home) / path[2:] if home and path.startswith("~/") else Path(path)


def _merge(files: Iterable[Path]) -> _Merged:
    merged = _Merged()
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


def _select(merged: _Merged, context: str | None, files: tuple[Path, ...]) -> Access:
    wanted = context or merged.current_context
    if not wanted:
        names = f"choose one by `--context`: {context_names(merged.contexts)}"
        raise KubeconfigError(
            f"the kubeconfig {', '.join(f'`{file}`' for file in files)} has no current context",
            names if merged.contexts else "check the path: it names no context",
        )
    entry = merged.contexts.get(wanted)
    if entry is None:
        raise KubeconfigError(
            f"the kubeconfig {', '.join(f'`{file}`' for file in files)} has no context `{wanted}`",
            f"choose one by `--context`: {context_names(merged.contexts)}",
        )
    cluster = _referred(entry, "cluster", merged.clusters)
    user = _referred(entry, "user", merged.users)
    if cluster is None:
        raise KubeconfigError(f"{entry}: it names no cluster")
    return Access(
        read_endpoint(cluster),
        read_user(user) if user else User(),
        f"context `{wanted}` of `{entry.file}`",
    )


def _safe_to_send(access: Access) -> Access:
    """Refuse what kubectl does: to send a token in the clear to another machine."""
    user, server = access.user, access.endpoint.server
    secret = user.token or user.token_file or user.username or user.plugin
    if secret and server.startswith("http://") and not is_loopback(server_address(server)[0]):
        raise KubeconfigError(
            f"`{server}` is plain http, and the user of {access.source} would send its token in the clear",
            "use https, or `kubectl proxy` on this machine",
        )
    return access


def _referred(context: Entry, kind: str, entries: Mapping[str, Entry]) -> Entry | None:
    name = context.text(kind)
    if not name:
        return None
    if name not in entries:
        raise KubeconfigError(f"{context}: it names the {kind} `{name}`, which does not exist")
    return entries[name]
