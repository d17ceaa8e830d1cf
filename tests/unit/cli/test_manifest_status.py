"""`manifest status`: a row for every node asked, and exit 1 if one could not be."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Site
from tests.fakes.kubelets import show_processes
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import FakeNode

WEB = manifest()


def test_a_node_without_manifests_has_a_row(one_node: Site) -> None:
    answer = one_node.run("manifest", "status")
    assert (answer.code, answer.err) == (0, "")
    assert [line.split() for line in answer.out.splitlines()] == [
        ["NODE", "FILE", "POD", "WRITTEN", "BY", "SANDBOX", "RESTARTS", "AGE", "MIRROR"],
        ["n1", "none", "-", "-", "-", "-", "-", "-"],
    ]


def test_a_pod_that_runs_is_shown_in_each_output(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    node.runs(WEB)
    table = one_node.run("manifest", "status").out.splitlines()
    assert table[1].startswith("n1     web.yaml   default/web-n1   podwright    running 1/1")
    assert one_node.run("manifest", "status", "-o", "name").out == "n1/web.yaml\n"
    for output in ("json", "jsonl"):
        document = json.loads(one_node.run("manifest", "status", "-o", output).out)
        assert document["nodes"][0]["pods"][0]["uid"] == "u1"


def test_a_node_that_could_not_be_observed_is_exit_1_with_its_row_and_its_reason(
    one_node: Site, node: FakeNode
) -> None:
    show_processes(node.host.proc, [])
    answer = one_node.run("manifest", "status")
    assert answer.code == 1
    assert answer.out.splitlines()[1].split() == ["n1", "not", "observed", "-", "-", "-", "-", "-", "-"]
    assert answer.err.startswith("error: n1: ")


def test_the_page_says_of_each_pod_whether_it_runs(one_node: Site, node: FakeNode, tmp_path: Path) -> None:
    page = tmp_path / "status.html"
    node.place(WEB)
    assert one_node.run("manifest", "status", "--html", str(page)).code == 0
    assert ">✖ not running<" in page.read_text()
    node.runs(WEB)
    assert one_node.run("manifest", "status", "--html", str(page)).code == 0
    assert ">✓ running 1/1\n" in page.read_text()
    assert "<h1>1 of 1 pod well on 1 node</h1>" in page.read_text()
