"""Asks ports of this machine as the kubelet's HTTP and TCP probes do: any listener there answers."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.agenda import Process

_TICK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Probed:
    """How a probe ended; `output` is what the kubelet's Event shows of a failure."""

    success: bool
    output: str = ""


Question = Callable[[float], Probed]


def port_question(probe: Object, container: Object) -> Question | None:
    """What to ask, given the seconds it may take; `None` for another kind of probe, or one that leaves this machine."""
    action = probe.get("httpGet") or probe.get("tcpSocket")
    if not isinstance(action, dict):
        return None
    host = str(action.get("host") or "127.0.0.1")
    port = _port(action.get("port"), container)
    if port is None or not _is_loopback(host):
        return None
    if probe.get("httpGet"):
        return lambda seconds: _get(action, host, port, seconds)
    return lambda seconds: _connect(host, port, seconds)


def ask(question: Question, seconds: float) -> Process:
    """Ask in a thread, since a port may leave one waiting; returns what was Probed."""
    answers: list[Probed] = []
    thread = threading.Thread(target=lambda: answers.append(question(seconds)), name="lab-probe", daemon=True)
    thread.start()
    while thread.is_alive():
        yield _TICK_SECONDS
    return answers[0] if answers else Probed(success=False, output="the probe broke off")


def _get(action: Object, host: str, port: int, seconds: float) -> Probed:
    scheme, path = str(action.get("scheme") or "HTTP").lower(), str(action.get("path") or "/")
    address = f"{scheme}://{_joined(host, port)}/{path.removeprefix('/')}"
    if scheme == "https":
        # the kubelet does not verify a container's certificate either
        context = ssl._create_unverified_context()  # noqa: S323
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=seconds, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    headers = {str(header["name"]): str(header["value"]) for header in action.get("httpHeaders") or ()}
    try:
        connection.request(
            "GET", f"/{path.removeprefix('/')}", headers={"User-Agent": "kube-probe/1.36"} | headers
        )
        status = connection.getresponse().status
    except TimeoutError:
        why = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        return Probed(success=False, output=f'Get "{address}": {why}')
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Probed(success=False, output=f'Get "{address}": {_dialed(host, port, error)}')
    finally:
        connection.close()
    success = http.HTTPStatus.OK <= status < http.HTTPStatus.BAD_REQUEST
    return Probed(success, "" if success else f"HTTP probe failed with statuscode: {status}")


def _connect(host: str, port: int, seconds: float) -> Probed:
    try:
        with socket.create_connection((host, port), timeout=seconds):
            return Probed(success=True)
    except OSError as error:
        return Probed(success=False, output=_dialed(host, port, error))


def _dialed(host: str, port: int, error: Exception) -> str:
    """Go's words for a connection that did not come about."""
    if isinstance(error, TimeoutError):
        return f"dial tcp {_joined(host, port)}: i/o timeout"
    if isinstance(error, ConnectionRefusedError):
        return f"dial tcp {_joined(host, port)}: connect: connection refused"
    if isinstance(error, http.client.RemoteDisconnected):
        return "EOF"
    return str(error)


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _port(wanted: object, container: Object) -> int | None:
    """A number, or the name of one of the container's ports."""
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        return wanted
    if str(wanted).isdecimal():
        return int(str(wanted))
    named = (port for port in container.get("ports") or () if port.get("name") == wanted)
    return next((int(port["containerPort"]) for port in named), None)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
