import contextlib
import os
import selectors
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from podwright_lab.kubelet import crictl_client
from podwright_lab.kubelet.crictl_server import CrictlServer
from podwright_lab.kubelet.stand_ins import write_stand_ins


class Turning:
    """A server and the loop that it hangs on."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.server = CrictlServer(self.selector)
        self.asked = []

    def answer(self, words):
        self.asked.append(words)
        return b"3 5\nhello" + b"oops"

    def turn(self, seconds=0.2):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for key, _ in self.selector.select(0.01):
                key.data()

    def until_over(self, process):
        while process.poll() is None:
            self.turn(0.02)
        return process.communicate()


@pytest.fixture
def turning():
    made = Turning()
    yield made
    made.server.close()
    made.selector.close()


def client(path, *words):
    command = [sys.executable, "-I", "-S", crictl_client.__file__, str(path), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_words_go_there_and_output_errors_and_code_come_back(turning, tmp_path):
    turning.server.listen(tmp_path / "s", turning.answer)
    process = client(tmp_path / "s", "ps", "-o", "json", "ü ''")
    assert turning.until_over(process) == (b"hello", b"oops")
    assert process.returncode == 3
    assert turning.asked == [["ps", "-o", "json", "ü ''"]]


def test_a_path_that_is_too_long_for_a_socket_works(turning, tmp_path):
    folder = tmp_path / ("x" * 90) / ("y" * 90)
    folder.mkdir(parents=True)
    turning.server.listen(folder / "containerd.sock", turning.answer)
    assert turning.until_over(client(folder / "containerd.sock"))[0] == b"hello"


def test_without_a_lab_the_client_says_what_crictl_says(tmp_path):
    process = client(tmp_path / "nobody.sock", "pods")
    _, errors = process.communicate()
    assert process.returncode == 1
    assert b"code = Unavailable" in errors


def test_a_client_that_says_nothing_holds_up_nobody(turning, tmp_path):
    turning.server.listen(tmp_path / "s", turning.answer)
    silent = socket.socket(socket.AF_UNIX)
    silent.connect(str(tmp_path / "s"))
    assert turning.until_over(client(tmp_path / "s", "pods"))[0] == b"hello"
    silent.close()
    turning.turn(0.05)
    assert len(turning.selector.get_map()) == 1


def _send_for_ever(turning, end):
    while True:
        with contextlib.suppress(BlockingIOError):
            end.send(b"x" * 4096)
        turning.turn(0.01)


def test_a_client_that_never_stops_is_cut_off(turning, tmp_path):
    turning.server.listen(tmp_path / "s", turning.answer)
    endless = socket.socket(socket.AF_UNIX)
    endless.connect(str(tmp_path / "s"))
    endless.setblocking(False)
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        _send_for_ever(turning, endless)
    endless.close()
    assert turning.asked == []


def test_a_socket_that_a_dead_lab_left_is_replaced(turning, tmp_path):
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "s"))
    left.close()
    turning.server.listen(tmp_path / "s", turning.answer)
    assert turning.until_over(client(tmp_path / "s"))[0] == b"hello"


@pytest.fixture
def bin_dir(tmp_path):
    write_stand_ins(tmp_path / "bin", tmp_path / "it's a socket", tmp_path / "the node's proc")
    return tmp_path / "bin"


def pidof(bin_dir, *words):
    command = [str(bin_dir / "pidof"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_pidof_knows_this_nodes_kubelets_only_while_it_lives(bin_dir):
    assert pidof(bin_dir, "kubelet").returncode == 1
    proc = bin_dir.parent / "the node's proc"
    proc.mkdir()
    assert pidof(bin_dir, "kubelet").returncode == 1
    gone = subprocess.Popen(["true"])
    gone.wait()
    (proc / str(gone.pid)).symlink_to(f"/proc/{gone.pid}")
    assert pidof(bin_dir, "kubelet").returncode == 1
    (proc / str(os.getpid())).symlink_to(f"/proc/{os.getpid()}")
    assert pidof(bin_dir, "kubelet").stdout == f"{os.getpid()}\n"


def test_pidof_asks_the_machine_for_other_names(bin_dir):
    assert pidof(bin_dir, "no-such-process-anywhere").stdout == ""


def test_the_stand_ins_are_whole_programs_and_nothing_is_left_beside_them(bin_dir):
    assert {path.name for path in bin_dir.iterdir()} == {"crictl", "pidof"}
    for program in bin_dir.iterdir():
        assert subprocess.run(["sh", "-n", str(program)], check=False).returncode == 0
    result = subprocess.run([str(bin_dir / "crictl"), "pods"], capture_output=True, text=True, check=False)
    assert "it's a socket" in result.stderr


def test_the_client_imports_next_to_nothing():
    command = [sys.executable, "-I", "-S", "-X", "importtime", crictl_client.__file__, "/nowhere/x"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    imported = {
        line.rpartition("|")[2].strip() for line in told.splitlines() if line.startswith("import time:")
    }
    assert not imported & {"socket", "json", "re", "podwright", "argparse", "pathlib"}
    assert Path(crictl_client.__file__).name == "crictl_client.py"
