"""What every Host promises, held against this machine's sh and a real OpenSSH server."""

from __future__ import annotations

import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.fakes.programs import Finished, run
from tests.fakes.sshd import free_port

from podwright.errors import (
    HostileOutputError,
    HostTimeoutError,
    PortClosedError,
    ProgramError,
)
from podwright.remote.host import Host


@pytest.fixture(autouse=True)
def _this_process_may_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link on which a program has passed its deadline is cut if that is not noticed for a second."""
    monkeypatch.setattr("podwright.remote.ssh.host._GRACE_SECONDS", 60.0)


def wait_until_gone(argument: str, seconds: float = 60.0) -> list[str]:
    """Return the command lines that still hold `argument` after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while (left := running(argument)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def wait_until_running(argument: str, seconds: float = 60.0) -> list[str]:
    """Return the command lines that hold `argument` as soon as there are any, after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := running(argument)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def running(argument: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if argument.encode() in words:
            found.append(b" ".join(words).decode())
    return found


def unique_seconds() -> str:
    return f"{secrets.randbelow(10**6) + 10**6}"


def test_both_streams_and_the_status_come_back_apart(host: Host) -> None:
    assert run(host, "echo out; echo err >&2; exit 7", timeout=60) == Finished(7, b"out\n", b"err\n")


@pytest.mark.parametrize("status", [0, 1, 124, 125, 127, 255])
def test_every_status_comes_back_as_it_is(host: Host, status: int) -> None:
    assert run(host, f"(exit {status})", timeout=60).exit_status == status


def test_output_without_a_line_end_and_with_nul_bytes_comes_back_whole(host: Host) -> None:
    assert run(host, r"printf 'a\000b\377'", timeout=60).stdout == b"a\0b\xff"


def test_a_large_program_arrives_intact(host: Host) -> None:
    text = "".join(f"{n} {secrets.token_hex(40)} $HOME `id` \\ ' \"\n" for n in range(6000))
    result = run(host, f"sha256sum <<'E_O_F'\n{text}E_O_F\n", timeout=60)
    assert result.stdout.split()[0].decode() == hashlib.sha256(text.encode()).hexdigest()


def test_text_that_is_no_unicode_arrives_byte_for_byte(host: Host) -> None:
    program = b"printf %s '\xff\xfe\xc3\xa9'".decode("utf-8", "surrogateescape")
    assert run(host, program, timeout=60).stdout == b"\xff\xfe\xc3\xa9"


def test_a_command_that_reads_standard_input_does_not_eat_the_program(host: Host) -> None:
    assert run(host, "cat; read -r line; echo still here", timeout=60).stdout == b"still here\n"


@pytest.mark.parametrize(
    "program", ["echo a # no line end after this", "echo a;", "echo a\n\n\n", "{ echo a\n}"]
)
def test_a_program_may_end_as_it_likes(host: Host, program: str) -> None:
    assert run(host, program, timeout=60).stdout == b"a\n"


def test_nothing_of_a_program_with_a_syntax_error_runs(host: Host) -> None:
    result = run(host, "echo started\nif true; then echo half\n", timeout=60)
    assert result.exit_status > 0
    assert result.stdout == b""
    assert result.stderr != b""


def test_five_megabytes_on_both_streams_at_once_come_back_whole(host: Host) -> None:
    program = "head -c 5000000 /dev/zero & head -c 5000000 /dev/zero >&2 & wait; echo end; exit 7"
    result = run(host, program, timeout=60)
    assert (len(result.stdout), len(result.stderr)) == (5_000_004, 5_000_000)
    assert result.stdout.endswith(b"end\n")


def test_characters_across_chunk_borders_stay_whole(host: Host) -> None:
    program = "i=0; while [ $i -lt 4000 ]; do printf 'é€😀'; i=$((i+1)); done"
    assert run(host, program, timeout=60).stdout.decode("utf-8") == "é€😀" * 4000


def test_a_signal_is_status_minus_one(host: Host) -> None:
    assert run(host, "kill -9 $$", timeout=60).exit_status in (-1, 137)


def test_the_locale_is_plain_whatever_the_log_in_says(host: Host) -> None:
    assert run(host, 'printf %s "$LC_ALL"', timeout=60).stdout == b"C"


def test_folders_of_administrators_are_on_the_path(host: Host) -> None:
    path = run(host, 'printf %s "$PATH"', timeout=60).stdout.decode().split(":")
    assert {"/usr/local/bin", "/usr/sbin", "/sbin"} <= set(path)


def test_programs_share_nothing_but_the_connection(host: Host) -> None:
    run(host, "cd /; leftover=1; export leftover", timeout=60)
    assert run(host, 'printf %s "${leftover-none}"', timeout=60).stdout == b"none"


def test_a_secret_in_a_program_is_in_no_command_line_and_no_environment(host: Host) -> None:
    secret = secrets.token_hex(16)
    program = f"password={secret}\ncat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"
    seen = run(host, program, timeout=60).stdout
    assert b"PATH=" in seen
    assert secret.encode() not in seen


def test_output_is_shown_as_it_comes(host: Host, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    output = host.stream(f"echo one; until [ -e {seen} ]; do sleep 0.05; done; echo two", timeout=60)
    first = next(output)
    seen.touch()
    assert first + b"".join(output) == b"one\ntwo\n"


def test_whoever_has_seen_enough_ends_the_program(host: Host) -> None:
    nap = unique_seconds()
    program = f"echo enough; while echo more; do sleep 0.1; done; sleep {nap}"
    with closing(host.stream(program, timeout=60)) as output:
        assert next(output).startswith(b"enough")
        while b"more" not in next(output):
            pass
    assert wait_until_gone(nap) == []
    assert run(host, "echo usable", timeout=60).stdout == b"usable\n"


def test_nothing_outlives_the_deadline(host: Host) -> None:
    first, second, third = unique_seconds(), unique_seconds(), unique_seconds()
    program = f"trap '' TERM HUP; sleep {first} & (sleep {second}) & sleep {third}; sleep {third}"
    with pytest.raises(HostTimeoutError, match="no end after 4 s"):
        run(host, program, timeout=4)
    assert [wait_until_gone(nap) for nap in (first, second, third)] == [[], [], []]
    assert run(host, "echo usable", timeout=60).stdout == b"usable\n"


def test_endless_output_is_cut_off(host: Host) -> None:
    with pytest.raises(HostileOutputError):
        run(host, "yes 01234567890123456789012345678901234567890123456789", timeout=60)
    assert run(host, "echo usable", timeout=60).stdout == b"usable\n"


def test_endless_errors_are_cut_off(host: Host) -> None:
    with pytest.raises(HostileOutputError):
        run(host, "yes 01234567890123456789012345678901234567890123456789 >&2", timeout=60)


def numbered(pieces: int, size: int, taken: list[int]) -> Iterator[bytes]:
    for number in range(pieces):
        taken.append(number)
        yield bytes([number % 256]) * size


def test_input_of_any_size_arrives_byte_for_byte(host: Host) -> None:
    digest = hashlib.sha256(b"".join(numbered(300, 70_001, []))).hexdigest()
    output = b"".join(host.stream("sha256sum; echo end", numbered(300, 70_001, []), timeout=60))
    assert output.decode().split() == [digest, "-", "end"]
    assert run(host, "echo usable", timeout=60).stdout == b"usable\n"


def test_input_is_taken_no_faster_than_the_program_reads_it(host: Host, tmp_path: Path) -> None:
    taken: list[int] = []
    program = f"echo waits; until [ -e {tmp_path}/read ]; do sleep 0.05; done; wc -c"
    with closing(host.stream(program, numbered(300, 1 << 16, taken), timeout=60)) as output:
        assert b"waits" in next(output)
        time.sleep(0.2)
        early = len(taken)
        (tmp_path / "read").touch()
        assert b"".join(output).split()[-1] == b"19660800"
    assert early < 200
    assert len(taken) == 300


def test_what_a_program_leaves_of_its_input_is_obeyed_by_nobody(host: Host, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    pieces = [b"first\n", *[f"touch {touched}\n".encode()] * 5000]
    output = b"".join(host.stream('read -r line; echo "$line"', pieces, timeout=60))
    assert output == b"first\n"
    assert not touched.exists()
    assert run(host, "echo usable", timeout=60).stdout == b"usable\n"


def test_no_input_is_an_end_at_once_and_a_status_comes_back(host: Host) -> None:
    output = host.stream("cat; echo seen; exit 7", [], timeout=60)
    assert next(output).startswith(b"seen")
    with pytest.raises(ProgramError) as failure:
        list(output)
    assert failure.value.exit_status == 7


def test_a_program_that_does_not_read_its_input_ends_at_its_deadline(host: Host) -> None:
    with pytest.raises(HostTimeoutError):
        list(host.stream("sleep 600", numbered(300, 1 << 16, []), timeout=1))


@contextmanager
def echo_server() -> Iterator[int]:
    """Sends back what it is sent, until it is sent a line end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _address = listener.accept()
            with connection:
                while content := connection.recv(65536):
                    connection.sendall(content)
                    if content.endswith(b"\n"):
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join(60)


def test_a_port_of_the_node_is_a_byte_stream(dialling_host: Host) -> None:
    content = secrets.token_bytes(300_000).replace(b"\n", b"n")
    with echo_server() as port, closing(dialling_host.dial("127.0.0.1", port, timeout=60)) as stream:
        stream.send(content)
        received = b""
        while len(received) < len(content):
            received += stream.receive()
        assert received == content
        stream.send(b"bye\n")
        assert stream.receive() == b"bye\n"
        assert stream.receive() == b"", "the other end hung up"


def test_a_port_that_nobody_listens_on_is_unreachable(dialling_host: Host) -> None:
    with pytest.raises(PortClosedError, match=f"cannot connect to 127.0.0.1:{(port := free_port())}"):
        dialling_host.dial("127.0.0.1", port, timeout=60)
    assert run(dialling_host, "echo usable", timeout=60).stdout == b"usable\n"


def test_a_port_that_says_nothing_is_waited_for_until_the_deadline(dialling_host: Host) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        closing(dialling_host.dial("127.0.0.1", listener.getsockname()[1], timeout=4)) as stream,
        pytest.raises(HostTimeoutError, match="did not answer in time"),
    ):
        stream.receive()
    assert run(dialling_host, "echo usable", timeout=60).stdout == b"usable\n"
