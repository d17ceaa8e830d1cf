"""A node with an open SSH link: each program is one channel on it."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

import paramiko
from paramiko.ssh_exception import ChannelException, SSHException

from podwright.errors import (
    AuthenticationError,
    HostError,
    HostileOutputError,
    HostTimeoutError,
    HostUnreachableError,
    Secret,
)
from podwright.remote.deadlines import Deadlines, Guard
from podwright.remote.host import MAX_OUTPUT_BYTES, CommandResult, OnOutput
from podwright.remote.program_text import program_input, receiver
from podwright.remote.ssh_exchange import DeadlineError, Exchange, TooMuchOutputError, WrongPasswordError
from podwright.remote.ssh_gateways import Link
from podwright.remote.sudo import become_command, prompt, sudo_error, wrong_password

#: How long after its deadline a program that is stuck inside paramiko is cut off.
_GRACE_SECONDS = 1.0
_UNKNOWN = "what was sent may or may not have been done"


@dataclass(slots=True)
class SshHost:
    """See Host in remote/host.py. `become_user` None runs programs as the log-in user."""

    node: str
    link: Link
    deadlines: Deadlines
    become_user: str | None = None
    become_password: Secret | None = None
    _password_proved: bool = field(default=False, init=False)

    def run(self, program: str, *, timeout: float, on_output: OnOutput | None = None) -> CommandResult:
        """Run `program` on a channel of its own, bounded here and on the node by `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self.deadlines.bound(timeout + _GRACE_SECONDS, self.link.cut) as guard:
            channel = self._open_channel(timeout)
            try:
                exchange = self._exchange(channel, program, timeout, deadline, on_output)
                return self._finish(exchange, timeout, guard)
            except (SSHException, EOFError, OSError) as error:
                raise HostUnreachableError(
                    f"{self.node}: the connection was lost while a program was sent; {_UNKNOWN}",
                    "is the node still up?",
                ) from error
            finally:
                channel.close()

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
                    f"{self.node}: no session within {timeout:g} s", "is it overloaded?"
                ) from error
            raise HostUnreachableError(f"{self.node}: the connection is lost, nothing was sent") from error

    def _exchange(
        self,
        channel: paramiko.Channel,
        program: str,
        timeout: float,
        deadline: float,
        on_output: OnOutput | None,
    ) -> Exchange:
        marker = f"podwright-{secrets.token_hex(12)}"
        rest, password = program_input(program, marker, timeout), b""
        command = receiver(marker)
        if self.become_user is not None:
            asks = self.become_password is not None
            command = become_command(self.node, self.become_user, marker, with_password=asks)
            password = self.become_password.reveal().encode() + b"\n" if self.become_password else b""
        exchange = Exchange(channel, marker, rest, deadline, password, prompt(marker).encode(), on_output)
        if self._password_proved:
            exchange.send_all_at_once()
        _request_program(self.link.transport, channel, f"exec {command}")
        return exchange

    def _finish(self, exchange: Exchange, timeout: float, guard: Guard) -> CommandResult:
        try:
            status = exchange.run()
        except WrongPasswordError as error:
            raise wrong_password(self.node) from error
        except TooMuchOutputError as error:
            raise HostileOutputError(
                f"{self.node}: more than {MAX_OUTPUT_BYTES >> 20} MiB of output, or endless talk before it",
                "look at what the log-in scripts and the program print there",
            ) from error
        except DeadlineError as error:
            raise self._too_late(exchange, timeout) from error
        if guard.fired:
            raise self._too_late(exchange, timeout)
        if not exchange.stopped:
            self._check_link(exchange, status)
            self._check_started(exchange, status)
        self._password_proved = bool(exchange.password) or self._password_proved
        return CommandResult(status, bytes(exchange.stdout.output), bytes(exchange.stderr.output))

    def _too_late(self, exchange: Exchange, timeout: float) -> HostTimeoutError:
        if exchange.ready:
            return HostTimeoutError(
                f"{self.node}: no end after {timeout:g} s; {_UNKNOWN}", "look at the node, or allow more time"
            )
        return HostTimeoutError(
            f"{self.node}: the shell did not start within {timeout:g} s; nothing was done",
            "do the log-in scripts, or sudo, wait for something there?",
        )

    def _check_link(self, exchange: Exchange, status: int) -> None:
        if status == -1 and not self.link.transport.is_active():
            what = _UNKNOWN if exchange.ready else "nothing was done"
            raise HostUnreachableError(
                f"{self.node}: the connection was lost while a program ran; {what}", "is the node still up?"
            )

    def _check_started(self, exchange: Exchange, status: int) -> None:
        """Raise an error where the channel ended before the receiver spoke: a program that ran always spoke first."""
        if exchange.ready:
            return
        complaint = exchange.stderr.noise.decode("utf-8", "replace")
        if self.become_user is not None and complaint.strip():
            raise sudo_error(self.node, self.become_user, complaint, with_password=bool(exchange.password))
        said = (complaint or exchange.stdout.noise.decode("utf-8", "replace")).strip().splitlines()
        told = f": `{said[-1][:200]}`" if said else ""
        raise AuthenticationError(
            f"{self.node}: the log-in shell ended with {status} before it ran anything{told}",
            "has the log-in user a shell (no `nologin`, no `ForceCommand`), and is there a /bin/sh?",
        )


def _request_program(transport: paramiko.Transport, channel: paramiko.Channel, command: str) -> None:
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
    transport._send_user_message(message)  # type: ignore[attr-defined]
