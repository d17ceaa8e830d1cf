"""The process that is found, read and killed as a kubelet's."""

import os
import signal
import time
from pathlib import Path

import pytest
import yaml

from podwright_lab.kubelet.kubelet_process import KubeletFiles, KubeletProcess, Leash


@pytest.fixture
def files(tmp_path):
    made = KubeletFiles(tmp_path / "node")
    made.create()
    return made


@pytest.fixture
def leash():
    made = Leash()
    yield made
    made.close()


@pytest.fixture
def process(files, leash):
    made = KubeletProcess("N1", files, leash, {"MARK": "lab"})
    yield made
    made.end()


def proc(pid, name):
    return Path(f"/proc/{pid}/{name}").read_bytes().decode()


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        os.sched_yield()
    assert condition()


def test_its_configuration_names_the_nodes_own_folder_and_socket(files):
    configuration = yaml.safe_load(files.config.read_text())
    assert configuration["kind"] == "KubeletConfiguration"
    assert configuration["staticPodPath"] == str(files.manifest_dir)
    assert configuration["containerRuntimeEndpoint"] == f"unix://{files.socket}"


def test_a_drop_in_alone_says_where_the_runtime_is(files):
    assert files.arguments()[0] == f"--config={files.config}"
    assert "" in files.endpoints()
    files.configure(by_drop_in=True)
    assert files.arguments() == [f"--config-dir={files.drop_in.parent}"]
    endpoint = yaml.safe_load(files.drop_in.read_text())["containerRuntimeEndpoint"]
    assert endpoint in files.endpoints()
    assert "" not in files.endpoints()
    assert files.drop_in_socket.readlink() == files.socket
    assert not files.config.exists()
    files.configure(by_drop_in=False)
    assert not files.drop_in.exists()
    assert files.config.exists()


def test_another_kubelet_is_shown_beside_the_nodes_own(files, process, leash, tmp_path):
    process.start()
    others = KubeletFiles(tmp_path / "other")
    others.create()
    other = KubeletProcess("other", others, leash, {}, launcher=["env"], proc=files.proc)
    other.start()
    wait_until(lambda: proc(other.pid, "comm") == "kubelet\n")
    assert {path.name for path in files.proc.iterdir()} == {str(process.pid), str(other.pid)}
    other.end()
    assert [path.name for path in files.proc.iterdir()] == [str(process.pid)]
    assert process.alive


def test_making_the_files_again_keeps_what_is_there(files):
    (files.kubelet_root / "pods" / "u-1").mkdir()
    files.create()
    assert (files.kubelet_root / "pods" / "u-1").is_dir()


def test_it_has_a_kubelets_name_and_arguments(files, process):
    process.start()
    # the kernel sets the name and the arguments just after `exec` has closed what Popen waits for
    wait_until(
        lambda: proc(process.pid, "comm") == "kubelet\n" and "--hostname" in proc(process.pid, "cmdline")
    )
    words = proc(process.pid, "cmdline").split("\0")
    assert words[0] == "kubelet"
    assert f"--config={files.config}" in words
    assert "--hostname-override=N1" in words
    assert "MARK=lab" in proc(process.pid, "environ").split("\0")


def test_the_node_shows_this_process_and_none_of_a_lab_before(files, process):
    (files.proc / "4711").symlink_to("/proc/4711")
    files.create()
    process.start()
    assert [path.name for path in files.proc.iterdir()] == [str(process.pid)]
    assert files.pid_file.read_text() == f"{process.pid}\n"


def test_starting_twice_starts_one(process):
    process.start()
    first = process.pid
    process.start()
    assert process.pid == first


def test_ended_it_leaves_nothing_behind(files, process):
    process.start()
    pid = process.pid
    process.end()
    process.end()
    assert not process.alive
    assert process.pid is None
    assert list(files.proc.iterdir()) == []
    assert not files.pid_file.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_it_is_noticed_when_somebody_kills_it(process):
    process.start()
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not process.alive)


def test_it_ends_with_the_lab(files):
    leash = Leash()
    process = KubeletProcess("n1", files, leash, {})
    process.start()
    leash.close()
    wait_until(lambda: not process.alive)
    process.end()
