import os
import socket
import threading

import pytest

from podwright_lab.control import ControlServer, ask
from podwright_lab.lab_error import LabError, LabUsageError


def echo(request):
    match request.get("do"):
        case "refuse":
            raise LabError("no such luck", "try again")
        case "misuse":
            raise LabUsageError("no such node")
    return {"heard": request}


@pytest.fixture
def path(tmp_path):
    server = ControlServer(tmp_path / "control.sock", echo)
    yield tmp_path / "control.sock"
    server.close()
    assert not (tmp_path / "control.sock").exists()


def test_a_request_is_answered(path):
    assert ask(path, {"do": "it", "node": "näh\n"})["heard"] == {"do": "it", "node": "näh\n"}


def test_a_refusal_keeps_its_message_hint_and_exit_code(path):
    with pytest.raises(LabError) as refusal:
        ask(path, {"do": "refuse"})
    assert (refusal.value.message, refusal.value.hint) == ("no such luck", "try again")
    with pytest.raises(LabUsageError, match="no such node"):
        ask(path, {"do": "misuse"})


def test_only_the_owner_may_ask(path):
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_lab_is_an_error_with_a_hint(tmp_path):
    with pytest.raises(LabError) as failure:
        ask(tmp_path / "control.sock", {"do": "status"})
    assert failure.value.hint == "start one: podwright lab up"
    with pytest.raises(LabError):
        ask(tmp_path / "missing" / "control.sock", {"do": "status"})


def test_a_stale_socket_is_replaced(tmp_path):
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with pytest.raises(LabError):
        ask(path, {})
    server = ControlServer(path, echo)
    assert ask(path, {"a": 1})["heard"] == {"a": 1}
    server.close()


def test_a_folder_too_deep_for_a_unix_socket_works(tmp_path):
    deep = tmp_path / ("x" * 120) / ("y" * 120)
    deep.mkdir(parents=True)
    server = ControlServer(deep / "control.sock", echo)
    assert ask(deep / "control.sock", {"a": 1})["ok"]
    server.close()


def test_clients_that_say_nothing_sensible_hurt_nobody(path):
    for content in (b"", b"\xff\xfe\n", b"[]\n", b"{", b"1\n"):
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(path))
            link.sendall(content)
            link.shutdown(socket.SHUT_WR)
            assert link.recv(100) == b""
    assert ask(path, {"a": 1})["ok"]


def test_many_ask_at_once(path):
    answers = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(ask(path, {"n": n})["heard"]["n"]))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(20))


def test_nothing_is_left_open(tmp_path):
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    server = ControlServer(tmp_path / "control.sock", echo)
    ask(tmp_path / "control.sock", {})
    server.close()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
