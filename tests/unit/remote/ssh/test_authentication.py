"""In which order we prove who we are; real servers are in tests/contract/test_ssh_login.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from paramiko import PKey
from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType
from tests.fakes.sshd import make_key

from podwright.errors import AuthenticationError
from podwright.remote.ssh.authentication import Login
from podwright.remote.ssh.config_settings import HostSettings
from podwright.remote.ssh.keys import KeyFiles
from podwright.remote.ssh.route import Route
from podwright.secret import Secret


@dataclass
class FakeTransport:
    """A server that decides about each key and about the password; `tried` says what it was offered."""

    key_answer: Callable[[bytes], list[str]] = lambda _blob: []
    password_answer: Callable[[str], list[str]] = lambda _password: []
    active: bool = True
    auth_timeout: float = 3
    tried: list[object] = field(default_factory=list)

    def auth_publickey(self, user: str, key: PKey) -> list[str]:
        self.tried.append(key.asbytes())
        return self.key_answer(key.asbytes())

    def auth_password(self, user: str, password: str) -> list[str]:
        self.tried.append(password)
        return self.password_answer(password)

    def is_active(self) -> bool:
        return self.active


def refuse(*_what: object) -> list[str]:
    raise AuthenticationException("Authentication failed.")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make_key(tmp_path / "first", "ed25519")
    make_key(tmp_path / "second", "ed25519")
    return tmp_path / "first"


def login(key: Path | None, *files: Path, password: str | None = None, **settings: object) -> Login:
    told = HostSettings("10.0.0.7", 22, "ops", identity_files=files, identity_agent="none", **settings)
    secret = Secret(password) if password else None
    return Login("cp-1", Route(told, key, secret), KeyFiles())


def blob(path: Path) -> bytes:
    return KeyFiles().load(path).asbytes()


def test_the_named_key_comes_first_then_the_files_then_the_password(key: Path) -> None:
    other = key.with_name("second")
    transport = FakeTransport(refuse)
    login(key, other, key, password="pw").authenticate(transport)
    assert transport.tried == [blob(key), blob(other), "pw"]


def test_the_first_key_that_is_taken_ends_it(key: Path) -> None:
    transport = FakeTransport()
    login(key, key.with_name("second"), password="pw").authenticate(transport)
    assert transport.tried == [blob(key)]


def test_a_server_that_wants_both_gets_both(key: Path) -> None:
    transport = FakeTransport(lambda _blob: ["password"])
    login(key, password="pw").authenticate(transport)
    assert transport.tried == [blob(key), "pw"]
    with pytest.raises(AuthenticationError, match="refused the log-in: tried key"):
        login(key).authenticate(FakeTransport(lambda _blob: ["password"]))


def test_a_server_that_takes_no_keys_is_asked_once(key: Path) -> None:
    def no_keys(_blob: bytes) -> list[str]:
        raise BadAuthenticationType("", ["password"])

    transport = FakeTransport(no_keys)
    login(key, key.with_name("second"), password="pw").authenticate(transport)
    assert transport.tried == [blob(key), "pw"]


def test_what_was_tried_and_passed_over_is_told(key: Path) -> None:
    with pytest.raises(AuthenticationError) as failure:
        login(None, key, Path(f"{key}.pub")).authenticate(FakeTransport(refuse))
    assert failure.value.message.startswith(
        f"cp-1: `ops` at 10.0.0.7:22 refused the log-in: tried key `{key}`; passed over `{key}.pub`"
    )
    with pytest.raises(AuthenticationError, match="there was nothing to try"):
        login(None).authenticate(FakeTransport())


def test_a_named_key_that_is_not_there_is_an_error_before_anything_is_tried(tmp_path: Path) -> None:
    transport = FakeTransport()
    with pytest.raises(AuthenticationError, match=r"cp-1: the key file `.*nowhere` does not exist"):
        login(tmp_path / "nowhere").authenticate(transport)
    assert transport.tried == []


def test_a_server_that_hangs_up_or_does_not_answer_is_told_apart(key: Path) -> None:
    transport = FakeTransport(refuse)
    transport.active = False
    with pytest.raises(AuthenticationError, match="hung up after 1 attempts to log in"):
        login(key).authenticate(transport)

    def slow(_blob: bytes) -> list[str]:
        raise AuthenticationException("Authentication timeout.")

    with pytest.raises(AuthenticationError, match="no answer to the log-in within 3 s"):
        login(key).authenticate(FakeTransport(slow))
