"""The shell on a node that a connection's programs run in, one after the other, on one SSH channel."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field

import paramiko

from podwright.errors import Secret
from podwright.remote.host import OnOutput
from podwright.remote.program_text import preparation, program_input
from podwright.remote.ssh_exchange import Exchange, Password, Wakeup
from podwright.remote.sudo import become_command, prompt


@dataclass(frozen=True, slots=True)
class Login:
    """Whose shell it is: the log-in user's where `become_user` is None."""

    node: str
    become_user: str | None = None
    become_password: Secret | None = None


@dataclass(slots=True)
class Session:
    """A channel with a shell behind it."""

    channel: paramiko.Channel
    login: Login
    #: when, on our clock, the watchdog on the node ends it all, and how much of that is for a program to come
    _bound: float = field(default=0.0, init=False)
    _more_seconds: float = field(default=0.0, init=False)
    _wakeup: Wakeup = field(default_factory=Wakeup, init=False)
    _greeting: str = field(default_factory=lambda: f"podwright-{secrets.token_hex(12)}", init=False)
    _exchange: Exchange | None = field(default=None, init=False)

    @classmethod
    def start(cls, channel: paramiko.Channel, login: Login) -> Session:
        """Ask for the shell on a fresh channel. Raises HostError for a user that cannot be, and what paramiko raises."""
        session = cls(channel, login)
        channel.setblocking(False)
        channel.in_buffer.set_event(session._wakeup)
        channel.in_stderr_buffer.set_event(session._wakeup)
        command = "/bin/sh"
        if login.become_user is not None:
            asks = login.become_password is not None
            command = become_command(login.node, login.become_user, session._greeting, with_password=asks)
        _request_program(channel, f"exec {command}")
        return session

    @property
    def waits(self) -> bool:
        """Its last program ended, and it waits for the next one."""
        ended = self._exchange is None or self._exchange.ended
        return ended and not (self.channel.closed or self.channel.eof_received)

    def close(self) -> None:
        # a link that is lost has no channel left to close
        with suppress(paramiko.SSHException, EOFError, OSError):
            self.channel.close()

    def exchange(
        self, program: str, seconds: float, more_seconds: float, on_output: OnOutput | None
    ) -> Exchange:
        """The run of `program`, not yet begun, within `seconds`; `more_seconds` are those of a program to come."""
        marker, now = f"podwright-{secrets.token_hex(12)}", time.monotonic()
        first = self._exchange is None
        bound = self._watch(now, seconds, more_seconds)
        text, password = program_input(program, marker, first=first, bound=bound), None
        if first:
            password = self._password()
            text = (f"{self._greeting}\n".encode() if password else b"") + preparation() + text
        self._exchange = Exchange(
            self.channel, self._wakeup, marker, text, now + seconds, first, password, on_output
        )
        return self._exchange

    def _watch(self, now: float, seconds: float, more_seconds: float) -> float | None:
        """The bound of a new watchdog; None where the one that is there comes neither too soon nor too late."""
        if seconds <= self._bound - now <= seconds + self._more_seconds:
            return None
        self._bound, self._more_seconds = now + seconds + more_seconds, more_seconds
        return seconds + more_seconds

    def _password(self) -> Password | None:
        if self.login.become_user is None or self.login.become_password is None:
            return None
        line = self.login.become_password.reveal().encode() + b"\n"
        return Password(line, prompt(self._greeting).encode(), f"{self._greeting}\n".encode())


def _request_program(channel: paramiko.Channel, command: str) -> None:
    """Ask for `command` without waiting for the answer.

    `Channel.exec_command` waits for it without a deadline, and for a round trip that nothing needs: where the
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
