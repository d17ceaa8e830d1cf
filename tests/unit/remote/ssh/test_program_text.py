"""The shell that programs run in, its receiver and its watchdog, by the shells that nodes have."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from podwright.remote.ssh.program_text import preparation, program_input, receiver, watch_over

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


def run(words: list[str], text: bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Feed a new shell, which stands for /bin/sh, with its preparation and `text`."""
    variables = {"PATH": "/usr/bin:/bin", **environment}
    text = preparation() + text
    return subprocess.run(words, input=text, capture_output=True, env=variables, check=False, timeout=60)


def text(program: str, marker: str = "M", bound: float | None = 60, *, first: bool = True) -> bytes:
    return watch_over(bound) + program_input(program, marker, first=first)


def test_a_program_stands_between_two_lines_on_both_streams(shell: list[str]) -> None:
    done = run(shell, text("echo out; echo err >&2; exit 3"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"M\nout\n\nM 3\n", b"M\nerr\n\nM 3\n")


def test_programs_follow_one_another_and_share_nothing(shell: list[str]) -> None:
    first = text("cd /; x=1; export x; trap 'echo bye' EXIT; set -u", "A")
    done = run(shell, first + text("echo ${x-none}; pwd", "B", None, first=False), PWD="/tmp")
    begin, _, rest = done.stdout.partition(b"\nA 0\n")
    assert begin == b"A\nbye\n"
    assert rest.startswith(b"none\n")
    assert rest.endswith(b"\n\nB 0\n")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_program_that_was_cut_short_does_not_run_at_all(
    shell: list[str], tmp_path: Path, kept: float
) -> None:
    program = "\n".join(f"touch {tmp_path}/step-{n}" for n in range(50))
    whole = text(program)
    start, end = whole.index(b"(\ntouch"), whole.rindex(b") </dev/null")
    run(shell, whole[: start + int(kept * (end - start))])
    assert list(tmp_path.iterdir()) == []


def test_a_program_whose_caller_is_gone_does_not_begin(shell: list[str], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    shell_process = subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.DEVNULL)
    os.close(writing)
    shell_process.communicate(preparation() + text(f"touch {tmp_path}/done"), timeout=60)
    assert list(tmp_path.iterdir()) == []


def test_the_receiver_drops_what_sudo_did_not_ask_for_and_becomes_the_shell(shell: list[str]) -> None:
    command = shlex.split(receiver("G"))
    assert command[0] == "/bin/sh"
    sent = b"hunter22 $(touch /tmp/x)\n\\\nG\n" + preparation() + text("echo out")
    done = subprocess.run([*shell, *command[1:]], input=sent, capture_output=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == (b"G\nM\nout\n\nM 0\n", b"G\nM\n\nM 0\n")


def test_a_receiver_that_gets_no_program_is_an_error(shell: list[str]) -> None:
    command = shlex.split(receiver("G"))
    done = subprocess.run([*shell, *command[1:]], input=b"hunter22\n", check=False, timeout=60)
    assert done.returncode == 125


def test_the_command_line_is_the_same_for_csh_and_fish() -> None:
    words = receiver("podwright-0f")
    assert "\n" not in words
    assert "!" not in words
    assert words.count("'") == 2


def left(argument: str) -> list[str]:
    deadline, found = time.monotonic() + 60, [""]
    while found and time.monotonic() < deadline:
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
        ).stdout
        found = [line for line in listed.splitlines() if argument in line and not line.startswith("ps ")]
        time.sleep(0.02)
    return found


def a_nap() -> str:
    return str(10**6 + secrets.randbelow(10**6))


def test_the_watchdog_ends_with_the_shell(shell: list[str]) -> None:
    seconds = a_nap()
    done = run(shell, text("echo out", bound=float(seconds)))
    assert done.stdout == b"M\nout\n\nM 0\n"
    assert left(f"sleep {seconds}") == []


def test_a_new_watchdog_takes_the_place_of_the_one_before(shell: list[str]) -> None:
    first, second = a_nap(), a_nap()
    # one after the other
    listed = f"ps -ww -eo args | grep '^sleep {first}$'"
    listing = (
        f"while {listed}; do sleep 0.05; done; until {listed.replace(first, second)}; do sleep 0.05; done"
    )
    done = run(shell, text("true", "A", float(first)) + text(listing, "B", float(second)))
    assert done.stdout.endswith(f"sleep {second}\n\nB 0\n".encode())


def test_a_watchdog_that_was_released_is_never_ended_again(shell: list[str]) -> None:
    """Its pid may be another process's by then."""
    done = run(shell, text("true", "A") + text('echo "<$dog>"', "B", None, first=False))
    assert b"\nA 0\n<>\n" in done.stdout


@pytest.mark.parametrize("hangs_up", ["HUP", "TERM", "PIPE"])
def test_the_watchdog_ends_with_a_shell_that_is_told_to_end(shell: list[str], hangs_up: str) -> None:
    seconds = a_nap()
    run(shell, text(f"kill -{hangs_up} $$", bound=float(seconds)))
    assert left(f"sleep {seconds}") == []


def test_the_watchdog_ends_the_shell_and_all_it_started(shell: list[str]) -> None:
    naps = [a_nap() for _ in range(3)]
    program = (
        f"trap '' TERM; sleep {naps[0]} & (sleep {naps[1]}) & sleep {naps[2]}; sleep {naps[2]}; echo never"
    )
    done = run(shell, text(program, bound=1))
    assert done.returncode != 0
    assert b"never" not in done.stdout
    assert [left(f"sleep {nap}") for nap in naps] == [[], [], []]
