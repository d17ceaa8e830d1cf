"""SSH servers for all nodes of a lab in one process: a loopback port each, key logins and commands only."""

from __future__ import annotations

import contextlib
import hmac
import logging
import os
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from podwright_lab.ssh_command import NodeShell, RunningCommand
from podwright_lab.ssh_link import FaultySocket, LinkFaults

_BACKLOG = 128
#: As sshd's LoginGraceTime: a connection that has not logged in by then is dropped.
_LOGIN_GRACE_SECONDS = 120.0
_LOGIN_SHELL = b"exec /bin/sh"
_ACCEPT_TICK_SECONDS = 0.5
_CLOSE_SECONDS = 5.0


@dataclass(slots=True)
class SshNode:
    """One node's server: its port, its key, how its commands run and what is wrong with its links."""

    name: str
    port: int
    shell: NodeShell
    faults: LinkFaults
    _host_key: paramiko.PKey
    _listener: socket.socket
    _links: list[_Link] = field(default_factory=list)


@dataclass(slots=True)
class _Link:
    socket: FaultySocket
    transport: paramiko.Transport
    session: _Session
    accepted_at: float

    def close(self) -> None:
        self.transport.close()
        # else paramiko's timer thread of an unfinished handshake keeps the process up for 15 s
        self.transport.packetizer.complete_handshake()

    def stale(self, now: float) -> bool:
        if not self.transport.is_alive():
            return True
        return not self.transport.is_authenticated() and now - self.accepted_at > _LOGIN_GRACE_SECONDS


class SshServers:
    """Listens for every node added to it from `start()` to `close()`; one thread accepts for all of them.

    Logs in `user` with the private key that belongs to `authorized` and no other; refuses terminals,
    subsystems (SFTP too) and every kind of forwarding.
    """

    def __init__(self, user: str, authorized: paramiko.PKey) -> None:
        # paramiko logs each client that hangs up early as an error, to stderr when no handler is set
        logging.getLogger("paramiko").addHandler(logging.NullHandler())
        self._user = user
        self._authorized = authorized
        self._nodes: list[SshNode] = []
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = os.pipe()
        self._selector.register(self._wake_reader, selectors.EVENT_READ)
        self._lock = threading.Lock()
        self._closing = False
        self._acceptor = threading.Thread(target=self._accept_loop, name="lab-ssh", daemon=True)

    def add_node(self, name: str, host_key_file: Path, shell: NodeShell, port: int = 0) -> SshNode:
        """Serve a node on a loopback port (0: any free one); raises OSError if the port is taken."""
        listener = _listen(port)
        node = SshNode(
            name,
            listener.getsockname()[1],
            shell,
            LinkFaults(),
            paramiko.Ed25519Key.from_private_key_file(str(host_key_file)),
            listener,
        )
        with self._lock:
            self._nodes.append(node)
            self._selector.register(listener, selectors.EVENT_READ, node)
        return node

    def start(self) -> None:
        self._acceptor.start()

    def close(self) -> None:
        """Stop listening, close every connection, end every command; returns when all is gone."""
        self._closing = True
        os.write(self._wake_writer, b"x")
        if self._acceptor.is_alive():
            self._acceptor.join()
        links = [link for node in self._nodes for link in node._links]
        for node in self._nodes:
            node.faults.mute = False
            node._listener.close()
        for link in links:
            link.session.end()
            link.close()
        for link in links:
            link.transport.join(_CLOSE_SECONDS)
            link.session.join(_CLOSE_SECONDS)
            link.socket.close()
        self._selector.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _accept_loop(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(_ACCEPT_TICK_SECONDS):
                if isinstance(key.data, SshNode) and not self._closing:
                    self._accept(key.data)
            self._drop_stale_links()

    def _accept(self, node: SshNode) -> None:
        try:
            accepted, _ = node._listener.accept()
        except OSError:
            # the client is gone again, or this process is out of descriptors: the next one may have more luck
            time.sleep(0.01)
            return
        link = FaultySocket.take(accepted, node.faults)
        session = _Session(self._user, self._authorized, node.shell, link)
        transport = _Transport(link)
        transport.add_server_key(node._host_key)
        transport.start_server(event=threading.Event(), server=session)
        node._links.append(_Link(link, transport, session, time.monotonic()))

    def _drop_stale_links(self) -> None:
        now = time.monotonic()
        for node in self._nodes:
            for link in [link for link in node._links if link.stale(now)]:
                link.close()
                if not link.session.busy():
                    node._links.remove(link)


class _Transport(paramiko.Transport):
    """A server's transport that notifies its session when a request's answer is being sent.

    paramiko answers an exec request only after `check_channel_exec_request` returned. A short command can
    be over by then, and a client that sees the channel closed before the answer takes the command for
    refused.
    """

    def _send_user_message(self, data: paramiko.Message) -> None:
        super()._send_user_message(data)  # type: ignore[misc]
        if threading.current_thread() is self and isinstance(self.server_object, _Session):
            self.server_object.answered()


class _Session(paramiko.ServerInterface):
    """What one connection may do: log in with the lab's key and run commands, any number at once."""

    def __init__(self, user: str, authorized: paramiko.PKey, shell: NodeShell, link: FaultySocket) -> None:
        self._user = user
        self._authorized = authorized
        self._shell = shell
        self._link = link
        self._running: list[tuple[RunningCommand, threading.Thread]] = []
        self._lock = threading.Lock()
        self._ended = False
        self._unanswered: list[RunningCommand] = []

    def answered(self) -> None:
        """Let the commands go whose requests are answered; called by the transport's own thread only."""
        while self._unanswered:
            self._unanswered.pop().go.set()

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = hmac.compare_digest(key.asbytes(), self._authorized.asbytes())
        return AUTH_SUCCESSFUL if known and username == self._user else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        if b"\0" in command:
            return False
        running = RunningCommand(channel, self._shell, command, self._link.faults, self._link.reset)
        self._unanswered.append(running)
        thread = threading.Thread(target=running.run, name="lab-ssh-command", daemon=True)
        with self._lock:
            if self._ended:
                return False
            self._running = [(one, its_thread) for one, its_thread in self._running if its_thread.is_alive()]
            self._running.append((running, thread))
            thread.start()
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        """A log-in without a terminal: a shell that reads its commands from its input."""
        return self.check_channel_exec_request(channel, _LOGIN_SHELL)

    def busy(self) -> bool:
        """Whether a command still runs, perhaps for a client that has gone."""
        return any(thread.is_alive() for _, thread in self._running)

    def end(self) -> None:
        with self._lock:
            self._ended = True
            running = tuple(self._running)
        for command, _ in running:
            command.kill()

    def join(self, seconds: float) -> None:
        for _, thread in self._running:
            thread.join(seconds)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(_BACKLOG)
    except OSError:
        with contextlib.suppress(OSError):
            listener.close()
        raise
    return listener
