"""validate, push and drift judge a site in the same way."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import pod_text

from podwright.errors import ProblemsError
from podwright.inventory.node import Connection, Inventory, Node, StaticPod
from podwright.manifests.workload import Workload
from podwright.operations.desired import Site
from podwright.operations.judging import SiteJudging, workloads_on
from podwright.operations.validate import validate_site
from podwright.templates.render import Renderer

BAD = pod_text().replace("image: example.com", "imagee: example.com")


def node(name: str, *templates: str, absent: tuple[str, ...] = ()) -> Node:
    pods = (*(StaticPod(entry) for entry in templates), *(StaticPod(entry, False) for entry in absent))
    return Node(name, Connection(name), pods)


def site_of(folder: Path, *nodes: Node, **templates: str) -> Site:
    for name, text in templates.items():
        (folder / f"{name}.yaml.j2").write_text(text)
    return Site(Inventory(nodes), Renderer(folder))


def judging(site: Site, *nodes: Node) -> SiteJudging:
    return SiteJudging(site.renderer, site.inventory, nodes, ())


def test_only_narrows_and_absent_is_apart() -> None:
    one = node("n1", "a", "b", absent=("c",))
    assert workloads_on(one, ()) == (Workload("a"), Workload("b"))
    assert workloads_on(one, ("b",)) == (Workload("b"),)
    assert workloads_on(one, (), present=False) == (Workload("c"),)


def test_a_finding_stands_where_the_template_says_it(tmp_path) -> None:
    one = node("n1", "web")
    site = site_of(tmp_path, one, web="{# a note\n   of two lines #}\n" + BAD)
    [verdict] = judging(site, one).verdicts(one)
    [finding] = [entry for entry in verdict.errors if entry.rule == "unknown-field"]
    assert verdict.file == str(tmp_path / "web.yaml.j2")
    assert finding.line == 2 + next(n for n, line in enumerate(BAD.splitlines(), 1) if "imagee" in line)


def test_what_validate_calls_an_error_is_what_stops_a_push(tmp_path) -> None:
    one = node("n1", "bad", "empty", "missing", "web")
    site = site_of(tmp_path, one, bad=BAD, empty="{# #}", web=pod_text())
    told = {
        (verdict.file, finding.line, finding.column, finding.message)
        for verdict in validate_site(site, [one]).judged
        for finding in verdict.errors
    }
    with pytest.raises(ProblemsError) as raised:
        site.desired([one])
    assert {
        (problem.place.file, problem.place.line, problem.place.column, problem.message)
        for problem in raised.value.problems
    } == told
    assert len(told) >= 4


def test_the_nodes_version_decides(tmp_path) -> None:
    extra = '  hostAliases: [{ip: "010.0.0.1", hostnames: [db.example]}]\n'
    newer, older = node("n1", "web"), node("n2", "web")
    older = replace(older, settings=replace(older.settings, kubernetes_version="1.35"))
    site = site_of(tmp_path, newer, older, web=pod_text(extra=extra))
    kubelets = [judging(site, newer, older).verdicts(one)[0].kubelet for one in (newer, older)]
    assert kubelets == ["rejects", "accepts"]


def test_equal_verdicts_of_many_nodes_are_one_with_their_names(tmp_path) -> None:
    nodes = [node(f"n{number}", "web") for number in range(3)]
    validation = validate_site(site_of(tmp_path, *nodes, web=pod_text()), nodes)
    assert validation.nodes == (("n0", "n1", "n2"),)
    assert validation.manifests == 3
