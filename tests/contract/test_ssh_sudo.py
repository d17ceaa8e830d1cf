"""Becoming root with a real sudo, as a real unprivileged user."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.test_host_contract import unique_seconds, wait_until_gone
from tests.fakes.machine_users import MachineUser, machine_user, require_root
from tests.fakes.programs import Finished, run
from tests.fakes.sshd import Sshd, open_folder, running_sshd

from podwright.errors import AuthenticationError, HostError, HostTimeoutError
from podwright.remote.ssh.connection import SshClient
from podwright.secret import Secret


@pytest.fixture(scope="module")
def user() -> Iterator[MachineUser]:
    with machine_user() as made:
        yield made


@pytest.fixture
def other() -> Iterator[MachineUser]:
    with machine_user() as made:
        yield made


@pytest.fixture(autouse=True)
def fresh_log(user: MachineUser) -> None:
    user.sudo_log.unlink(missing_ok=True)


def become(
    sshd: Sshd, user: MachineUser, program: str = "id -un", password: str | None = None, **connection: object
) -> Finished:
    secret = Secret(password) if password is not None else None
    node = sshd.node(user=user.name, become=True, become_password=secret, **connection)
    with SshClient(sshd.options()) as client, client.connect(node) as host:
        return run(host, program, timeout=60)


def test_a_user_without_a_password_to_give_becomes_root_where_none_is_asked(
    sshd: Sshd, user: MachineUser
) -> None:
    user.allow("USER ALL=(ALL) NOPASSWD: ALL")
    assert become(sshd, user, "id -un; exit 7") == Finished(7, b"root\n", b"")


def test_the_right_password_makes_us_root(sshd: Sshd, user: MachineUser) -> None:
    user.allow("USER ALL=(ALL) ALL")
    done = become(sshd, user, "id -un; exit 7", password=user.password)
    assert done == Finished(7, b"root\n", b"")


RULES = {
    "password": ["USER ALL=(ALL) ALL"],
    "no password": ["USER ALL=(ALL) NOPASSWD: ALL"],
    "no password for sh alone": ["USER ALL=(ALL) NOPASSWD: /bin/sh"],
    "a lecture": ["Defaults:USER lecture=always", "USER ALL=(ALL) ALL"],
    "a terminal of its own": ["Defaults:USER use_pty", "USER ALL=(ALL) ALL"],
    "a terminal of its own, no password": ["Defaults:USER use_pty", "USER ALL=(ALL) NOPASSWD: ALL"],
    "a password for each run": ["Defaults:USER timestamp_timeout=0", "USER ALL=(ALL) ALL"],
}


@pytest.mark.parametrize("rules", RULES)
def test_the_program_arrives_intact_and_the_password_arrives_nowhere(
    sshd: Sshd, user: MachineUser, rules: str
) -> None:
    user.allow(*RULES[rules])
    text = "".join(f"{secrets.token_hex(30)} $x `y` \\\n" for _ in range(3000))
    program = f"sha256sum <<'E_O_F'\n{text}E_O_F\nid -un; cat; env; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>&1\n"
    node = sshd.node(user=user.name, become=True, become_password=Secret(user.password))
    with SshClient(sshd.options()) as client, client.connect(node) as host:
        for _ in range(3):
            result = run(host, program, timeout=60)
            assert result.stdout.startswith(
                hashlib.sha256(text.encode()).hexdigest().encode() + b"  -\nroot\n"
            )
            assert user.password.encode() not in result.stdout + result.stderr
            assert b"lecture" not in result.stderr.lower()
            assert b"podwright-" not in result.stderr
    assert user.password not in user.sudo_log.read_text() + sshd.log


def test_a_wrong_password_is_tried_once_and_never_shown(sshd: Sshd, user: MachineUser) -> None:
    user.allow("USER ALL=(ALL) ALL")
    with pytest.raises(AuthenticationError, match="cp-1: sudo refused the password") as caught:
        become(sshd, user, "touch /tmp/must-not-be", password="wrong-secret")
    assert "-K" in caught.value.hint
    assert "wrong-secret" not in f"{caught.value}{caught.value.hint}{caught.value.__cause__!r}"
    log = user.sudo_log.read_text() if user.sudo_log.exists() else ""
    assert "3 incorrect" not in log
    assert "2 incorrect" not in log
    assert not Path("/tmp/must-not-be").exists()


@pytest.mark.parametrize(
    ("rules", "message", "hint"),
    [
        (["USER ALL=(ALL) ALL"], "sudo wants a password to become `root`, and none was given", "-K"),
        ([], "sudo wants a password to become `root`, and none was given", "sudoers"),
        (
            ["Defaults:USER requiretty", "USER ALL=(ALL) NOPASSWD: ALL"],
            "wants a terminal (`requiretty`)",
            "!requiretty",
        ),
        (["USER ALL=(ALL) NOPASSWD: /bin/true"], "sudo", "sudoers"),
    ],
)
def test_each_refusal_of_sudo_says_what_to_do(
    sshd: Sshd, user: MachineUser, rules: list[str], message: str, hint: str
) -> None:
    user.allow(*rules)
    with pytest.raises(AuthenticationError) as caught:
        become(sshd, user)
    assert caught.value.message.startswith("cp-1: ")
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_user_outside_sudoers_who_gives_a_password_is_told(sshd: Sshd, user: MachineUser) -> None:
    user.allow()
    with pytest.raises(AuthenticationError, match="the log-in user may not use sudo") as caught:
        become(sshd, user, password=user.password)
    assert user.password not in f"{caught.value}{caught.value.hint}"


def test_one_may_become_somebody_else_than_root(sshd: Sshd, user: MachineUser, other: MachineUser) -> None:
    user.allow(f"USER ALL=({other.name}) ALL")
    result = become(sshd, user, password=user.password, become_user=other.name)
    assert result.stdout.decode() == f"{other.name}\n"


def test_becoming_nobody_who_exists_is_told(sshd: Sshd, user: MachineUser) -> None:
    user.allow("USER ALL=(ALL) NOPASSWD: ALL")
    with pytest.raises(AuthenticationError, match="there is no user `nosuchuser` on the node"):
        become(sshd, user, become_user="nosuchuser")


@pytest.mark.parametrize("name", ["x; touch /tmp/injected", "-i", "$(id)", "a'b", "", "a\nb"])
def test_a_user_name_is_never_read_by_a_shell(sshd: Sshd, user: MachineUser, name: str) -> None:
    with pytest.raises(HostError, match="is not a user name"):
        become(sshd, user, become_user=name)
    assert not Path("/tmp/injected").exists()


def test_becoming_who_one_is_needs_no_sudo(sshd: Sshd, user: MachineUser) -> None:
    user.allow()
    assert become(sshd, user, become_user=user.name).stdout.decode() == f"{user.name}\n"


@pytest.fixture(scope="module")
def without_sudo() -> Iterator[Sshd]:
    """A server whose log-ins find no sudo, as in a container."""
    with open_folder() as folder:
        (folder / "bin").mkdir()
        for name in ("id", "cat", "sleep", "timeout"):
            (folder / "bin" / name).symlink_to(f"/usr/bin/{name}")
        with running_sshd(folder, extra_config=f"SetEnv PATH={folder}/bin SHLVL=2\n") as server:
            yield server


def test_a_node_without_sudo_says_so(without_sudo: Sshd, user: MachineUser) -> None:
    with pytest.raises(
        AuthenticationError, match="there is no sudo on the node, so the log-in user cannot become `root`"
    ):
        become(without_sudo, user)


def test_root_needs_no_sudo_to_be_root(without_sudo: Sshd) -> None:
    require_root()
    node = without_sudo.node(become=True)
    with SshClient(without_sudo.options()) as client, client.connect(node) as host:
        assert run(host, "id -un", timeout=60).stdout == b"root\n"


def test_the_command_line_may_ask_for_sudo_too(sshd: Sshd, user: MachineUser) -> None:
    user.allow("USER ALL=(ALL) ALL")
    options = sshd.options(become=True, become_password=Secret(user.password))
    with SshClient(options) as client, client.connect(sshd.node(user=user.name)) as host:
        assert run(host, "id -un", timeout=60).stdout == b"root\n"


@pytest.mark.parametrize("rules", ["no password", "a terminal of its own, no password"])
def test_nothing_that_root_started_outlives_the_deadline(sshd: Sshd, user: MachineUser, rules: str) -> None:
    user.allow(*RULES[rules])
    nap, other_nap = unique_seconds(), unique_seconds()
    node = sshd.node(user=user.name, become=True)
    with SshClient(sshd.options()) as client, client.connect(node) as host, pytest.raises(HostTimeoutError):
        run(host, f"trap '' TERM HUP; sleep {nap} & sleep {other_nap}", timeout=1)
    assert (wait_until_gone(nap), wait_until_gone(other_nap)) == ([], [])


def test_a_password_lets_a_user_in_where_the_node_takes_it(user: MachineUser) -> None:
    with open_folder() as folder, running_sshd(folder, extra_config="PasswordAuthentication yes\n") as sshd:
        node = sshd.node(user=user.name, private_key_file=None, password=Secret(user.password))
        with SshClient(sshd.options()) as client, client.connect(node) as host:
            assert run(host, "id -un", timeout=60).stdout.decode() == f"{user.name}\n"
        assert user.password not in sshd.log


@pytest.mark.parametrize("shell", ["/bin/bash", "/bin/dash", "/usr/sbin/nologin"])
def test_each_log_in_shell_either_works_or_is_named(sshd: Sshd, shell: str) -> None:
    with (
        machine_user(shell) as user,
        SshClient(sshd.options()) as client,
        client.connect(sshd.node(user=user.name)) as host,
    ):
        if "nologin" not in shell:
            assert run(host, "echo in", timeout=60).stdout == b"in\n"
            return
        with pytest.raises(AuthenticationError, match=r"ended with 1 before it ran anything: `This account"):
            run(host, "echo in", timeout=60)


def test_what_log_in_scripts_say_is_no_output_of_ours(sshd: Sshd) -> None:
    with machine_user("/bin/bash") as user:
        (user.home / ".bashrc").write_text(f"echo welcome; echo noise >&2; touch {user.home}/was-read\n")
        (user.home / ".bashrc").chmod(0o644)
        with (
            open_folder() as folder,
            running_sshd(folder, extra_config="SetEnv SHLVL=0\n") as noisy,
            SshClient(noisy.options()) as client,
            client.connect(noisy.node(user=user.name)) as host,
        ):
            assert run(host, "echo in; exit 7", timeout=60) == Finished(7, b"in\n", b"")
        assert (user.home / "was-read").exists()
