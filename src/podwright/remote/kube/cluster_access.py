"""How to reach a cluster and who we are there: from a kubeconfig, or a pod's service account."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from podwright.secret import Secret


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An API server: `server` is an http or https URL, with a path if the API lies under one."""

    server: str
    ca_pem: str | None = None
    ca_file: Path | None = None
    insecure: bool = False
    tls_server_name: str | None = None
    proxy_url: Secret | None = None
    #: the cluster's extension `client.authentication.k8s.io/exec`, for exec plugins that ask for it, as JSON
    exec_config: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ExecPlugin:
    """A program that prints credentials; `env` are pairs added to ours."""

    api_version: str
    command: str
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, Secret], ...] = ()
    interactive_mode: str = "IfAvailable"
    provide_cluster_info: bool = False
    install_hint: str = ""


@dataclass(frozen=True, slots=True)
class Impersonation:
    """Whom to act as; `extra` are pairs of key and value."""

    user: str = ""
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate chain and its key, each as PEM text or as a file that is read again per connection."""

    certificate_pem: str | None = None
    certificate_file: Path | None = None
    key_pem: Secret | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Who we are: at most one of token, token file, password and plugin takes effect, in that order."""

    name: str = ""
    certificate: ClientCertificate | None = None
    token: Secret | None = None
    token_file: Path | None = None
    username: str = ""
    password: Secret | None = None
    plugin: ExecPlugin | None = None
    impersonation: Impersonation = field(default_factory=Impersonation)


@dataclass(frozen=True, slots=True)
class Access:
    """One cluster and one user; `source` is a phrase for where this was read."""

    endpoint: Endpoint
    user: User
    source: str
