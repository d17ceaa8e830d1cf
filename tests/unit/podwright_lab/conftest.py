"""A lab of two nodes for a whole file, what is broken in it, and OpenSSH's client to look at it."""

import subprocess

import pytest

from podwright_lab.active_faults import Breakages
from podwright_lab.cluster import Lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab") / "lab", nodes=2) as one:
        yield one


@pytest.fixture
def breakages(lab):
    made = Breakages(lab)
    yield made
    made.mend_node("all", "all")
    assert [made.of(node.name) for node in lab.nodes] == [[], []]
    assert made.of_all() == []


@pytest.fixture
def ssh(lab):
    def run(command, node="cp-1", seconds=20):
        words = ["ssh", "-F", str(lab.layout.ssh_config), "-o", "BatchMode=yes", node, command]
        return subprocess.run(words, capture_output=True, text=True, timeout=seconds, check=False)

    return run
