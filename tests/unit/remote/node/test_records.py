"""Cutting a node's answer into records, however it arrives."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.errors import HostileOutputError
from podwright.remote.node.records import Record, RecordReader, new_nonce, read_records

NONCE = "0123456789abcdef0123456789abcdef"
ANSWER = (
    b"Welcome to n1\n\n@not-the-nonce entry\n"
    b"\n@%(nonce)s begin 1\n"
    b"\n@%(nonce)s entry file 600 0 1 2 we b.yaml \na\x00b\r\n\xff\n\n@012345"
    b"\n@%(nonce)s empty\n"
    b"\n@%(nonce)s end\n"
) % {b"nonce": NONCE.encode()}
RECORDS = [
    Record("begin", "1"),
    Record("entry", "file 600 0 1 2 we b.yaml ", b"a\x00b\r\n\xff\n\n@012345"),
    Record("empty"),
    Record("end"),
]


def read(*chunks: bytes) -> list[Record]:
    reader = RecordReader("n1", NONCE)
    found = [record for chunk in chunks for record in reader.feed(chunk)]
    return [*found, *reader.finish()]


@pytest.mark.parametrize("at", range(len(ANSWER) + 1))
def test_records_are_the_same_wherever_the_stream_is_cut(at) -> None:
    assert read(ANSWER[:at], ANSWER[at:]) == RECORDS


def test_records_are_the_same_byte_by_byte() -> None:
    assert read(*(ANSWER[at : at + 1] for at in range(len(ANSWER)))) == RECORDS


@given(st.lists(st.binary(max_size=40)), st.data())
def test_any_content_travels_unharmed(bodies, data) -> None:
    stream = b"".join(b"\n@%s body\n%s" % (NONCE.encode(), body) for body in bodies)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    chunks = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [record.body for record in read(*chunks)] == bodies


def test_a_record_is_given_once_the_next_begins_and_not_before() -> None:
    reader = RecordReader("n1", NONCE)
    first = f"\n@{NONCE} begin 1\nbody".encode()
    assert list(reader.feed(first)) == []
    assert list(reader.feed(f"\n@{NONCE} ".encode())) == [Record("begin", "1", b"body")]


def test_content_that_imitates_records_is_content() -> None:
    imitation = f"\n@{NONCE[:-1]}0 end\nx@{NONCE} end\n@ {NONCE} end\n@{NONCE}end\n".encode()
    assert read(f"\n@{NONCE} body\n".encode() + imitation) == [Record("body", "", imitation)]


def test_a_name_that_ends_in_a_space_keeps_it() -> None:
    assert read(f"\n@{NONCE} entry web.yaml \n".encode())[0].words == "entry web.yaml "[6:]


def test_nothing_but_a_banner_is_no_record() -> None:
    assert read(b"Welcome\n") == []


@pytest.mark.parametrize("answer", [b"", b"Welcome\n", ANSWER[:-40], ANSWER + f"\n@{NONCE} more\n".encode()])
def test_an_answer_without_its_end_is_no_answer(answer) -> None:
    with pytest.raises(HostileOutputError, match="n1: its answer was cut short"):
        read_records("n1", NONCE, answer)


def test_a_kind_that_is_no_ascii_is_no_answer_of_ours() -> None:
    with pytest.raises(HostileOutputError, match="n1: its answer is not one of our program's"):
        read(f"\n@{NONCE} \xe9\n".encode())


def test_nonces_are_never_the_same() -> None:
    assert len({new_nonce() for _ in range(100)}) == 100
    assert len(new_nonce()) == 32


def costs(program: str) -> tuple[str, float, int]:
    """What a fresh interpreter prints, its CPU seconds, and the most memory it had, in MiB."""
    text = f"""
import re, time
from pathlib import Path
from podwright.errors import HostileOutputError
from podwright.remote.node.files import with_files_apart
from podwright.remote.node.events import EventReader
from podwright.remote.node.lock import parse_lock
from podwright.remote.node.records import Record, RecordReader, read_records
try:
    {program}
except Exception as error:
    print(type(error).__name__, str(error)[:60])
print(time.process_time())
print(int(re.search("VmHWM:(.*) kB", Path("/proc/self/status").read_text())[1]) >> 10)
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    *said, seconds, mebibytes = done.stdout.splitlines()
    return " ".join(said), float(seconds), int(mebibytes)


_MARK = "('\\n@nonce x\\n').encode()"
FLOODS = {
    "an observation of small records": (
        f"read_records('n1', 'nonce', {_MARK} * (48 << 20 >> 4))", "too many records"),
    "a watch of small records": (
        f"[0 for _ in range(4000) for r in RecordReader('n1', 'nonce').feed({_MARK} * 250_000)]", "too many records"),
    "a listing of small lines": (
        "with_files_apart((Record('contents'), Record('files', '0', b'0 0 0 0 0 a\\n' * (4 << 20))))", "TornError"),
    "sums of many files": (
        "EventReader('n1').read(Record('files', '', b'a' * 64 + b'  b\\n' + (b'0' * 66 + b'c\\n') * (1 << 19)))",
        "entries"),
    "a lock of one long line": (
        "lock = parse_lock('n1', Record('lock', '1', b'x' * (48 << 20))); print(len(lock.id + lock.owner) < 2000)", "True"),
}  # fmt: skip


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_refused_within_its_budget(flood) -> None:
    program, refusal = FLOODS[flood]
    said, seconds, mebibytes = costs(program)
    assert refusal in said
    assert seconds < 4
    assert mebibytes < 200


def test_each_answer_has_a_bound_and_not_all_of_them_together(monkeypatch):
    monkeypatch.setattr("podwright.remote.node.records.MAX_OUTPUT_BYTES", 100)
    reader = RecordReader("n1", "N")
    for _ in range(10):
        list(reader.feed(b"\n@N pods 1.0\n" + b"x" * 60))
    with pytest.raises(HostileOutputError, match="n1: an answer of over"):
        list(reader.feed(b"x" * 60))
