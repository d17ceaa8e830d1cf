"""Each fault, seen from where a user sees it: over SSH and through the API."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from podwright_lab.active_faults import Breakages
from podwright_lab.api_client import ApiClient
from podwright_lab.cluster import Lab
from podwright_lab.faults import BREAKAGES, CLOCK_SKEW_SECONDS, SLOW_API_SECONDS
from podwright_lab.lab_error import LabError

pytestmark = pytest.mark.skipif(shutil.which("ssh") is None, reason="no OpenSSH client here")


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_kubelet_that_is_down_has_no_process_and_comes_back(breakages, ssh):
    first = ssh("pidof kubelet").stdout
    assert first
    breakages.break_node("cp-1", "kubelet-down")
    assert ssh("pidof kubelet").returncode != 0
    assert ssh("pidof kubelet", "cp-2").stdout not in ("", first)
    breakages.mend_node("cp-1", "kubelet-down")
    until(lambda: ssh("pidof kubelet").stdout)


def test_a_kubelet_with_a_drop_in_alone_says_there_where_the_runtime_is(breakages, ssh):
    breakages.break_node("cp-1", "kubelet-drop-in")
    words = ssh("tr '\\0' '\\n' </proc/$(pidof kubelet)/cmdline").stdout.split("\n")
    (folder,) = [word.removeprefix("--config-dir=") for word in words if word.startswith("--config-dir=")]
    assert not [word for word in words if word.startswith(("--config=", "--container-runtime-endpoint"))]
    endpoint = ssh(f"sed -n 's/^containerRuntimeEndpoint: //p' {folder}/*.conf").stdout.strip()
    assert ssh("crictl pods").returncode == 1
    assert ssh(f"crictl --runtime-endpoint {endpoint} pods").returncode == 0
    assert ssh(f"CONTAINER_RUNTIME_ENDPOINT={endpoint} crictl pods").returncode == 0
    breakages.mend_node("cp-1", "kubelet-drop-in")
    assert ssh("crictl pods").returncode == 0
    assert "--config=" in ssh("tr '\\0' '\\n' </proc/$(pidof kubelet)/cmdline").stdout


def test_a_kubelet_elsewhere_runs_in_another_mount_namespace(breakages, ssh):
    own = ssh("pidof kubelet").stdout.split()
    breakages.break_node("cp-1", "kubelet-elsewhere")
    (other,) = set(ssh("pidof kubelet").stdout.split()) - set(own)
    until(lambda: "hostname-override=elsewhere" in ssh(f"cat $HOST_PROC/{other}/cmdline").stdout)
    namespaces = ssh(
        f"readlink $HOST_PROC/{other}/ns/mnt $HOST_PROC/{own[0]}/ns/mnt /proc/self/ns/mnt"
    ).stdout.split()
    assert namespaces[0] != namespaces[1] == namespaces[2]
    breakages.break_node("cp-1", "kubelet-down")
    assert ssh("pidof kubelet").stdout.split() == [other]
    breakages.mend_node("cp-1", "kubelet-elsewhere")
    assert ssh("pidof kubelet").returncode == 1


def test_an_api_that_is_down_refuses_and_comes_back_on_its_port(breakages, lab):
    breakages.break_node("all", "api-down")
    with ApiClient(lab.kubeconfig) as client, pytest.raises(LabError, match="refused"):
        client.get("/api/v1/nodes", {})
    breakages.mend_node("all", "api-down")
    with ApiClient(lab.kubeconfig) as client:
        assert client.get("/api/v1/namespaces/default", {})["kind"] == "Namespace"


def test_a_slow_api_answers_late(breakages, lab):
    breakages.break_node("all", "api-slow")
    with ApiClient(lab.kubeconfig) as client:
        started = time.monotonic()
        client.get("/api/v1/namespaces/default", {})
        assert time.monotonic() - started >= SLOW_API_SECONDS


def test_a_full_disk_fails_every_write_and_leaves_an_empty_file(breakages, ssh, lab):
    breakages.break_node("cp-1", "disk-full")
    answer = ssh(
        "dd if=/dev/zero of=file bs=10 count=1; echo $?; cp /etc/passwd copy; echo $?; mkdir folder; echo $?"
    )
    assert answer.stdout.split() == ["1", "1", "0"]
    assert answer.stderr.count("File too large") == 2
    assert (lab.node("cp-1").layout.root / "file").stat().st_size == 0
    assert ssh("echo text | cat >file; cat file", "cp-2").stdout == "text\n"
    breakages.mend_node("cp-1", "disk-full")
    assert ssh("echo text | cat >file; cat file").stdout == "text\n"


def test_a_read_only_folder_takes_no_file_and_gives_none_up(breakages, ssh, lab):
    manifest_dir = lab.node("cp-1").manifest_dir
    (manifest_dir / "there").write_text("there")
    breakages.break_node("cp-1", "folder-read-only")
    answer = ssh(
        f"cd {manifest_dir}; [ -w . ]; echo $?; >new; echo $?; rm -f there; echo $?; cat there; >../beside"
    )
    assert answer.stdout.split() == ["1", "2", "1", "there"] or answer.stdout.split()[::3] == ["1", "there"]
    assert answer.stderr.count("Permission denied") == 2
    assert [entry.name for entry in manifest_dir.iterdir()] == ["there"]
    breakages.mend_node("cp-1", "folder-read-only")
    assert ssh(f"rm {manifest_dir}/there && echo gone").stdout == "gone\n"


def test_several_breakages_of_one_shell_hold_together(breakages, ssh, lab):
    manifest_dir = lab.node("cp-1").manifest_dir
    breakages.break_node("cp-1", "folder-read-only")
    breakages.break_node("cp-1", "disk-full")
    both = f">{manifest_dir}/new; echo x | cat >file"
    assert "Permission denied" in ssh(both).stderr
    assert "File too large" in ssh(both).stderr
    breakages.mend_node("cp-1", "folder-read-only")
    assert "Permission denied" not in ssh(both).stderr
    assert "File too large" in ssh(both).stderr
    assert breakages.of("cp-1") == ["disk-full"]
    (manifest_dir / "new").unlink()


def test_a_cut_link_breaks_commands_but_not_logins(breakages, ssh, lab):
    breakages.break_node("cp-1", "ssh-cut")
    answer = ssh("echo begun >begun; echo out; sleep 5; echo end >end")
    assert (answer.returncode, answer.stdout) == (255, "")
    root = lab.node("cp-1").layout.root
    assert (root / "begun").exists()
    assert not (root / "end").exists()


def test_a_slow_link_works(breakages, ssh):
    breakages.break_node("cp-1", "ssh-slow")
    assert ssh("echo slow").stdout == "slow\n"


def test_a_hung_node_says_nothing_until_it_wakes(breakages, ssh):
    breakages.break_node("cp-1", "node-hung")
    with pytest.raises(subprocess.TimeoutExpired):
        ssh("echo hello", seconds=1)
    assert ssh("echo other", "cp-2").stdout == "other\n"
    breakages.mend_node("cp-1", "node-hung")
    assert ssh("echo hello").stdout == "hello\n"
    until(lambda: ssh("pidof kubelet").stdout)


def test_a_skewed_clock_is_an_hour_ahead_for_whoever_asks_now(breakages, ssh):
    breakages.break_node("cp-1", "clock-skew")
    answer = ssh("date +%s; date +%s.%N; date -d @7 +%s; date --date=@8 +%s; date -u +%Z").stdout.split()
    assert 0 <= int(answer[0]) - time.time() - CLOCK_SKEW_SECONDS + 60 < 120
    assert len(answer[1].partition(".")[2]) == 9
    assert answer[2:] == ["7", "8", "UTC"]
    breakages.mend_node("cp-1", "clock-skew")
    assert abs(int(ssh("date +%s").stdout) - time.time()) < 60


def test_a_missing_crictl_is_not_on_the_path(breakages, ssh):
    here = ssh("command -v crictl").stdout
    breakages.break_node("cp-1", "crictl-missing")
    assert ssh("command -v crictl").stdout != here
    breakages.mend_node("cp-1", "crictl-missing")
    assert ssh("command -v crictl").stdout == here


def test_a_real_sshds_link_cannot_be_broken_but_its_commands_can(tmp_path):
    if shutil.which("sshd", path=os.pathsep.join(("/usr/sbin", "/sbin"))) is None:
        pytest.skip("no sshd here")
    with Lab(tmp_path / "lab", nodes=1, sshd=True) as lab:
        breakages = Breakages(lab)
        for what in ("ssh-cut", "ssh-slow", "node-hung"):
            with pytest.raises(LabError, match="cp-1: nothing of the lab stands on the wire of a real sshd"):
                breakages.break_node("cp-1", what)
        breakages.break_node("cp-1", "disk-full")
        words = [
            "ssh",
            "-F",
            str(lab.layout.ssh_config),
            "cp-1",
            "crictl pods >/dev/null; echo $?; echo x | cat >file",
        ]
        answer = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert answer.stdout == "0\n"
        assert "File too large" in answer.stderr
        breakages.mend_node("all", "all")


def test_the_docs_tell_how_each_is_made():
    text = (Path(__file__).parents[3] / "docs/lab.md").read_text()
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| `")]
    documented = [row.strip("`") for row in rows if row.strip("`") in BREAKAGES]
    assert documented == list(BREAKAGES)
