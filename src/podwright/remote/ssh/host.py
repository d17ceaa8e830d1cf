"""A node with an open SSH link: programs run one after the other in one shell, which is started for the first of them."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import paramiko
from paramiko.ssh_exception import ChannelException, SSHException

from podwright.errors import (
    AuthenticationError,
    HostError,
    HostileOutputError,
    HostTimeoutError,
    HostUnreachableError,
    ProgramError,
)
from podwright.remote.host import MAX_OUTPUT_BYTES, Output, PortStream
from podwright.remote.ssh.exchange import DeadlineError, Exchange, SilenceError, WrongPasswordError
from podwright.remote.ssh.jump_hosts import Link
from podwright.remote.ssh.output_stream import TooMuchOutputError
from podwright.remote.ssh.port_forwarding import dial
from podwright.remote.ssh.session import Login, Session
from podwright.remote.ssh.sudo import sudo_error, wrong_password

#: How long after its deadline a program that is stuck inside paramiko is cut off.
_GRACE_SECONDS = 1.0
_UNKNOWN = "what was sent may or may not have been done"
_NOTHING = "nothing was done"


@dataclass(slots=True)
class SshHost:
    """See Host in remote/host.py. Programs that run at the same time have a shell each."""

    login: Login
    link: Link
    _idle: deque[Session] = field(default_factory=deque, init=False)

    @property
    def node(self) -> str:
        return self.login.node

    @property
    def alive(self) -> bool:
        return self.link.transport.is_active()

    def stream(
        self,
        program: str,
        stdin: Iterable[bytes] | None = None,
        *,
        timeout: float,
        secret: bool = True,
        watchdog: bool = True,
        silence: float = math.inf,
    ) -> Output:
        """Run `program`, bounded here and on the node by `timeout` seconds."""
        exchange, pieces = None, None if stdin is None else iter(stdin)
        with self.link.cut_after(timeout + _GRACE_SECONDS) as was_cut:
            try:
                with self._session(timeout) as session:
                    exchange = session.exchange(
                        program,
                        pieces,
                        timeout,
                        secret=secret,
                        watchdog=watchdog,
                        # a link that is dead too is lost by then, which says more
                        silence=silence + _GRACE_SECONDS,
                    )
                    yield from self._output(exchange, timeout, was_cut, silence)
            except (SSHException, EOFError, OSError) as error:
                raise HostUnreachableError(
                    f"{self.node}: the connection was lost while a program was sent; {_effect(exchange)}",
                    "check that the node is up",
                ) from error

    def dial(self, host: str, port: int, *, timeout: float) -> PortStream:
        """A stream to `host`:`port` through this link, cut after `timeout` seconds."""
        return dial(self.node, self.link, host, port, timeout)

    @contextmanager
    def _session(self, timeout: float) -> Iterator[Session]:
        """A shell that waits for a program; it is kept for the next one unless this one does not end."""
        session = self._idle_session() or Session(self._open_channel(timeout), self.login)
        try:
            yield session
        finally:
            if session.waits:
                self._idle.append(session)
            else:
                # what still runs there ends by SIGPIPE; its watchdog ends what does not
                session.close()

    def _idle_session(self) -> Session | None:
        while True:
            try:
                session = self._idle.pop()
            except IndexError:  # another thread may have taken what was there
                return None
            if session.waits:
                return session
            session.close()

    def _open_channel(self, timeout: float) -> paramiko.Channel:
        try:
            return self.link.transport.open_session(timeout=timeout)
        except ChannelException as error:
            raise HostError(
                f"{self.node}: sshd refused to open a session: {error.text.lower()}",
                "see `MaxSessions` and `ForceCommand` in its sshd_config",
            ) from error
        except (SSHException, EOFError, OSError) as error:
            if isinstance(error, SSHException) and self.link.transport.is_active():
                raise HostTimeoutError(
                    f"{self.node}: no session within {timeout:g} s", "check its load"
                ) from error
            raise HostUnreachableError(f"{self.node}: the connection is lost, nothing was sent") from error

    def _output(self, exchange: Exchange, timeout: float, was_cut: threading.Event, silence: float) -> Output:
        try:
            yield from exchange.output()
            status = exchange.status()
        except WrongPasswordError as error:
            raise wrong_password(self.node) from error
        except TooMuchOutputError as error:
            raise HostileOutputError(
                f"{self.node}: more than {MAX_OUTPUT_BYTES >> 20} MiB of output, or endless output before it",
                "check what the log-in scripts and the program print there",
            ) from error
        except DeadlineError as error:
            raise self._too_late(exchange, timeout) from error
        except SilenceError as error:
            raise HostTimeoutError(
                f"{self.node}: a program on the node reported nothing for {silence:g} s; {_effect(exchange)}",
                "see what its processes wait for on the node: `ps -eo pid,stat,wchan:20,args`",
            ) from error
        if was_cut.is_set():
            raise self._too_late(exchange, timeout)
        self._check_link(exchange, status)
        self._check_began(exchange, status)
        if status:
            raise ProgramError(self.node, status, bytes(exchange.errors))

    def _too_late(self, exchange: Exchange, timeout: float) -> HostTimeoutError:
        if exchange.began:
            return HostTimeoutError(
                f"{self.node}: no end after {timeout:g} s; {_UNKNOWN}", "check the node, or allow more time"
            )
        # a shell that starts later finds the channel closed, and ends
        return HostTimeoutError(
            f"{self.node}: the shell did not start within {timeout:g} s; {_NOTHING}",
            "check whether the log-in scripts or sudo wait for input there",
        )

    def _check_link(self, exchange: Exchange, status: int) -> None:
        if status == -1 and not self.link.transport.is_active():
            raise HostUnreachableError(
                f"{self.node}: the connection was lost while a program ran; {_effect(exchange)}",
                "check that the node is up",
            )

    def _check_began(self, exchange: Exchange, status: int) -> None:
        """Raise an error if the channel ended before the program began: one that ran reports that first."""
        if exchange.began:
            return
        complaint = exchange.stderr.noise.decode("utf-8", "replace")
        login = self.login
        if login.become_user is not None and complaint.strip():
            asked = login.become_password is not None
            raise sudo_error(self.node, login.become_user, complaint, with_password=asked)
        said = (complaint or exchange.stdout.noise.decode("utf-8", "replace")).strip().splitlines()
        told = f": `{said[-1][:200]}`" if said else ""
        raise AuthenticationError(
            f"{self.node}: the log-in shell ended with {status} before it ran anything{told}",
            "give the log-in user a shell (not `nologin`, no `ForceCommand`), and check that there is a /bin/sh",
        )


def _effect(exchange: Exchange | None) -> str:
    """What a lost connection leaves: a program of which not all was sent does not begin."""
    return _UNKNOWN if exchange and exchange.sent else _NOTHING
