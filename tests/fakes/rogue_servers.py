"""Servers that behave as no honest node would: before the handshake, and within an SSH session."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import paramiko

from podwright.inventory.node import Connection, Node
from podwright.remote.ssh.known_hosts import HostKey

Serve = Callable[[socket.socket, threading.Event], None]


@contextmanager
def tcp_server(serve: Serve) -> Iterator[int]:
    """Answer each connection with `serve(connection, stop)` in a thread of its own; yield the port."""
    stop, threads = threading.Event(), list[threading.Thread]()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def answer(connection: socket.socket) -> None:
            with connection, suppress(OSError, EOFError):
                serve(connection, stop)

        def accept() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    connection, _address = listener.accept()
                    threads.append(threading.Thread(target=answer, args=(connection,), daemon=True))
                    threads[-1].start()

        threads.append(threading.Thread(target=accept, daemon=True))
        threads[0].start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            stop.set()
            for thread in threads:
                thread.join(60)


def says_nothing(_connection: socket.socket, stop: threading.Event) -> None:
    stop.wait(300)


def hangs_up(_connection: socket.socket, _stop: threading.Event) -> None:
    return


def is_a_web_server(connection: socket.socket, _stop: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def sends_garbage(connection: socket.socket, _stop: threading.Event) -> None:
    connection.sendall(bytes(range(256)) * 4000)


def sends_garbage_after_its_banner(connection: socket.socket, stop: threading.Event) -> None:
    connection.sendall(b"SSH-2.0-rogue\r\n" + b"\0\0\x01\x00\x04" + b"\xff" * 4000)
    stop.wait(5)


def sends_banner_lines_for_ever(connection: socket.socket, stop: threading.Event) -> None:
    while not stop.wait(0.01):
        connection.sendall(b"wait for it\r\n")


def trickles(connection: socket.socket, stop: threading.Event) -> None:
    while not stop.wait(0.1):
        connection.sendall(b"S")


def stops_after_its_banner(connection: socket.socket, stop: threading.Event) -> None:
    connection.sendall(b"SSH-2.0-rogue\r\n")
    stop.wait(300)


#: Given the channel of a session in which a program was asked for; what it returns ends nothing by itself.
InSession = Callable[[paramiko.Channel, threading.Event], None]


class _Rogue(paramiko.ServerInterface):
    """Lets everybody in by key, unless it is told to be silent at one stage."""

    def __init__(self, in_session: InSession, stop: threading.Event, silent_at: str) -> None:
        self._in_session, self._stop, self._silent_at = in_session, stop, silent_at

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        if self._silent_at == "log-in":
            self._stop.wait(300)
        return paramiko.AUTH_SUCCESSFUL

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if self._silent_at == "session":
            self._stop.wait(300)
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        if self._silent_at == "program":
            self._stop.wait(300)
        if self._silent_at == "refusal":
            return False
        threading.Thread(target=self._play, args=(channel,), daemon=True).start()
        return True

    def _play(self, channel: paramiko.Channel) -> None:
        with suppress(OSError, EOFError):
            self._in_session(channel, self._stop)


def marker_of(channel: paramiko.Channel) -> bytes:
    """Read standard input up to the program's own words for its marker, which an honest shell would print."""
    received = b""
    while not (found := re.search(rb"printf '%s\\n' (podwright-[0-9a-f]+)", received)):
        chunk = channel.recv(65536)
        if not chunk:
            raise EOFError
        received += chunk
    return found[1]


@contextmanager
def rogue_server(in_session: InSession, silent_at: str = "") -> Iterator[tuple[int, HostKey]]:
    """Yield the port and the host key of an SSH server with no good in mind."""
    key = paramiko.ECDSAKey.generate()

    def serve(connection: socket.socket, stop: threading.Event) -> None:
        transport = paramiko.Transport(connection)
        transport.add_server_key(key)
        with suppress(paramiko.SSHException, EOFError):
            transport.start_server(server=_Rogue(in_session, stop, silent_at))
        while transport.is_active() and not stop.wait(0.02):
            pass
        transport.close()

    with tcp_server(serve) as port:
        yield port, HostKey(key.get_name(), key.get_base64())


def node_at(port: int, key_file: str | None = None) -> Node:
    return Node("bad-1", Connection(host="127.0.0.1", port=port, user="ops", private_key_file=key_file))


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()
