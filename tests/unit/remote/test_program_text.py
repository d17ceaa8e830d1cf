"""The receiver and the watchdog, run by the shells that nodes have."""

from __future__ import annotations

import secrets
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from podwright.remote.program_text import program_input, receiver

SHELLS = {
    "dash": ["/bin/dash"],
    "bash": ["/bin/bash", "--posix"],
    "busybox": ["/bin/busybox", "sh"],
}


@pytest.fixture(params=sorted(SHELLS))
def shell(request: pytest.FixtureRequest) -> list[str]:
    words = SHELLS[request.param]
    if not shutil.which(words[0]):
        pytest.skip(f"no {words[0]} on this machine")
    return words


def run(
    words: list[str], text: bytes, marker: str = "M", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the receiver with a given shell in place of /bin/sh."""
    command = shlex.split(receiver(marker))
    variables = {"PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(
        [*words, *command[1:]], input=text, capture_output=True, env=variables, check=False, timeout=30
    )


def test_the_receiver_marks_both_streams_and_runs_the_program(shell: list[str]) -> None:
    done = run(shell, program_input("echo out; echo err >&2; exit 3", "M", 5))
    assert (done.returncode, done.stdout, done.stderr) == (3, b"M\nout\n", b"M\nerr\n")


def test_what_comes_before_the_marker_is_dropped_unread(shell: list[str]) -> None:
    done = run(shell, b"hunter22 $(touch /tmp/x)\n\\\n" + program_input("echo out", "M", 5))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"M\nout\n", b"M\n")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_program_that_was_cut_short_does_not_run_at_all(
    shell: list[str], tmp_path: Path, kept: float
) -> None:
    program = "\n".join(f"touch {tmp_path}/step-{n}" for n in range(50))
    text = program_input(program, "M", 5)
    start = text.index(b"{\ntouch")
    run(shell, text[: start + int(kept * (len(text) - start - 20))])
    assert list(tmp_path.iterdir()) == []


def test_no_program_at_all_is_an_error(shell: list[str]) -> None:
    assert run(shell, b"").returncode == 125


def test_the_command_line_is_the_same_for_csh_and_fish() -> None:
    text = receiver("podwright-0f")
    assert "\n" not in text
    assert "!" not in text
    assert text.count("'") == 2


@pytest.fixture
def no_timeout(tmp_path: Path) -> str:
    """A PATH where timeout(1) is busybox's, which ends one process only."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "timeout").symlink_to(shutil.which("busybox") or "/bin/busybox")
    return f"{tmp_path}/bin:/usr/bin:/bin"


def left(argument: str) -> list[str]:
    deadline, found = time.monotonic() + 5, [""]
    while found and time.monotonic() < deadline:
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
        ).stdout
        found = [line for line in listed.splitlines() if argument in line and not line.startswith("ps ")]
        time.sleep(0.02)
    return found


def test_the_watchdog_passes_on_status_and_streams(shell: list[str], no_timeout: str) -> None:
    seconds = str(50_000 + secrets.randbelow(10_000))
    done = run(
        shell, program_input("cat; echo out; echo err >&2; exit 3", "M", int(seconds)), PATH=no_timeout
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, b"M\nout\n", b"M\nerr\n")
    assert left(f"sleep {seconds}") == [], "the watchdog's own nap ends with the program"


def test_the_watchdog_ends_the_program_and_all_it_started(shell: list[str], no_timeout: str) -> None:
    naps = [f"{10**6 + secrets.randbelow(10**6)}" for _ in range(3)]
    program = (
        f"trap '' TERM; sleep {naps[0]} & (sleep {naps[1]}) & sleep {naps[2]}; sleep {naps[2]}; echo never"
    )
    began = time.monotonic()
    done = run(shell, program_input(program, "M", 1), PATH=no_timeout)
    assert time.monotonic() - began < 20
    assert done.returncode != 0
    assert b"never" not in done.stdout
    assert [left(f"sleep {nap}") for nap in naps] == [[], [], []]
