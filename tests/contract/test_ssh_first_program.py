"""A connection's first program where it may stand on the command line: by sshd, and by the log-in shells people have."""

from __future__ import annotations

import secrets
import shutil
import subprocess

import pytest
from tests.contract.test_host_contract import unique_seconds, wait_until_gone, wait_until_running
from tests.fakes.programs import Finished, run
from tests.fakes.sshd import Sshd

from podwright.errors import HostTimeoutError
from podwright.remote.ssh.connection import SshClient
from podwright.remote.ssh.program_text import command_line, program_input

ODD = "a 'b' \"c\" \\d \\\\ \\n \\0101 %s %% !e $HOME `id` *? ~ # é \ud800x\t;&|<>(){}[]"


@pytest.fixture(autouse=True)
def _this_process_may_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link on which a program has passed its deadline is cut if that is not noticed for a second."""
    monkeypatch.setattr("podwright.remote.ssh.host._GRACE_SECONDS", 60.0)


@pytest.fixture
def client(sshd: Sshd):
    with SshClient(sshd.options()) as opened:
        yield opened


def test_it_runs_as_any_other(sshd: Sshd, client: SshClient) -> None:
    with client.connect(sshd.node()) as host:
        result = run(host, "echo out; echo err >&2; exit 7", timeout=60, secret=False, watchdog=False)
    assert result == Finished(7, b"out\n", b"err\n")


def test_any_text_arrives_as_it_is(sshd: Sshd, client: SshClient) -> None:
    text = ODD.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    with client.connect(sshd.node()) as host:
        result = run(host, f"cat <<'E_O_F'\n{text}\nE_O_F", timeout=60, secret=False, watchdog=False)
    assert result.stdout == text.encode("utf-8", "surrogateescape") + b"\n"


def test_what_follows_shares_nothing_and_stands_on_no_command_line(sshd: Sshd, client: SshClient) -> None:
    secret = secrets.token_hex(16)
    look = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"
    with client.connect(sshd.node()) as host:
        run(
            host, "cd /tmp; leftover=1; export leftover; set -- 1 2", timeout=60, secret=False, watchdog=False
        )
        assert run(host, 'echo "${leftover-none} $#"', timeout=60).stdout.startswith(b"none ")
        seen = run(host, f"password={secret}\n{look}", timeout=60, secret=False, watchdog=False).stdout
    assert b"PATH=" in seen
    assert secret.encode() not in seen


def test_nothing_of_one_with_a_syntax_error_runs(sshd: Sshd, client: SshClient) -> None:
    with client.connect(sshd.node()) as host:
        result = run(
            host, "echo started\nif true; then echo half\n", timeout=60, secret=False, watchdog=False
        )
        assert (result.exit_status > 0, result.stdout) == (True, b"")
        assert run(host, "echo usable", timeout=60).stdout == b"usable\n"


def test_it_ends_with_the_next_word_once_nobody_listens(sshd: Sshd, client: SshClient) -> None:
    seconds = unique_seconds()
    with client.connect(sshd.node()) as host:
        with pytest.raises(HostTimeoutError, match="no end after 4 s"):
            run(
                host,
                f"while echo on; do sleep 0.1; done; sleep {seconds}",
                timeout=4,
                secret=False,
                watchdog=False,
            )
        assert run(host, "echo usable", timeout=60).stdout == b"usable\n"
    assert wait_until_gone(seconds) == []


def test_the_one_that_follows_has_a_watchdog_which_goes_with_the_connection(
    sshd: Sshd, client: SshClient
) -> None:
    seconds, nap = unique_seconds(), unique_seconds()
    with client.connect(sshd.node()) as host:
        run(host, "echo first", timeout=60, secret=False, watchdog=False)
        run(host, "echo second", timeout=float(seconds))
        assert wait_until_running(seconds)
        with pytest.raises(HostTimeoutError, match="no end after 4 s"):
            run(host, f"trap '' TERM HUP; sleep {nap} & sleep {nap}", timeout=4)
    assert [wait_until_gone(argument) for argument in (seconds, nap)] == [[], []]


@pytest.mark.parametrize("shell", ["sh", "bash", "busybox sh", "tcsh", "fish"])
def test_every_log_in_shell_passes_it_on_unharmed(shell: str) -> None:
    words = shell.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"no {words[0]} on this machine")
    text = program_input(f"cat <<'E_O_F'\n{ODD[:-20]}\nE_O_F", "M", first=True)
    done = subprocess.run(
        [*words, "-c", f"exec {command_line(text)}"], input=b"", capture_output=True, check=False, timeout=30
    )
    assert done.stdout == b"M\n" + ODD[:-20].encode() + b"\n\nM 0\n"
