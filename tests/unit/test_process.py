"""Local programs: their bounds, their ends, and what they are told."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from podwright.process import Completed, ProcessError, end, run, shell, start


def sh(line: str, seconds: float = 60, **options) -> Completed:
    return run(shell(line), seconds=seconds, **options)


def alive(pid_file: Path) -> bool:
    """Whether it still runs a while later; what is dead but not yet reaped has no command line."""
    cmdline, deadline = Path(f"/proc/{pid_file.read_text().strip()}/cmdline"), time.monotonic() + 60
    while cmdline.exists() and cmdline.read_bytes():
        if time.monotonic() > deadline:
            return True
        time.sleep(0.01)
    return False


def test_both_streams_and_the_status_come_back_apart() -> None:
    assert sh("echo out; echo err >&2; exit 7") == Completed(7, b"out\n", b"err\n")


def test_a_signal_is_a_negative_status() -> None:
    assert sh("kill -9 $$").exit_status == -9


def test_words_are_no_shells_line() -> None:
    assert run(("printf", "%s", "$HOME; `id`"), seconds=60).stdout == b"$HOME; `id`"


def test_input_of_any_size_is_sent_while_output_comes() -> None:
    text = b"x" * 900_000
    assert run(("cat",), seconds=60, stdin=text).stdout == text


def test_input_that_is_not_read_is_no_failure() -> None:
    assert run(("true",), seconds=60, stdin=b"x" * 900_000) == Completed(0)


def test_without_input_it_reads_an_end() -> None:
    assert sh("cat; echo end").stdout == b"end\n"


def test_it_sees_the_environment_that_it_is_given_and_no_other(monkeypatch) -> None:
    monkeypatch.setenv("OURS", "1")
    assert sh("echo $OURS$GIVEN", env={"GIVEN": "2"}).stdout == b"2\n"


def test_a_program_is_found_on_the_path_that_it_is_given(tmp_path: Path) -> None:
    program = tmp_path / "only-here"
    program.write_text("#!/bin/sh\necho found\n")
    program.chmod(0o755)
    assert run(("only-here",), seconds=60, env={"PATH": f"{tmp_path}:/bin"}).stdout == b"found\n"
    with pytest.raises(ProcessError, match="there is no such program"):
        run(("only-here",), seconds=60)


def test_what_cannot_be_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("no program")
    with pytest.raises(ProcessError, match="it cannot be started: Permission denied"):
        run((str(tmp_path / "plain"),), seconds=60)
    with pytest.raises(ProcessError, match="it cannot be started: embedded null byte"):
        run(("a\0b",), seconds=60)


@pytest.mark.parametrize("redirect", ["", " >&2"])
def test_endless_output_ends_it(redirect: str, tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match=r"it printed more than \d+ KiB"):
        sh(f"echo $$ >{tmp_path}/pid; yes{redirect}")
    assert not alive(tmp_path / "pid")


def test_output_that_nobody_wants_has_no_bound() -> None:
    assert sh("head -c 3000000 /dev/zero; echo err >&2", capture=False) == Completed(0)


@pytest.mark.parametrize("capture", [True, False])
def test_past_its_time_it_ends_with_all_that_it_started(capture: bool, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    line = f"trap '' TERM HUP; sleep 600 & echo $! >{pid}; wait; sleep 600"
    # a busy machine may take longer to begin it
    for seconds in (0.3, 3, 30):
        with pytest.raises(ProcessError, match=f"it did not end within {seconds:g} s"):
            sh(line, seconds=seconds, capture=capture)
        if pid.exists() and pid.read_text():
            break
    assert not alive(pid)


def test_what_it_left_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    assert sh(f"sleep 600 & echo $! >{tmp_path}/pid; echo done").stdout == b"done\n"
    subprocess.run(["kill", (tmp_path / "pid").read_text().strip()], check=True)


def test_one_that_talks_to_the_person_keeps_the_terminals_streams() -> None:
    code = (
        "from podwright.process import run, shell\n"
        "print(run(shell('read -r line; echo $line; echo err >&2'), seconds=60, interactive=True))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=b"typed\n", capture_output=True, check=True)
    assert b"stdout=b'typed\\n', stderr=b''" in done.stdout
    assert done.stderr == b"err\n"


def test_an_end_is_by_term_first_and_by_kill_after_the_grace(tmp_path: Path) -> None:
    for trap, grace, status in (("exit 3", 60, 3), ("", 0.5, -9)):
        process = start(
            shell(f"trap '{trap}' TERM; echo ready; sleep 600 & wait; wait; sleep 600"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with process.stdout:
            assert process.stdout.read(6) == b"ready\n"
        end(process, grace=grace)
        assert process.returncode == status
