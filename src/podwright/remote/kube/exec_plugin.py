"""Runs an exec credential plugin and reads what it prints.

The rules are Kubernetes' "client-go credential plugins" page and `plugin/pkg/client/auth/exec/exec.go`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from podwright import process
from podwright.errors import ClusterError, KubeconfigError
from podwright.remote.kube.cluster_access import ClientCertificate, Endpoint, ExecPlugin
from podwright.remote.kube.json_parts import JsonObject, object_of
from podwright.secret import Secret
from podwright.text import printable

#: a person may have to log in by a browser or type a code
INTERACTIVE_SECONDS = 300.0
SECONDS = 60.0
_SHOWN_CHARACTERS = 300
_SHORTEST_SECRET = 8


class PluginCredentials(Struct, frozen=True):
    """What a plugin gave; `expires` is a Unix time in seconds, None for "as long as the server takes it"."""

    token: Secret | None = None
    certificate: ClientCertificate | None = None
    expires: float | None = None


def run_plugin(
    plugin: ExecPlugin,
    endpoint: Endpoint,
    environ: Mapping[str, str],
    *,
    terminal: bool,
    seconds: float | None = None,
) -> PluginCredentials:
    """Run the plugin once; With a `terminal`, which is standard input, it may ask on it.

    Raises KubeconfigError with the end of the plugin's standard error; its standard output is never shown.
    """
    interactive = _interactive(plugin, terminal)
    variables = {**environ, **{name: value.reveal() for name, value in plugin.env}}
    variables["KUBERNETES_EXEC_INFO"] = exec_info(plugin, endpoint, interactive=interactive)
    limit = seconds or (INTERACTIVE_SECONDS if interactive else SECONDS)
    try:
        words = (plugin.command, *plugin.args)
        ended = process.run(words, seconds=limit, env=variables, interactive=interactive)
    except process.ProcessError as error:
        raise _failed(plugin, str(error)) from error
    if ended.exit_status != 0:
        raise _failed(plugin, f"it ended with {_how(ended.exit_status)}", ended.stderr)
    return read_credentials(plugin, ended.stdout)


def exec_info(plugin: ExecPlugin, endpoint: Endpoint, *, interactive: bool) -> str:
    """The JSON of the variable KUBERNETES_EXEC_INFO."""
    spec: dict[str, object] = {"interactive": interactive}
    if plugin.provide_cluster_info:
        spec["cluster"] = _cluster_info(endpoint)
    return json.dumps({"kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec})


def read_credentials(plugin: ExecPlugin, stdout: bytes) -> PluginCredentials:
    """Read an ExecCredential; raises KubeconfigError for other output, without showing it."""
    try:
        document = json.loads(stdout.decode("utf-8"))
    except (ValueError, RecursionError):
        # no cause: a JSON error contains the text, and the text may be a token
        raise _failed(plugin, "it printed something that is not JSON") from None
    if not isinstance(document, dict) or document.get("kind") != "ExecCredential":
        raise _failed(plugin, "it did not print an ExecCredential")
    if document.get("apiVersion") != plugin.api_version:
        raise _failed(plugin, f"it answered in another version than `{plugin.api_version}`")
    status = object_of(document, "status")
    token = _secret(plugin, status, "token")
    certificate = _certificate(plugin, status)
    if token is None and certificate is None:
        raise _failed(plugin, "it gave neither a token nor a client certificate")
    return PluginCredentials(token, certificate, _expires(plugin, status))


def _interactive(plugin: ExecPlugin, terminal: bool) -> bool:
    if plugin.interactive_mode == "Always" and not terminal:
        raise _failed(plugin, "it must ask on a terminal, but standard input is not one")
    return terminal and plugin.interactive_mode != "Never"


def _cluster_info(endpoint: Endpoint) -> dict[str, object]:
    info: dict[str, object] = {
        "server": endpoint.server,
        "tls-server-name": endpoint.tls_server_name,
        "insecure-skip-tls-verify": endpoint.insecure or None,
        "certificate-authority-data": _authority(endpoint),
        "proxy-url": endpoint.proxy_url.reveal() if endpoint.proxy_url else None,
        "config": json.loads(endpoint.exec_config) if endpoint.exec_config else None,
    }
    return {key: value for key, value in info.items() if value is not None}


def _authority(endpoint: Endpoint) -> str | None:
    try:
        pem = endpoint.ca_file.read_bytes() if endpoint.ca_file else (endpoint.ca_pem or "").encode()
    except OSError as error:
        raise KubeconfigError(
            f"the certificate authority `{endpoint.ca_file}` cannot be read: {error.strerror}"
        ) from error
    return base64.b64encode(pem).decode() or None


def _how(exit_status: int) -> str:
    return f"signal {-exit_status}" if exit_status < 0 else f"exit code {exit_status}"


def _failed(plugin: ExecPlugin, what: str, stderr: bytes = b"") -> ClusterError:
    output = stderr.decode("utf-8", "replace")
    for hidden in _hidden(plugin):
        output = output.replace(hidden, "[redacted]")
    shown = f": {_one_line(output)[-_SHOWN_CHARACTERS:]}" if output.strip() else ""
    hint = _one_line(plugin.install_hint)[:_SHOWN_CHARACTERS]
    return KubeconfigError(
        f"exec plugin `{plugin.command}`: {what}{shown}",
        hint or "run `kubectl get --raw /version` in the same context to see more",
    )


def _hidden(plugin: ExecPlugin) -> Iterator[str]:
    """What the kubeconfig gives the plugin and a complaint of the plugin may repeat: client secrets, passwords."""
    given = [value.reveal() for _, value in plugin.env] + [arg.partition("=")[2] for arg in plugin.args]
    # shorter ones are words such as `prod`, which a complaint needs
    yield from sorted((value for value in given if len(value) >= _SHORTEST_SECRET), key=len, reverse=True)


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def _secret(plugin: ExecPlugin, status: JsonObject, key: str) -> Secret | None:
    value = status.get(key)
    if value is not None and not isinstance(value, str):
        raise _failed(plugin, f"`status.{key}` is not a string")
    return Secret(value) if value else None


def _certificate(plugin: ExecPlugin, status: JsonObject) -> ClientCertificate | None:
    certificate, key = (_secret(plugin, status, name) for name in ("clientCertificateData", "clientKeyData"))
    if (certificate is None) != (key is None):
        raise _failed(plugin, "it gave a client certificate without its key, or a key without certificate")
    return ClientCertificate(certificate_pem=certificate.reveal(), key_pem=key) if certificate else None


def _expires(plugin: ExecPlugin, status: JsonObject) -> float | None:
    value = status.get("expirationTimestamp")
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise _failed(plugin, "`status.expirationTimestamp` is not a time") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
