"""`manifest status`: a row for every node asked, and exit 1 if one could not be."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.conftest import Site
from tests.fakes.kubelets import show_processes
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import FakeNode

from podwright.reports.status_rows import STATUS_COLUMNS

WEB = manifest()


def test_a_node_without_manifests_has_a_row(one_node: Site) -> None:
    answer = one_node.run("manifest", "status")
    assert (answer.code, answer.err) == (0, "")
    assert [line.split() for line in answer.out.splitlines()] == [
        [word for name in STATUS_COLUMNS for word in name.split()],
        ["n1", "none", *"--------"],
    ]


def test_a_pod_that_runs_is_shown_in_each_output(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    node.runs(WEB)
    table = one_node.run("manifest", "status").out.splitlines()
    row = r"n1 web.yaml default/web-n1 podwright 1 \(\d+s\) example.com/web:1 running 1/1 0 \d+m Ready"
    assert re.fullmatch(row, re.sub(" +", " ", table[1]).rstrip())
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
    assert answer.out.splitlines()[1].split() == ["n1", "not", "observed", *"--------"]
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


def test_only_the_pods_that_are_named_are_shown(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    node.place(manifest("other"))
    assert one_node.run("manifest", "status", "--only", "web", "-o", "name").out == "n1/web.yaml\n"
    answer = one_node.run("manifest", "status", "--only", "wbe")
    assert (answer.code, "web" in answer.err) == (2, True)


def test_only_problems(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    node.runs(WEB)
    for output, nothing in (("name", ""), ("jsonl", "[]")):
        shown = one_node.run("manifest", "status", "--problems", "-o", output).out
        assert nothing in shown
        assert "web.yaml" not in shown
    nothing = one_node.run("manifest", "status", "--problems")
    assert (nothing.out, nothing.err) == ("", "note: nothing has a problem\n")
    node.stops(WEB)
    assert one_node.run("manifest", "status", "--problems", "-o", "name").out == "n1/web.yaml\n"


def test_watch_wants_a_terminal(one_node: Site) -> None:
    answer = one_node.run("manifest", "status", "--watch")
    assert (answer.code, "standard output is not one" in answer.err) == (2, True)
