"""Runs an exec credential plugin and reads what it prints.

The rules are Kubernetes' "client-go credential plugins" page and `plugin/pkg/client/auth/exec/exec.go`.
"""

from __future__ import annotations

import base64
import json
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from podwright.errors import ClusterError, KubeconfigError
from podwright.remote.kube.access import ClientCertificate, Endpoint, ExecPlugin
from podwright.remote.kube.decode import JsonObject, object_of
from podwright.secret import Secret

#: a person may have to log in by a browser or type a code
SECONDS_WITH_A_PERSON = 300.0
SECONDS_ALONE = 60.0
_MAX_STDOUT = 1 << 20
_MAX_STDERR = 64 << 10
_SHOWN_STDERR = 300


@dataclass(frozen=True, slots=True)
class PluginCredentials:
    """What a plugin gave; `expires` is a Unix time in seconds, None for "as long as the server takes it"."""

    token: Secret | None = None
    certificate: ClientCertificate | None = None
    expires: float | None = None


@dataclass(frozen=True, slots=True)
class _Ended:
    exit_status: int
    stdout: bytes
    stderr: bytes


def run_plugin(
    plugin: ExecPlugin,
    endpoint: Endpoint,
    environ: Mapping[str, str],
    *,
    person: bool,
    seconds: float | None = None,
) -> PluginCredentials:
    """Run the plugin once; `person` says that standard input is a terminal that it may ask on.

    Raises KubeconfigError with the end of the plugin's standard error; its standard output is never shown.
    """
    interactive = _interactive(plugin, person)
    variables = {**environ, **{name: value.reveal() for name, value in plugin.env}}
    variables["KUBERNETES_EXEC_INFO"] = exec_info(plugin, endpoint, interactive=interactive)
    limit = seconds or (SECONDS_WITH_A_PERSON if interactive else SECONDS_ALONE)
    ended = _run(plugin, variables, interactive=interactive, seconds=limit)
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
        # no cause: a JSON error carries the text, and the text may be a token
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


def _interactive(plugin: ExecPlugin, person: bool) -> bool:
    if plugin.interactive_mode == "Always" and not person:
        raise _failed(plugin, "it must ask on a terminal, but standard input is not one")
    return person and plugin.interactive_mode != "Never"


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


def _run(plugin: ExecPlugin, variables: Mapping[str, str], *, interactive: bool, seconds: float) -> _Ended:
    program = shutil.which(plugin.command, path=variables.get("PATH"))
    if program is None:
        raise _failed(plugin, "it is not on the PATH")
    try:
        process = subprocess.Popen(
            [program, *plugin.args],
            env=dict(variables),
            stdin=None if interactive else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # a person must see the code or the address that they are asked to open
            stderr=None if interactive else subprocess.PIPE,
            start_new_session=not interactive,
        )
    except OSError as error:
        raise _failed(plugin, f"it cannot be started: {error.strerror}") from error
    try:
        return _collect(plugin, process, seconds)
    finally:
        _end(process, whole_session=not interactive)


def _collect(plugin: ExecPlugin, process: subprocess.Popen[bytes], seconds: float) -> _Ended:
    """Read both streams until the plugin has ended, even if something it started keeps them open."""
    outputs = {process.stdout: (bytearray(), _MAX_STDOUT), process.stderr: (bytearray(), _MAX_STDERR)}
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for stream in filter(None, outputs):
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ended = process.poll() is not None
            ready = selector.select(0 if ended else 0.05)
            if ended and not ready:
                break
            for key, _ in ready:
                data, limit = outputs[key.fileobj]  # type: ignore[index]
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    selector.unregister(key.fileobj)
                data += chunk
                if len(data) > limit:
                    raise _failed(plugin, "it printed more than any credentials are")
            _check(plugin, deadline, seconds)
    stdout, stderr = (bytes(data) for data, _ in outputs.values())
    return _Ended(_wait(plugin, process, deadline, seconds), stdout, stderr)


def _check(plugin: ExecPlugin, deadline: float, seconds: float) -> None:
    if time.monotonic() > deadline:
        raise _failed(plugin, f"it did not end within {seconds:g} s")


def _wait(plugin: ExecPlugin, process: subprocess.Popen[bytes], deadline: float, seconds: float) -> int:
    try:
        return process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise _failed(plugin, f"it did not end within {seconds:g} s") from None


def _end(process: subprocess.Popen[bytes], *, whole_session: bool) -> None:
    if process.poll() is None:
        if whole_session:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _how(exit_status: int) -> str:
    return f"signal {-exit_status}" if exit_status < 0 else f"exit code {exit_status}"


def _failed(plugin: ExecPlugin, what: str, stderr: bytes = b"") -> ClusterError:
    said = " ".join(stderr.decode("utf-8", "replace").split())
    shown = f": {said[-_SHOWN_STDERR:]}" if said else ""
    hint = (
        " ".join(plugin.install_hint.split())[:_SHOWN_STDERR]
        or "run `kubectl get --raw /version` in the same context to see more"
    )
    return KubeconfigError(f"exec plugin `{plugin.command}`: {what}{shown}", hint)


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
