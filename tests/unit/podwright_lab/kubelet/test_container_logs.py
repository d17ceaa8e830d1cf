"""What containers print, kept in the runtime's format."""

import pytest

from podwright_lab.kubelet import container_logs
from podwright_lab.kubelet.container_logs import ContainerLogs
from podwright_lab.kubelet.cri import Container


def container(attempt=0, uid="u-1"):
    return Container(f"id-{attempt}", "s", uid, "web-n1", "default", "c", attempt, "x", "x", {}, 0)


@pytest.fixture
def logs(tmp_path):
    return ContainerLogs(tmp_path, lambda: 1_700_000_000_000_000_001)


def test_a_log_lies_where_a_kubelet_has_it(logs, tmp_path):
    assert logs.path(container(2)) == tmp_path / "default_web-n1_u-1" / "c" / "2.log"
    assert logs.path(container(uid="../../x")).resolve().is_relative_to(tmp_path.resolve())


def test_lines_are_dated_and_whole(logs):
    logs.write(container(), b"one\ntw")
    logs.write(container(), b"o\nthr")
    stamp = b"2023-11-14T22:13:20.000000001Z"
    assert logs.path(container()).read_bytes() == stamp + b" stdout F one\n" + stamp + b" stdout F two\n"
    logs.finish(container())
    assert logs.read(container()) == b"one\ntwo\nthr\n"


def test_a_container_that_prints_nothing_has_an_empty_log(logs):
    logs.write(container(), b"")
    logs.finish(container())
    assert logs.path(container()).read_bytes() == b""
    assert logs.read(container(5)) == b""


@pytest.mark.parametrize(
    ("tail", "shown"), [(None, b"a\nb\nc\n"), (0, b""), (2, b"b\nc\n"), (9, b"a\nb\nc\n")]
)
def test_the_last_lines(logs, tail, shown):
    logs.write(container(), b"a\nb\nc\n")
    assert logs.read(container(), tail=tail) == shown


def test_lives_are_kept_apart(logs):
    logs.write(container(0), b"first\n")
    logs.write(container(1), b"second\n")
    assert (logs.read(container(0)), logs.read(container(1))) == (b"first\n", b"second\n")


def test_a_long_line_is_written_in_parts_and_read_as_one(logs):
    logs.write(container(), b"x" * 40_000)
    logs.write(container(), b"y\nnext\n")
    assert b" stdout P " in logs.path(container()).read_bytes()
    assert logs.read(container()) == b"x" * 40_000 + b"y\nnext\n"
    assert logs.read(container(), tail=1) == b"next\n"


def test_a_log_does_not_grow_without_end(logs, monkeypatch):
    monkeypatch.setattr(container_logs, "LIMIT_BYTES", 2000)
    for number in range(100):
        logs.write(container(), b"%d\n" % number)
    assert logs.path(container()).stat().st_size <= 2000
    lines = logs.read(container()).split()
    assert lines[-1] == b"99"
    assert lines == [b"%d" % number for number in range(100 - len(lines), 100)]


def test_the_message_of_an_end_is_the_end_of_the_log(logs):
    logs.write(container(), b"".join(b"line %d\n" % number for number in range(200)))
    message = logs.message(container())
    assert message.startswith("line 120\n")
    assert message.endswith("line 199\n")
    logs.write(container(1), b"\xff" + b"x" * 5000 + b"\n")
    assert len(logs.message(container(1))) == 2048


def test_a_removed_log_leaves_no_empty_folder(logs, tmp_path):
    logs.write(container(0), b"a\n")
    logs.write(container(1), b"b\n")
    logs.remove(container(0))
    assert logs.read(container(1)) == b"b\n"
    logs.remove(container(1))
    logs.remove(container(1))
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_cannot_be_written_is_no_ones_bug(tmp_path):
    (tmp_path / "file").write_text("")
    logs = ContainerLogs(tmp_path / "file", lambda: 0)
    logs.write(container(), b"a\n")
    assert logs.read(container()) == b""
