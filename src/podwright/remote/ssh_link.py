"""Opens one authenticated link to one host, directly or through a gateway or a command, and closes all of it again."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import paramiko
from paramiko.ssh_exception import ChannelException, IncompatiblePeer, SSHException

from podwright.errors import AuthenticationError, HostError, HostKeyError, HostUnreachableError
from podwright.remote.deadlines import Deadlines
from podwright.remote.host_certificates import check_certificate
from podwright.remote.host_keys import HostKeyJudge, HostKeys
from podwright.remote.known_hosts import HostKey
from podwright.remote.proxy_command import ProxyCommand
from podwright.remote.ssh_keys import KeyFiles
from podwright.remote.ssh_login import Login
from podwright.remote.ssh_route import Route

# GCM first: paramiko compares the MACs of the others in a Python loop
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr")
_KEEPALIVE_SECONDS = 15.0
#: sshd starts to drop log-ins in progress past ten (MaxStartups 10:30:100).
_HANDSHAKES_AT_A_GATEWAY = 8

logging.getLogger("paramiko").addHandler(logging.NullHandler())


class Connection(Protocol):
    """What we need of fabric's connection."""

    client: paramiko.SSHClient
    transport: paramiko.Transport

    def open(self) -> object: ...


#: Makes a connection from host, user, port and the keyword arguments for paramiko's `connect`.
ConnectionFactory = Callable[[str, str, int, dict[str, Any]], Connection]
Socket = socket.socket | paramiko.Channel


@dataclass(slots=True)
class Link:
    """An open connection and what it stands on; closing it closes or gives back all of that."""

    transport: paramiko.Transport
    close_all: list[Callable[[], None]] = field(default_factory=list)

    def cut(self) -> None:
        """Break the connection at once, from any thread: whoever waits on it wakes up."""
        _shut(self.transport.sock)

    def close(self) -> None:
        while self.close_all:
            self.close_all.pop()()


class _Transport(paramiko.Transport):
    """Offers only the host key algorithms that the judge can tell right from wrong."""

    offered: tuple[str, ...] = ()

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        return self.offered


class _Policy(paramiko.MissingHostKeyPolicy):
    """Is asked about every host key, since paramiko's own tables stay empty."""

    def __init__(self, judge: HostKeyJudge) -> None:
        self._judge = judge

    def missing_host_key(self, _client: paramiko.SSHClient, _hostname: str, key: paramiko.PKey) -> None:
        host_key = HostKey(key.get_name(), key.get_base64())
        certificate = getattr(key, "public_blob", None)
        if certificate is None:
            self._judge.check(host_key)
        else:
            check_certificate(self._judge, certificate.key_blob, host_key)


class Linker:
    """Opens links; one for each run, shared by all threads."""

    def __init__(
        self, new_connection: ConnectionFactory, host_keys: HostKeys, keys: KeyFiles, deadlines: Deadlines
    ) -> None:
        self._new_connection, self._host_keys = new_connection, host_keys
        self._keys, self._deadlines = keys, deadlines
        self._gateways = _Gateways()

    def open(self, node: str, route: Route) -> Link:
        """Connect, check the host's key and log in. Raises HostUnreachableError, HostKeyError, AuthenticationError."""
        judge = self._host_keys.judge(node, route.settings)
        if not judge.algorithms():
            raise HostKeyError(
                f"{node}: all known keys of `{judge.name}` are of kinds that are not supported: "
                f"{judge.known[0].key.kind} at {judge.known[0].place}",
                "add the host's ed25519, ecdsa or rsa key: ssh-keyscan",
            )
        link_parts: list[Callable[[], None]] = []
        try:
            sock, proxy = self._socket(node, route, link_parts)
            transport = self._log_in(node, route, sock, judge, proxy, link_parts)
        except BaseException:
            Link(None, link_parts).close()  # type: ignore[arg-type]
            raise
        return Link(transport, link_parts)

    def close(self) -> None:
        """Close the gateways that are kept for the next node."""
        self._gateways.close()

    def _socket(
        self, node: str, route: Route, parts: list[Callable[[], None]]
    ) -> tuple[Socket, ProxyCommand | None]:
        settings = route.settings
        if route.gateway:
            return self._through_gateway(node, route, route.gateway, parts), None
        if settings.proxy_command:
            try:
                proxy = ProxyCommand(settings.proxy_command)
            except OSError as error:
                raise HostUnreachableError(
                    f"{node}: `ProxyCommand` cannot be started: {_reason(error)}"
                ) from error
            parts.append(proxy.close)
            return proxy.socket, proxy
        sock = _connect(node, route)
        parts.append(sock.close)
        return sock, None

    def _through_gateway(
        self, node: str, route: Route, gateway: Route, parts: list[Callable[[], None]]
    ) -> paramiko.Channel:
        where = f"{route.settings.hostname}:{route.settings.port}"
        link = self._gateway_link(node, gateway)
        parts.append(lambda: self._gateways.give_back(gateway.identity, link))
        try:
            with self._deadlines.bound(route.connect_timeout + 1, link.cut):
                channel = link.transport.open_channel(
                    "direct-tcpip",
                    (route.settings.hostname, route.settings.port),
                    ("127.0.0.1", 0),
                    timeout=route.connect_timeout,
                )
        except (ChannelException, SSHException, EOFError, OSError) as error:
            reason = error.text if isinstance(error, ChannelException) else _reason(error)
            raise HostUnreachableError(
                f"{node}: cannot connect to {where} through {gateway.settings.hostname}: {reason.lower()}",
                f"try from there: ssh {gateway.settings.user}@{gateway.settings.hostname} nc -vz {where.replace(':', ' ')}",
            ) from error
        parts.append(channel.close)
        return channel

    def _gateway_link(self, node: str, gateway: Route) -> Link:
        link = self._gateways.take(gateway.identity)
        if link is None:
            with self._gateways.handshake(gateway.identity):
                link = self.open(node, gateway)
        return link

    def _log_in(
        self,
        node: str,
        route: Route,
        sock: Socket,
        judge: HostKeyJudge,
        proxy: ProxyCommand | None,
        parts: list[Callable[[], None]],
    ) -> paramiko.Transport:
        settings, seconds = route.settings, route.connect_timeout
        login = Login(node, settings, self._keys, key_file=route.key_file, password=route.password)
        kwargs = {
            "sock": sock,
            "timeout": seconds,
            "banner_timeout": seconds,
            "auth_timeout": seconds,
            "channel_timeout": seconds,
            "auth_strategy": login,
            "transport_factory": _transport_factory(judge, seconds),
        }
        connection = self._new_connection(settings.hostname, settings.user, settings.port, kwargs)
        connection.client.set_missing_host_key_policy(_Policy(judge))
        parts.append(lambda: _close(connection, sock))
        began = time.monotonic()
        try:
            connection.open()
        except HostError:
            raise
        except Exception as error:  # a hostile peer makes paramiko raise anything
            raise _open_error(node, route, judge, proxy, error, time.monotonic() - began) from error
        interval = _KEEPALIVE_SECONDS if settings.alive_interval is None else settings.alive_interval
        connection.transport.set_keepalive(int(interval))
        return connection.transport


def _transport_factory(judge: HostKeyJudge, seconds: float) -> Callable[..., paramiko.Transport]:
    def make(sock: Socket, **kwargs: Any) -> paramiko.Transport:
        transport = _Transport(sock, **kwargs)
        transport.offered = judge.algorithms()
        transport.handshake_timeout = seconds  # its timer outlives the connection otherwise
        options = transport.get_security_options()
        options.ciphers = [cipher for cipher in _CIPHERS if cipher in options.ciphers]
        return transport

    return make


def _connect(node: str, route: Route) -> socket.socket:
    """Open a TCP connection within the route's time, whatever the number of addresses. Raises HostUnreachableError."""
    settings = route.settings
    where = f"{settings.hostname}:{settings.port}"
    deadline = time.monotonic() + route.connect_timeout
    last: OSError = OSError("no address")
    for family, kind, protocol, _name, address in _addresses(node, route):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(max(0.1, deadline - time.monotonic()))
            _tune(sock, route)
            sock.connect(address)
        except OSError as error:
            sock.close()
            last = error
            continue
        return sock
    raise HostUnreachableError(
        f"{node}: cannot connect to {where}: {_reason(last)}",
        f"is the node up, and is sshd on port {settings.port}? try: ssh -p {settings.port} {settings.hostname}",
    ) from last


def _addresses(node: str, route: Route) -> Iterable[Any]:
    families = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}
    family = families.get(route.settings.address_family, socket.AF_UNSPEC)
    try:
        return socket.getaddrinfo(route.settings.hostname, route.settings.port, family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostUnreachableError(
            f"{node}: the host name `{route.settings.hostname}` does not resolve",
            "set `ansible_host` to an address, or check the name server",
        ) from error


def _tune(sock: socket.socket, route: Route) -> None:
    # paramiko never sets it: 44 ms for each connection and each program otherwise
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    interval = _KEEPALIVE_SECONDS if route.settings.alive_interval is None else route.settings.alive_interval
    if interval and hasattr(socket, "TCP_USER_TIMEOUT"):
        # paramiko's keepalive expects no answer; the kernel notices that nobody acknowledges it
        milliseconds = int(1000 * interval * route.settings.alive_count)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def _open_error(
    node: str, route: Route, judge: HostKeyJudge, proxy: ProxyCommand | None, error: Exception, seconds: float
) -> HostError:
    """Turn whatever paramiko raised into one of our errors, with what is known of the reason."""
    settings = route.settings
    where = f"{settings.hostname}:{settings.port}"
    if proxy and (said := proxy.complaint()):
        return HostUnreachableError(f"{node}: `ProxyCommand` did not lead to {where}: `{said}`")
    if isinstance(error, IncompatiblePeer) and "host key" in str(error):
        kinds = ", ".join(sorted({f"{entry.key.kind} ({entry.place})" for entry in judge.known}))
        return HostKeyError(
            f"{node}: `{judge.name}` shows no host key of a kind that we know of it: {kinds or 'none'}",
            "its keys may have been replaced, or somebody sits in between; compare, then update known_hosts",
        )
    if isinstance(error, paramiko.AuthenticationException):
        return AuthenticationError(
            f"{node}: `{settings.user}` at {where} refused to let us in: {_reason(error)}"
        )
    if seconds >= route.connect_timeout or "No existing session" in str(error):
        return HostUnreachableError(
            f"{node}: {where} accepted the connection but did not finish the SSH handshake within "
            f"{route.connect_timeout:g} s",
            "is it sshd that listens there, and is the node overloaded? see `connect_timeout`",
        )
    return HostUnreachableError(
        f"{node}: {where} does not speak SSH as it should: {_reason(error)}",
        f"is it sshd that listens on port {settings.port}? sshd may also drop log-ins past its `MaxStartups`",
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, EOFError | ConnectionResetError):
        return "it hung up"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)[:200].lower()


def _close(connection: Connection, sock: Socket) -> None:
    _shut(sock)  # wakes paramiko's reader, which would else notice up to 0.1 s later
    connection.client.close()
    sock.close()


def _shut(sock: Any) -> None:
    try:
        if isinstance(sock, paramiko.Channel):
            sock.close()
        else:
            sock.shutdown(socket.SHUT_RDWR)
    except (OSError, EOFError):
        pass


class _Gateways:
    """Links to gateways that are in nobody's use: one link serves one thread at a time, since sharing them fails."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, ...], list[Link]] = {}
        self._handshakes: dict[tuple[str, ...], threading.Semaphore] = {}
        self._lock = threading.Lock()

    def take(self, identity: tuple[str, ...]) -> Link | None:
        with self._lock:
            idle = self._idle.get(identity, [])
            while idle:
                link = idle.pop()
                if link.transport.is_active():
                    return link
                link.close()
        return None

    def give_back(self, identity: tuple[str, ...], link: Link) -> None:
        if not link.transport.is_active():
            link.close()
            return
        with self._lock:
            self._idle.setdefault(identity, []).append(link)

    @contextmanager
    def handshake(self, identity: tuple[str, ...]) -> Iterator[None]:
        with self._lock:
            semaphore = self._handshakes.setdefault(identity, threading.Semaphore(_HANDSHAKES_AT_A_GATEWAY))
        with semaphore:
            yield

    def close(self) -> None:
        with self._lock:
            links = [link for idle in self._idle.values() for link in idle]
            self._idle.clear()
        for link in links:
            link.close()
