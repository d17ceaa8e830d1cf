"""`podwright lab` as a person types it: what is printed where, and the exit codes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from podwright_lab import cli as lab_commands
from podwright_lab.faults import BREAKAGES
from podwright_lab.layout import LabLayout
from podwright_lab.lifecycle import LabStatus, NodeStatus, down, layout_of


@pytest.fixture
def directory(tmp_path):
    yield tmp_path / "lab"
    down(layout_of(tmp_path / "lab"))


@pytest.fixture
def podwright(directory):
    def run(*arguments):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PODWRIGHT_")}
        environment["PODWRIGHT_LAB_DIR"] = str(directory)
        words = [sys.executable, "-m", "podwright", *arguments]
        return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)

    return run


@pytest.mark.parametrize(("nodes", "words"), [(1, "1 node runs in"), (2, "2 nodes run in")])
def test_one_node_runs_and_two_run(nodes, words):
    layout = LabLayout(Path("/tmp/lab"))
    started = LabStatus(7, "https://api", (NodeStatus("cp-1", 22, ()),) * nodes, ())
    assert lab_commands._welcome(layout, started).startswith(words)


def test_the_ports_of_short_and_long_names_stand_below_each_other():
    nodes = (NodeStatus("cp-1", 22001, ()), NodeStatus("worker-10", 22002, ("ssh-slow",)))
    assert lab_commands._as_table(LabStatus(7, "https://api", nodes, ("api-slow",))).splitlines() == [
        "pid 7, API https://api  broken: api-slow",
        "cp-1       127.0.0.1:22001",
        "worker-10  127.0.0.1:22002  broken: ssh-slow",
    ]


def test_up_tells_how_to_use_it_and_the_variables_work_in_a_shell(podwright, directory):
    started = podwright("lab", "up", "--nodes", "2")
    assert (started.returncode, started.stderr) == (0, "")
    assert re.match(
        rf"2 nodes run in {directory} \(pid \d+\), their API at https://127\.0\.0\.1:\d+\n", started.stdout
    )
    exports = "\n".join(line for line in started.stdout.splitlines() if line.startswith("  export "))
    seen = subprocess.run(["sh", "-c", f"{exports}\nenv"], capture_output=True, text=True, check=True).stdout
    assert f"PODWRIGHT_INVENTORY={directory}/inventory\n" in seen
    assert f"PODWRIGHT_TEMPLATES={directory}/templates/manifests\n" in seen
    assert f"PODWRIGHT_KNOWN_HOSTS={directory}/known_hosts\n" in seen
    assert f"KUBECONFIG={directory}/kubeconfig\n" in seen

    status = podwright("lab", "status")
    assert re.fullmatch(r"pid \d+, API \S+\ncp-1  127\.0\.0\.1:\d+\ncp-2  127\.0\.0\.1:\d+\n", status.stdout)

    assert podwright("lab", "break", "cp-2", "crictl-missing").stdout == "cp-2: crictl-missing\n"
    assert "cp-2" in podwright("lab", "status").stdout.splitlines()[2]
    assert podwright("lab", "status").stdout.endswith("  broken: crictl-missing\n")
    assert podwright("lab", "mend", "all", "all").stdout == "cp-1: mended all\ncp-2: mended all\n"

    podwright("lab", "break", "all", "api-slow")
    seen = json.loads(podwright("lab", "status", "-o", "json").stdout)
    assert (seen["apiVersion"], seen["kind"]) == ("podwright.dev/v1", "LabStatus")
    assert (seen["broken"], [node["name"] for node in seen["nodes"]]) == (["api-slow"], ["cp-1", "cp-2"])

    namespaces = podwright("lab", "kubectl", "get", "namespaces")
    assert "kube-system" in namespaces.stdout

    again = podwright("lab", "up")
    assert again.returncode == 1
    assert again.stderr.startswith(f"error: a lab already runs in `{directory}`")

    ended = podwright("lab", "down")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", f"lab in {directory}: ended\n")
    assert not directory.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("down",), 0, "there was none"),
        (("status",), 1, "hint: start one: podwright lab up"),
        (("break", "cp-1", "disk-full"), 1, "error: no lab answers in"),
        (("kubectl", "get", "pods"), 1, "is not a lab's kubeconfig"),
        (("kubectl", "frobnicate"), 2, "invalid choice"),
        (("up", "--nodes", "0"), 2, "--nodes"),
        (("frobnicate",), 2, "No such command"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_exit_code(podwright, arguments, code, said):
    answer = podwright("lab", *arguments)
    assert answer.returncode == code
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_site_that_is_configured_wrong_does_not_stop_the_lab(podwright, directory, tmp_path):
    answer = podwright("--inventory", str(tmp_path / "missing"), "lab", "down")
    assert answer.returncode == 0


def test_help_names_every_breakage(podwright):
    text = podwright("lab", "break", "--help").stdout
    for name in BREAKAGES:
        assert name in text


def test_help_imports_nothing_heavy():
    words = [sys.executable, "-X", "importtime", "-m", "podwright", "lab", "--help"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stderr
    imported = {line.rpartition("|")[2].strip() for line in said.splitlines()}
    assert "click" in imported
    assert not imported & {
        "paramiko",
        "fabric",
        "jinja2",
        "cerberus",
        "cryptography",
        "rich",
        "yaml",
        "http.client",
    }
