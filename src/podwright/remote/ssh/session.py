"""The shell on a node that a connection's programs run in, one after the other, on one SSH channel."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import paramiko
from msgspec import Struct

from podwright.remote.host import STEADY_BYTES
from podwright.remote.ssh.exchange import Exchange, Password, Wakeup
from podwright.remote.ssh.program_text import (
    command_line,
    preparation,
    program_input,
    program_with_input,
    watch_over,
)
from podwright.remote.ssh.sudo import become_command, prompt
from podwright.secret import Secret


class Login(Struct, frozen=True):
    """Whose shell it is: the log-in user's if `become_user` is None."""

    node: str
    become_user: str | None = None
    become_password: Secret | None = None


@dataclass(slots=True)
class Session:
    """A channel with a shell behind it, or, before the first exchange, none yet."""

    channel: paramiko.Channel
    login: Login
    #: what the shell must read before its next program
    _before: bytes = field(default=b"", init=False)
    _wakeup: Wakeup = field(default_factory=Wakeup, init=False)
    _exchange: Exchange | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.channel.setblocking(False)
        self.channel.in_buffer.set_event(self._wakeup)
        self.channel.in_stderr_buffer.set_event(self._wakeup)

    @property
    def waits(self) -> bool:
        """Its last program ended, and it waits for the next one; one that had input took the shell with it."""
        ended = self._exchange is None or (self._exchange.ended and not self._exchange.had_input)
        return ended and not (self.channel.closed or self.channel.eof_received)

    def close(self) -> None:
        # a link that is lost has no channel left to close
        with suppress(paramiko.SSHException, EOFError, OSError):
            self.channel.close()

    def exchange(
        self,
        program: str,
        stdin: Iterator[bytes] | None,
        seconds: float,
        *,
        secret: bool,
        watchdog: bool,
        silence: float = math.inf,
    ) -> Exchange:
        """The run of `program`, not yet begun, within `seconds`; see Host.stream for the options.

        Raises HostError for a user that cannot be, and what paramiko raises.
        """
        marker = f"podwright-{secrets.token_hex(12)}"
        first, password, has_input = self._exchange is None, None, stdin is not None
        text = (
            program_with_input(program, marker) if has_input else program_input(program, marker, first=first)
        )
        if first and not (secret or watchdog or has_input) and self._takes_command_lines:
            _request_program(self.channel, f"exec {command_line(text)}")
            text, self._before = b"", b"\n" + preparation()
        else:
            password = self._start_shell() if first else None
            text = self._before + watch_over(seconds if watchdog else None) + text
            self._before = b""
        deadline, first = time.monotonic() + seconds, first or has_input
        # only what a watchdog is there for goes on for long
        steady = STEADY_BYTES if watchdog else 0
        self._exchange = Exchange(
            self.channel, self._wakeup, marker, text, deadline, first, password, stdin, steady, silence
        )
        return self._exchange

    @property
    def _takes_command_lines(self) -> bool:
        """Whether a program may stand on one: sudo would log it, and dropbear ends a connection that asks for over 9,000
        bytes (2022.83, seen). So only OpenSSH, which takes 256 KiB, is asked.
        """
        return self.login.become_user is None and "OpenSSH" in self.channel.get_transport().remote_version

    def _start_shell(self) -> Password | None:
        """Ask for a shell that reads its first program, too, from standard input, behind the password if one is needed."""
        greeting = f"podwright-{secrets.token_hex(12)}"
        user, secret = self.login.become_user, self.login.become_password
        self._before = preparation()
        if user is None:
            _request_program(self.channel, "exec /bin/sh")
            return None
        asks = secret is not None
        _request_program(
            self.channel, f"exec {become_command(self.login.node, user, greeting, with_password=asks)}"
        )
        if secret is None:
            return None
        line = f"{greeting}\n".encode()
        self._before = line + self._before
        return Password(secret.reveal().encode() + b"\n", prompt(greeting).encode(), line)


def _request_program(channel: paramiko.Channel, command: str) -> None:
    """Ask for `command` without waiting for the answer.

    `Channel.exec_command` waits for it without a deadline, and for a round trip that nothing needs: if the
    answer is no, paramiko closes the channel.
    """
    from paramiko.common import cMSG_CHANNEL_REQUEST

    message = paramiko.Message()
    message.add_byte(cMSG_CHANNEL_REQUEST)
    message.add_int(channel.remote_chanid)
    message.add_string("exec")
    message.add_boolean(True)
    message.add_string(command)
    channel.get_transport()._send_user_message(message)  # type: ignore[attr-defined]
