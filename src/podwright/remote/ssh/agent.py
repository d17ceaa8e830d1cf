"""Asks an SSH agent for its keys and for signatures (draft-ietf-sshm-ssh-agent).

Own code since paramiko's client shares one socket between threads without a lock, waits for ever for a hung agent,
and cannot be pointed at `IdentityAgent`.
"""

from __future__ import annotations

import os
import socket
from typing import Any

from msgspec import Struct
from paramiko import Message, PKey
from paramiko.ssh_exception import SSHException

_REQUEST_IDENTITIES, _IDENTITIES_ANSWER = 11, 12
_SIGN_REQUEST, _SIGN_RESPONSE = 13, 14
_MAX_MESSAGE_BYTES = 1 << 20
_MAX_IDENTITIES = 1000
#: For `rsa-sha2-256` and `rsa-sha2-512`; without a flag an RSA key would sign with SHA-1.
_RSA_FLAGS = {"rsa-sha2-256": 2, "rsa-sha2-512": 4}


class Agent(Struct, frozen=True):
    """An agent's socket. Each request opens its own connection, so threads need no lock."""

    path: str
    timeout: float = 30.0

    def identities(self) -> tuple[AgentKey, ...]:
        """Return the keys the agent holds. Raises OSError if it does not answer, ValueError if its answer makes no sense."""
        answer = self._ask(bytes([_REQUEST_IDENTITIES]), _IDENTITIES_ANSWER)
        count, rest = int.from_bytes(answer[:4], "big"), answer[4:]
        if count > _MAX_IDENTITIES:
            raise ValueError("the agent claims to hold too many keys")
        found = list[AgentKey]()
        for _ in range(count):
            blob, rest = _take_string(rest)
            comment, rest = _take_string(rest)
            found.append(AgentKey(self, blob, comment.decode("utf-8", "replace")))
        return tuple(found)

    def sign(self, blob: bytes, data: bytes, flags: int) -> bytes:
        """Return the signature of `data`. Raises OSError or ValueError if the agent gives none."""
        request = bytes([_SIGN_REQUEST]) + _string(blob) + _string(data) + flags.to_bytes(4, "big")
        return _take_string(self._ask(request, _SIGN_RESPONSE))[0]

    def _ask(self, request: bytes, wanted: int) -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(self.timeout)
            connection.connect(self.path)
            connection.sendall(_string(request))
            size = int.from_bytes(_receive(connection, 4), "big")
            if not 0 < size <= _MAX_MESSAGE_BYTES:
                raise ValueError("the agent's answer has an impossible size")
            answer = _receive(connection, size)
        if answer[0] != wanted:
            raise ValueError("the agent refused")
        return answer[1:]


class AgentKey(PKey):
    """A key whose private half stays in the agent; `public_blob` may be set to a certificate for it."""

    def __init__(self, agent: Agent, blob: bytes, comment: str) -> None:
        self._agent, self.blob, self.comment = agent, blob, comment
        self.kind = _take_string(blob)[0].decode("ascii", "replace")
        self.public_blob: Any = None

    def get_name(self) -> str:
        return self.kind

    def asbytes(self) -> bytes:
        return self.blob

    def can_sign(self) -> bool:
        return True

    @property
    def _fields(self) -> tuple[str, bytes]:
        return self.kind, self.blob

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> Message:
        flags = _RSA_FLAGS.get((algorithm or "").split("-cert-")[0], 0)
        try:
            return Message(self._agent.sign(self.blob, data, flags))
        except (OSError, ValueError) as error:
            raise SSHException(f"the agent did not sign with `{self.comment}`") from error


def find_agent(configured: str | None) -> Agent | None:
    """Return the agent of `IdentityAgent` (a path, or `none`), otherwise of SSH_AUTH_SOCK, otherwise None."""
    path = os.environ.get("SSH_AUTH_SOCK", "") if configured is None else configured
    return Agent(path) if path and path.lower() != "none" else None


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _take_string(data: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(data[:4], "big")
    if len(data) < 4 or len(data) < end:
        raise ValueError("the agent's answer is cut short")
    return data[4:end], data[end:]


def _receive(connection: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        chunk = connection.recv(size - len(received))
        if not chunk:
            raise ConnectionResetError("the agent hung up")
        received += chunk
    return bytes(received)
