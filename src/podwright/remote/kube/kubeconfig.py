"""Finds the kubeconfig and picks a context, as client-go's `tools/clientcmd` does.

Order: the file that was asked for; otherwise the files of KUBECONFIG, `~/.kube/config`, the service
account of the pod that we run in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from podwright.errors import KubeconfigError, NoKubeconfigError
from podwright.no_proxy import is_loopback
from podwright.remote.kube.cluster_access import Access, Endpoint, User
from podwright.remote.kube.kubeconfig_entries import read_endpoint, read_user
from podwright.remote.kube.kubeconfig_entry import Entry
from podwright.remote.kube.kubeconfig_files import Entries, read_files
from podwright.remote.kube.proxy import server_address

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


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
        return _safe_to_send(_select(read_files(files), context, files))
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
    return tuple(read_files(kubeconfig_files(kubeconfig, environ)).contexts)


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


def _names(contexts: Iterable[str]) -> str:
    """The names for a hint, at most ten."""
    names = sorted(contexts)
    shown = ", ".join(f"`{name}`" for name in names[:10]) or "none"
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown


def _select(merged: Entries, context: str | None, files: tuple[Path, ...]) -> Access:
    wanted = context or merged.current_context
    if not wanted:
        names = f"choose one by `--context`: {_names(merged.contexts)}"
        raise KubeconfigError(
            f"the kubeconfig {', '.join(f'`{file}`' for file in files)} has no current context",
            names if merged.contexts else "check the path: it names no context",
        )
    entry = merged.contexts.get(wanted)
    if entry is None:
        raise KubeconfigError(
            f"the kubeconfig {', '.join(f'`{file}`' for file in files)} has no context `{wanted}`",
            f"choose one by `--context`: {_names(merged.contexts)}",
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
