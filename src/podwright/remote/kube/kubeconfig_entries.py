"""Reads one cluster or one user of a kubeconfig; what is not supported is refused, never ignored."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from podwright.remote.kube.cluster_access import (
    ClientCertificate,
    Endpoint,
    ExecPlugin,
    Impersonation,
    User,
)
from podwright.remote.kube.kubeconfig_entry import Entry
from podwright.secret import Secret

EXEC_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
INTERACTIVE_MODES = ("Never", "IfAvailable", "Always")
_EXEC_EXTENSION = "client.authentication.k8s.io/exec"
_INSTEAD_OF_PROVIDER = {
    "gcp": "run `gcloud container clusters get-credentials`, which writes an exec plugin",
    "azure": "run `kubelogin convert-kubeconfig`, which writes an exec plugin",
    "oidc": "use `kubectl oidc-login` as an exec plugin",
}


def read_endpoint(entry: Entry) -> Endpoint:
    """A cluster's entry; raises KubeconfigError."""
    ca_pem, ca_file = entry.pem("certificate-authority-data"), entry.path("certificate-authority")
    insecure = entry.flag("insecure-skip-tls-verify")
    if insecure and (ca_pem or ca_file):
        raise entry.wrong(
            "`insecure-skip-tls-verify` and a certificate authority contradict each other", "drop one of them"
        )
    return Endpoint(
        _server(entry),
        # client-go: data wins over the file
        ca_pem=ca_pem,
        ca_file=None if ca_pem else ca_file,
        insecure=insecure,
        tls_server_name=entry.text("tls-server-name") or None,
        proxy_url=entry.secret("proxy-url"),
        exec_config=_exec_config(entry),
    )


def read_user(entry: Entry) -> User:
    """A user's entry; raises KubeconfigError."""
    plugin, provider = _plugin(entry), entry.inner("auth-provider")
    if plugin and provider:
        raise entry.wrong("`exec` and `auth-provider` cannot both be set")
    if provider:
        name = provider.text("name")
        remedy = _INSTEAD_OF_PROVIDER.get(name, "use an exec plugin")
        raise entry.wrong(f"the legacy auth provider `{name}` is not supported", remedy)
    token, username = entry.secret("token"), entry.text("username")
    if username and (token or entry.text("tokenFile")):
        raise entry.wrong("a token and a password are both set", "keep the one that is meant")
    return User(
        entry.name,
        certificate=_certificate(entry),
        token=token,
        token_file=entry.path("tokenFile"),
        username=username,
        password=entry.secret("password"),
        plugin=plugin,
        impersonation=_impersonation(entry),
    )


def _server(entry: Entry) -> str:
    server = entry.text("server")
    if not server:
        raise entry.wrong("it has no `server`")
    if "://" not in server:
        server = f"https://{server}"
    try:
        parts = urlsplit(server)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(not " " < character < "\x7f" or character in "@?#" for character in server):
        raise entry.wrong("`server` is not an http or https URL", "write it as https://10.0.0.1:6443")
    return server.rstrip("/")


def _exec_config(entry: Entry) -> str | None:
    extensions = entry.body.get("extensions") or []
    if not isinstance(extensions, list):
        raise entry.wrong("`extensions` is not a list")
    for item in extensions:
        if isinstance(item, dict) and item.get("name") == _EXEC_EXTENSION:
            try:
                return json.dumps(item.get("extension"))
            except (TypeError, ValueError, RecursionError):
                raise entry.wrong(f"the extension `{_EXEC_EXTENSION}` cannot be written as JSON") from None
    return None


def _certificate(entry: Entry) -> ClientCertificate | None:
    certificate_pem, key_pem = entry.pem("client-certificate-data"), entry.pem("client-key-data")
    certificate_file, key_file = entry.path("client-certificate"), entry.path("client-key")
    has_certificate, has_key = bool(certificate_pem or certificate_file), bool(key_pem or key_file)
    if has_certificate != has_key:
        missing = "client key" if has_certificate else "client certificate"
        raise entry.wrong(f"it has no {missing}", "set both, or neither")
    if not has_certificate:
        return None
    return ClientCertificate(
        certificate_pem,
        None if certificate_pem else certificate_file,
        Secret(key_pem) if key_pem else None,
        None if key_pem else key_file,
    )


def _plugin(entry: Entry) -> ExecPlugin | None:
    exec_entry = entry.inner("exec")
    if exec_entry is None:
        return None
    version, command = exec_entry.text("apiVersion"), exec_entry.text("command")
    if version not in EXEC_VERSIONS:
        raise entry.wrong(f"exec plugin of version `{version}`", f"use {' or '.join(EXEC_VERSIONS)}")
    if not command:
        raise entry.wrong("the exec plugin has no `command`")
    if "/" in command:
        command = str(entry.file.absolute().parent / command)
    return ExecPlugin(
        version,
        command,
        exec_entry.strings("args"),
        _environment(exec_entry),
        _interactive_mode(exec_entry, version),
        exec_entry.flag("provideClusterInfo"),
        exec_entry.text("installHint"),
    )


def _environment(exec_entry: Entry) -> tuple[tuple[str, Secret], ...]:
    variables = exec_entry.body.get("env") or []
    if not isinstance(variables, list):
        raise exec_entry.wrong("`exec.env` is not a list")
    pairs = []
    for variable in variables:
        name, value = (
            (variable.get("name"), variable.get("value")) if isinstance(variable, dict) else (None, None)
        )
        if not isinstance(name, str) or not isinstance(value, str) or not name or "=" in name:
            raise exec_entry.wrong("`exec.env` is not a list of `name` and `value`", "put values in quotes")
        if "\0" in name + value:
            raise exec_entry.wrong("`exec.env` holds a zero byte")
        pairs.append((name, Secret(value)))
    return tuple(pairs)


def _interactive_mode(exec_entry: Entry, version: str) -> str:
    mode = exec_entry.text("interactiveMode")
    if not mode and version.endswith("/v1beta1"):
        return "IfAvailable"
    if mode not in INTERACTIVE_MODES:
        what = f"`interactiveMode` is `{mode}`" if mode else "the exec plugin has no `interactiveMode`"
        raise exec_entry.wrong(what, f"use one of {', '.join(INTERACTIVE_MODES)}")
    return mode


def _impersonation(entry: Entry) -> Impersonation:
    extra = entry.inner("as-user-extra")
    pairs = tuple((key, value) for key in extra.body for value in extra.strings(key)) if extra else ()
    impersonation = Impersonation(entry.text("as"), entry.text("as-uid"), entry.strings("as-groups"), pairs)
    if not impersonation.user and (impersonation.uid or impersonation.groups or impersonation.extra):
        raise entry.wrong("`as-uid`, `as-groups` and `as-user-extra` need `as`")
    return impersonation
