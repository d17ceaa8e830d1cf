"""Opens one authenticated link to one host, directly or through a gateway or a command."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

import paramiko
from msgspec import Struct, field
from paramiko.ssh_exception import IncompatiblePeer

from podwright.errors import AuthenticationError, HostError, HostKeyError, HostUnreachableError
from podwright.process import ProcessError
from podwright.remote.ssh.algorithms import OfferingTransport, nothing_in_common
from podwright.remote.ssh.authentication import Login
from podwright.remote.ssh.host_certificates import check_certificate
from podwright.remote.ssh.host_keys import HostKeyJudge, HostKeys
from podwright.remote.ssh.jump_hosts import Closers, Gateways, Link, Socket, close_in_turn, shut
from podwright.remote.ssh.keepalive import watch_link
from podwright.remote.ssh.keys import KeyFiles
from podwright.remote.ssh.known_hosts import HostKey
from podwright.remote.ssh.port_forwarding import open_direct_tcpip
from podwright.remote.ssh.proxy_command import ProxyCommand
from podwright.remote.ssh.route import Route
from podwright.remote.ssh.tcp import keepalive_seconds, open_tcp, reason
from podwright.remote.ssh.time_limits import TimeLimits

# GCM first: paramiko compares the MACs of the others in a Python loop
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr")

logging.getLogger("paramiko").addHandler(logging.NullHandler())


class Connection(Protocol):
    """What we need of fabric's connection."""

    client: paramiko.SSHClient
    transport: paramiko.Transport

    def open(self) -> object: ...


#: Makes a connection from host, user, port, seconds to connect, and keyword arguments for paramiko's `connect`.
ConnectionFactory = Callable[[str, str, int, float, dict[str, Any]], Connection]


class Opening(Struct):
    """A link on its way: where it leads, what is known of the host's keys, and what was opened so far."""

    node: str
    route: Route
    judge: HostKeyJudge
    closers: Closers = field(default_factory=list)
    proxy: ProxyCommand | None = None
    transport: OfferingTransport | None = None

    @property
    def where(self) -> str:
        return f"{self.route.settings.hostname}:{self.route.settings.port}"


class _Transport(OfferingTransport):
    """Offers only the host key algorithms that the judge can verify."""

    offered: tuple[str, ...] = ()
    # as paramiko names itself, without its version, which nobody asked for when it was imported
    _CLIENT_ID = "paramiko"

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

    def __init__(self, new_connection: ConnectionFactory, host_keys: HostKeys, keys: KeyFiles) -> None:
        self._new_connection, self._host_keys, self._keys = new_connection, host_keys, keys
        self._gateways, self._limits = Gateways(), TimeLimits()

    def open(self, node: str, route: Route) -> Link:
        """Connect, check the host's key and log in. Raises HostUnreachableError, HostKeyError, AuthenticationError."""
        opening = Opening(node, route, self._host_keys.judge(node, route.settings))
        _check_kinds(opening)
        try:
            sock = self._socket(opening)
            return Link(self._log_in(opening, sock), opening.closers, self._limits)
        except BaseException:
            close_in_turn(opening.closers)
            raise

    def close(self) -> None:
        """Close the gateways that are kept for the next node."""
        self._gateways.close()

    def _socket(self, opening: Opening) -> Socket:
        route = opening.route
        if route.gateway:
            return self._through_gateway(opening, route.gateway)
        if route.settings.proxy_command:
            return _through_command(opening, route.settings.proxy_command)
        sock = open_tcp(opening.node, route)
        opening.closers.append(sock.close)
        return sock

    def _through_gateway(self, opening: Opening, gateway: Route) -> paramiko.Channel:
        route, bastion = opening.route, gateway.settings
        link = self._gateway_link(opening.node, gateway)
        opening.closers.append(lambda: self._gateways.give_back(gateway.identity, link))
        target = (route.settings.hostname, route.settings.port)
        with link.cut_after(route.connect_timeout + 1):
            channel = open_direct_tcpip(
                f"{opening.node}: cannot connect to {opening.where} through {bastion.hostname}",
                gateway.by_hand(),
                link,
                target,
                route.connect_timeout,
            )
        opening.closers.append(channel.close)
        return channel

    def _gateway_link(self, node: str, gateway: Route) -> Link:
        link = self._gateways.take(gateway.identity)
        if link is None:
            with self._gateways.handshake(gateway.identity):
                link = self.open(f"{node}: jump host {gateway.settings.hostname}", gateway)
        return link

    def _log_in(self, opening: Opening, sock: Socket) -> paramiko.Transport:
        route, settings = opening.route, opening.route.settings
        login = Login(opening.node, route, self._keys)
        kwargs = {
            "sock": sock,
            "banner_timeout": route.connect_timeout,
            "auth_timeout": route.connect_timeout,
            "channel_timeout": route.connect_timeout,
            "auth_strategy": login,
            "transport_factory": _transport_factory(opening),
        }
        began = time.monotonic()
        try:
            connection = self._new_connection(
                settings.hostname, settings.user, settings.port, route.connect_timeout, kwargs
            )
            connection.client.set_missing_host_key_policy(_Policy(opening.judge))
            opening.closers.append(lambda: _close(connection, sock))
            connection.open()
        except HostError:
            raise
        except Exception as error:  # a hostile peer makes paramiko raise anything
            raise _open_error(opening, error, time.monotonic() - began) from error
        watch_link(connection.transport, keepalive_seconds(route), settings.alive_count)
        return connection.transport


def _check_kinds(opening: Opening) -> None:
    judge = opening.judge
    if not judge.algorithms():
        known = judge.known[0]
        raise HostKeyError(
            f"{opening.node}: all known keys of `{judge.name}` are of kinds that are not supported: "
            f"{known.key.kind} at {known.place}",
            "add the host's ed25519, ecdsa or rsa key to known_hosts",
        )


def _through_command(opening: Opening, command: str) -> Socket:
    try:
        opening.proxy = ProxyCommand(command)
    except ProcessError as error:
        raise HostUnreachableError(f"{opening.node}: `ProxyCommand`: {error}", "try it by hand") from error
    opening.closers.append(opening.proxy.close)
    return opening.proxy.socket


def _transport_factory(opening: Opening) -> Callable[..., paramiko.Transport]:
    def make(sock: Socket, **kwargs: object) -> paramiko.Transport:
        transport = _Transport(sock, **kwargs)  # type: ignore[arg-type]
        opening.transport = transport
        transport.offered = opening.judge.algorithms()
        transport.handshake_timeout = (
            opening.route.connect_timeout
        )  # its timer outlives the connection otherwise
        options = transport.get_security_options()
        options.ciphers = [cipher for cipher in _CIPHERS if cipher in options.ciphers]
        return transport

    return make


def _open_error(opening: Opening, error: Exception, seconds: float) -> HostError:
    """Turn whatever paramiko raised into one of our errors, with what is known of the reason."""
    node, where, settings = opening.node, opening.where, opening.route.settings
    if opening.proxy and (said := opening.proxy.complaint()):
        return HostUnreachableError(f"{node}: `ProxyCommand` did not lead to {where}: `{said}`")
    if isinstance(error, IncompatiblePeer) and "host key" in str(error):
        return _other_kinds(opening.judge)
    if isinstance(error, IncompatiblePeer) and (told := nothing_in_common(error, opening.transport)):
        return HostUnreachableError(f"{node}: {where} {told[0]}", told[1])
    if isinstance(error, paramiko.AuthenticationException):
        return AuthenticationError(
            f"{node}: `{settings.user}` at {where} refused the log-in: {reason(error)}"
        )
    if seconds >= opening.route.connect_timeout or "No existing session" in str(error):
        return HostUnreachableError(
            f"{node}: {where} accepted the connection but did not finish the SSH handshake within "
            f"{opening.route.connect_timeout:g} s",
            _unfinished(opening),
        )
    return HostUnreachableError(
        f"{node}: {where} does not answer as an SSH server: {reason(error)}",
        f"see what listens on port {settings.port} there; an sshd that is full (`MaxStartups`) says so in its log",
    )


def _unfinished(opening: Opening) -> str:
    """A server's first line tells a program that listens and is stuck from an sshd that goes on slowly."""
    version = opening.transport.remote_version if opening.transport else ""
    if version:
        return (
            f"`{version[:60]}` answered there: check the node's load, or allow it more time with `ConnectTimeout`"
            " (docs/ssh.md)"
        )
    return (
        f"nothing there named itself as an SSH server: check that sshd, and not another program, listens on port"
        f" {opening.route.settings.port}, and that it is not stuck"
    )


def _other_kinds(judge: HostKeyJudge) -> HostKeyError:
    kinds = ", ".join(sorted({f"{entry.key.kind} ({entry.place})" for entry in judge.known}))
    return HostKeyError(
        f"{judge.node}: `{judge.name}` shows no host key of a kind that is known of it: {kinds or 'none'}",
        "its keys may have been replaced, or the connection is being intercepted; compare, then update known_hosts",
    )


def _close(connection: Connection, sock: Socket) -> None:
    shut(sock)  # wakes paramiko's reader, which would otherwise notice up to 0.1 s later
    connection.client.close()
    sock.close()
