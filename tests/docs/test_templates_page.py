"""docs/templates.md says every filter and variable a template has, no other, and its example renders."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from podwright.expressions.evaluation import Evaluator
from podwright.expressions.filters import SHORT_FILTERS
from podwright.expressions.sandbox import Sandbox
from podwright.expressions.scope import Evaluation
from podwright.expressions.site_variables import SiteVariables
from podwright.inventory.node import Connection, Inventory, Node
from podwright.templates.render import Renderer

PAGE = (Path(__file__).parents[2] / "docs/templates.md").read_text()


def first_column(heading: str) -> list[str]:
    table = PAGE.partition(heading)[2].split("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


def test_every_filter_is_on_the_page():
    assert first_column("| Filter | Does |\n") == sorted(SHORT_FILTERS)


def test_every_variable_is_on_the_page():
    common = {"role_path": "", "playbook_dir": ""}
    site = SiteVariables({"n": {}}, node_names={"n": "n"}, files={"n": __file__}, common=common)
    assert sorted(first_column("| Variable | Holds |\n")) == sorted(
        Evaluation(site, Evaluator()).scope("n").names
    )


def test_every_function_is_on_the_page():
    sentence = PAGE.partition("Functions: ")[2].partition(".\n")[0]
    assert sorted(re.findall(r"`(\w+)`", sentence)) == sorted(Sandbox().globals)


def test_the_example_renders(tmp_path):
    (tmp_path / "agent.yaml.j2").write_text(PAGE.partition("```jinja\n")[2].partition("```")[0])
    nodes = tuple(Node(name, Connection(name)) for name in ("a", "b"))
    pod = yaml.safe_load(Renderer(tmp_path).render("agent", nodes[0], Inventory(nodes, {"all": ("a", "b")})))
    assert pod["metadata"]["labels"] == {"cluster": "lab"}
    assert pod["spec"]["containers"][0]["args"] == ["--peers", "b"]
