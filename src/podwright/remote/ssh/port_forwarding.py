"""A byte stream to a port as a node or a jump host sees it, through the link to it (SSH's direct-tcpip)."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress

import paramiko
from msgspec import Struct
from paramiko.ssh_exception import ChannelException, SSHException

from podwright.errors import (
    ForwardingRefusedError,
    HostError,
    HostTimeoutError,
    HostUnreachableError,
    PortClosedError,
)
from podwright.remote.host import PortStream
from podwright.remote.ssh.jump_hosts import Link
from podwright.remote.ssh.tcp import reason

_READ_BYTES = 64 << 10
_GRACE_SECONDS = 1.0
#: RFC 4254: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, SSH_OPEN_CONNECT_FAILED
_KINDS = {1: ForwardingRefusedError, 2: PortClosedError}


def dial(node: str, link: Link, host: str, port: int, timeout: float) -> PortStream:
    """Connect to `host`:`port` from the node. Raises HostError and its kinds."""
    deadline = time.monotonic() + timeout
    target = f"{host}:{port}"
    with ExitStack() as opened:
        opened.enter_context(link.cut_after(timeout + _GRACE_SECONDS))
        what = f"{node}: cannot connect to {target} from the node"
        channel = open_direct_tcpip(what, f"ssh {node}", link, (host, port), timeout)
        opened.callback(channel.close)
        return _ChannelStream(f"{node}: {target}", channel, deadline, opened.pop_all())


def open_direct_tcpip(
    what: str, by_hand: str, link: Link, target: tuple[str, int], timeout: float
) -> paramiko.Channel:
    """Ask the server at the other end of `link` to connect to `target`; `by_hand` is how a person reaches it.

    Raises HostUnreachableError, whose message begins with `what`; PortClosedError if the server could not connect,
    ForwardingRefusedError if it does not for us.
    """
    try:
        channel = link.transport.open_channel("direct-tcpip", target, ("127.0.0.1", 0), timeout=timeout)
    except (ChannelException, SSHException, EOFError, OSError) as error:
        why = error.text.lower() if isinstance(error, ChannelException) else reason(error)
        code = error.code if isinstance(error, ChannelException) else 0
        raise _KINDS.get(code, HostUnreachableError)(
            f"{what}: {why}",
            "allow it in the sshd_config there: see `AllowTcpForwarding` and `PermitOpen`"
            if "prohibited" in why
            else f"try by hand: `{by_hand} nc -vz {target[0]} {target[1]}`",
        ) from error
    return _closing_quietly(channel)


def _closing_quietly(channel: paramiko.Channel) -> paramiko.Channel:
    """A link inside it closes it in paramiko's own thread, which would print a traceback if the link around it is dead."""
    close = channel.close

    def quietly() -> None:
        with suppress(SSHException, EOFError, OSError):
            close()

    channel.close = quietly  # type: ignore[method-assign]
    return channel


class _ChannelStream(Struct):
    what: str
    channel: paramiko.Channel
    deadline: float
    opened: ExitStack

    def send(self, content: bytes) -> None:
        try:
            self.channel.settimeout(self._left())
            self.channel.sendall(content)
        except (SSHException, EOFError, OSError) as error:
            raise self._lost(error) from error

    def receive(self) -> bytes:
        try:
            self.channel.settimeout(self._left())
            return self.channel.recv(_READ_BYTES)
        except (SSHException, EOFError, OSError) as error:
            raise self._lost(error) from error

    def close(self) -> None:
        self.opened.close()

    def _left(self) -> float:
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def _lost(self, error: Exception) -> HostError:
        if isinstance(error, TimeoutError):
            return HostTimeoutError(f"{self.what} did not answer in time", "check what listens there")
        return HostUnreachableError(f"{self.what} hung up: {reason(error)}", "check what listens there")
