"""Logging in to a real sshd: the agent, key files, certificates, and what each refusal says."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.fakes.programs import run
from tests.fakes.sshd import Sshd, make_key, running_sshd

from podwright.errors import AuthenticationError
from podwright.remote.ssh.connection import SshClient
from podwright.secret import Secret

KINDS = ("ed25519", "ecdsa", "rsa")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for kind in KINDS:
        make_key(folder / kind, kind, comment=f"{kind} key")
        make_key(folder / f"{kind}_locked", kind, passphrase="open sesame", comment=f"{kind} locked")
    for number in range(8):
        make_key(folder / f"stranger{number}", "ed25519", comment=f"stranger {number}")
    return folder


@pytest.fixture(scope="module")
def server(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("sshd")
    make_key(folder / "user_key", "ed25519")
    (folder / "authorized_keys").write_text(
        "".join(p.read_text() for k in KINDS for p in keys.glob(f"{k}*.pub"))
    )
    with running_sshd(folder) as running:
        yield running


@pytest.fixture(autouse=True)
def no_agent_and_no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def listens(path: Path) -> bool:
    """A socket's file is there an instant before it can be connected to."""
    with socket.socket(socket.AF_UNIX) as one:
        return one.connect_ex(str(path)) == 0


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real, empty ssh-agent, in SSH_AUTH_SOCK."""
    path = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    try:
        while not listens(path):
            assert process.poll() is None
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        yield path
    finally:
        process.terminate()
        process.wait()


def add(key: Path) -> None:
    """Add a key, unlocking it with the passphrase of the fixture."""
    ask = key.parent / "ask"
    ask.write_text("#!/bin/sh\necho open sesame\n")
    ask.chmod(0o700)
    environment = {**os.environ, "SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run(["ssh-add", "-q", str(key)], check=True, env=environment, capture_output=True)


def log_in(server: Sshd, key: Path | None = None, config: Path | None = None, **options: object) -> bytes:
    options.setdefault("config_file", config or Path("none"))
    node = server.node(private_key_file=str(key) if key else None)
    with SshClient(server.options(**options)) as client, client.connect(node) as host:
        return run(host, "echo in", timeout=60).stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_file_of_each_kind_lets_us_in(server: Sshd, keys: Path, kind: str) -> None:
    assert log_in(server, keys / kind) == b"in\n"


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_a_key_in_the_old_pem_format_lets_us_in(server: Sshd, keys: Path, tmp_path: Path, kind: str) -> None:
    key = tmp_path / "pem"
    key.write_text((keys / kind).read_text())
    key.chmod(0o600)
    subprocess.run(
        ["ssh-keygen", "-q", "-p", "-m", "PEM", "-N", "", "-f", str(key)], check=True, capture_output=True
    )
    assert "OPENSSH" not in key.read_text()
    assert log_in(server, key) == b"in\n"


def test_default_names_in_the_home_folder_are_tried(server: Sshd, keys: Path, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ecdsa").write_text((keys / "ecdsa").read_text())
    (tmp_path / ".ssh" / "id_ecdsa").chmod(0o600)
    assert log_in(server) == b"in\n"


def test_identity_files_of_ssh_config_are_tried(server: Sshd, keys: Path, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        f"IdentityFile {tmp_path}/missing\nIdentityFile {keys}/stranger0\nIdentityFile {keys}/rsa\n"
    )
    assert log_in(server, config=config) == b"in\n"


def test_identity_file_none_means_no_file(server: Sshd, keys: Path, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_rsa").write_text((keys / "rsa").read_text())
    (tmp_path / ".ssh" / "id_rsa").chmod(0o600)
    (tmp_path / "config").write_text("IdentityFile none\n")
    with pytest.raises(AuthenticationError, match="there was nothing to try") as failure:
        log_in(server, config=tmp_path / "config")
    assert "name a key with `ansible_ssh_private_key_file` or `--private-key`" in failure.value.hint


def test_an_account_that_passwd_does_not_know_logs_in(
    server: Sshd, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container's own number: paramiko's reader of ssh_config asks passwd for a name, and raises."""

    def unknown(uid: int) -> pwd.struct_passwd:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert log_in(server, keys / "ed25519") == b"in\n"


def test_what_fabric_s_own_files_say_means_nothing(server: Sshd, keys: Path, tmp_path: Path) -> None:
    (tmp_path / ".fabric.yaml").write_text("run: [this, is: no configuration\n")
    assert log_in(server, keys / "ed25519") == b"in\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_locked_key_asks_for_its_passphrase(server: Sshd, keys: Path, kind: str) -> None:
    asked: list[str] = []
    found = log_in(
        server, keys / f"{kind}_locked", passphrase=lambda path: asked.append(path) or Secret("open sesame")
    )
    assert (found, asked) == (b"in\n", [str(keys / f"{kind}_locked")])


def test_a_passphrase_is_asked_once_for_many_threads_and_nodes(server: Sshd, keys: Path) -> None:
    asked: list[str] = []
    options = server.options(passphrase=lambda path: asked.append(path) or Secret("open sesame"))
    node = server.node(private_key_file=str(keys / "rsa_locked"))
    with SshClient(options) as client, ThreadPoolExecutor(8) as pool:

        def visit(_number: int) -> bytes:
            with client.connect(node) as host:
                return run(host, "echo in", timeout=60).stdout

        assert list(pool.map(visit, range(16))) == [b"in\n"] * 16
    assert len(asked) == 1


def test_a_wrong_passphrase_is_said_once_asked_once_and_never_shown(server: Sshd, keys: Path) -> None:
    asked: list[str] = []
    options = server.options(passphrase=lambda path: asked.append(path) or Secret("wrong-secret"))
    with SshClient(options) as client:
        for _ in range(2):
            with (
                pytest.raises(AuthenticationError, match="wrong passphrase") as caught,
                client.connect(server.node(private_key_file=str(keys / "ed25519_locked"))),
            ):
                pass
            assert "wrong-secret" not in str(caught.value) + caught.value.hint
    assert len(asked) == 1


def test_a_locked_key_that_is_not_needed_is_not_asked_about(server: Sshd, keys: Path, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(f"IdentityFile {keys}/ed25519\nIdentityFile {keys}/rsa_locked\n")
    assert log_in(server, config=config, passphrase=lambda path: pytest.fail(f"asked for {path}")) == b"in\n"


@pytest.mark.parametrize("kind", KINDS)
def test_the_agent_lets_us_in_with_each_kind(server: Sshd, keys: Path, agent: Path, kind: str) -> None:
    add(keys / kind)
    assert log_in(server) == b"in\n"


def test_a_locked_key_that_the_agent_holds_is_not_asked_about(server: Sshd, keys: Path, agent: Path) -> None:
    add(keys / "rsa_locked")
    passphrase = lambda path: pytest.fail(f"asked for {path}")  # noqa: E731
    assert log_in(server, keys / "rsa_locked", passphrase=passphrase) == b"in\n"


def test_many_keys_in_the_agent_do_not_stand_before_the_named_file(
    server: Sshd, keys: Path, agent: Path
) -> None:
    for number in range(8):
        add(keys / f"stranger{number}")
    assert log_in(server, keys / "ed25519") == b"in\n"


def test_too_many_keys_in_the_agent_are_told_from_a_wrong_key(server: Sshd, keys: Path, agent: Path) -> None:
    for number in range(8):
        add(keys / f"stranger{number}")
    with pytest.raises(
        AuthenticationError, match=r"hung up after \d attempts to log in: tried agent key `stranger"
    ):
        log_in(server)


def test_identities_only_leaves_the_agents_other_keys_alone(
    server: Sshd, keys: Path, agent: Path, tmp_path: Path
) -> None:
    for number in range(8):
        add(keys / f"stranger{number}")
    add(keys / "ed25519")
    config = tmp_path / "config"
    config.write_text(f"IdentitiesOnly yes\nIdentityFile {keys}/ed25519\n")
    assert log_in(server, config=config) == b"in\n"


def test_identity_agent_points_to_another_agent_or_to_none(
    server: Sshd, keys: Path, agent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(keys / "ed25519")
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "dead"))
    config = tmp_path / "config"
    config.write_text(f"IdentityAgent {agent}\n")
    assert log_in(server, config=config) == b"in\n"
    monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
    config.write_text("IdentityAgent none\n")
    with pytest.raises(AuthenticationError, match="there was nothing to try"):
        log_in(server, config=config)


def test_the_agent_serves_many_threads_at_once(server: Sshd, keys: Path, agent: Path) -> None:
    add(keys / "rsa")
    with SshClient(server.options()) as client, ThreadPoolExecutor(12) as pool:

        def visit(_number: int) -> bytes:
            with client.connect(server.node(private_key_file=None)) as host:
                return run(host, "echo in", timeout=60).stdout

        assert list(pool.map(visit, range(24))) == [b"in\n"] * 24


def test_a_dead_agent_is_passed_over_and_mentioned(
    server: Sshd, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "dead"))
    assert log_in(server, keys / "ed25519") == b"in\n"
    with pytest.raises(AuthenticationError, match=f"the agent at `{tmp_path}/dead`"):
        log_in(server, keys / "stranger0")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by_agent", [False, True])
def test_a_certificate_beside_the_key_lets_us_in(
    keys: Path, tmp_path: Path, kind: str, by_agent: bool, request: pytest.FixtureRequest
) -> None:
    make_key(tmp_path / "authority", "ed25519")
    make_key(tmp_path / "mine", kind)
    with running_sshd(
        tmp_path / "sshd", extra_config=f"TrustedUserCAKeys {tmp_path}/authority.pub\n"
    ) as server:
        sign = ["ssh-keygen", "-q", "-s", str(tmp_path / "authority"), "-I", "me", "-n", server.user]
        subprocess.run([*sign, str(tmp_path / "mine.pub")], check=True)
        if by_agent:
            request.getfixturevalue("agent")
            add(tmp_path / "mine")
        assert log_in(server, tmp_path / "mine") == b"in\n"
        assert "ID me" in server.log


def test_a_refused_key_says_what_was_tried_and_what_the_node_takes(server: Sshd, keys: Path) -> None:
    with pytest.raises(AuthenticationError) as caught:
        log_in(server, keys / "stranger1")
    where = f"`{server.user}` at 127.0.0.1:{server.port}"
    assert caught.value.message == f"cp-1: {where} refused the log-in: tried key `{keys}/stranger1`"
    by_hand = f"ssh -p {server.port} -i {keys}/stranger1 {server.user}@127.0.0.1"
    assert caught.value.hint.startswith(f"try by hand: `{by_hand}`;")


def test_a_password_that_the_node_does_not_take_is_never_shown(server: Sshd, keys: Path) -> None:
    with pytest.raises(AuthenticationError) as caught:
        log_in(server, keys / "stranger1", password=Secret("hunter22"))
    assert "hunter22" not in str(caught.value) + caught.value.hint
    assert caught.value.message.endswith("the password")
    assert caught.value.hint.startswith("it takes publickey; try by hand")


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (None, 0, "does not exist"),
        ("not a key", 0o600, "is not a private key"),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
            0o600,
            "is damaged",
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            0o600,
            "in a format that is not read",
        ),
        ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", 0o600, "is damaged"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END", 0o644, "has mode 0644: others could read it"),
    ],
)
def test_a_named_key_file_that_cannot_be_used_is_an_error_that_says_why(
    server: Sshd, tmp_path: Path, content: str | None, mode: int, message: str
) -> None:
    key = tmp_path / "key"
    if content is not None:
        key.write_text(content)
        key.chmod(mode)
    with pytest.raises(AuthenticationError) as caught:
        log_in(server, key)
    assert caught.value.message.startswith("cp-1: ")
    assert str(key) in caught.value.message
    assert message in caught.value.message
    assert caught.value.hint


def test_a_public_key_is_named_as_the_mistake_it_is(server: Sshd, keys: Path) -> None:
    with pytest.raises(AuthenticationError, match="is not a private key"):
        log_in(server, keys / "ed25519.pub")


def test_an_rsa_key_is_parsed_once_for_a_fleet(
    server: Sshd, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import paramiko

    parsed, lock = [], threading.Lock()
    original = paramiko.RSAKey.from_private_key_file.__func__

    def counted(cls, filename, password=None):
        with lock:
            parsed.append(filename)
        return original(cls, filename, password)

    monkeypatch.setattr(paramiko.RSAKey, "from_private_key_file", classmethod(counted))
    with SshClient(server.options()) as client, ThreadPoolExecutor(8) as pool:

        def visit(_number: int) -> int:
            with client.connect(server.node(private_key_file=str(keys / "rsa"))) as host:
                return run(host, "true", timeout=60).exit_status

        assert list(pool.map(visit, range(16))) == [0] * 16
    assert parsed == [str(keys / "rsa")]
