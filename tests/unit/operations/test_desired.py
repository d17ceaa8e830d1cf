"""What every node should run, or every reason why that cannot be said."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import pod_text

from podwright.errors import ProblemsError, UsageError
from podwright.inventory.node import Connection, Inventory, Node, StaticPod
from podwright.operations.desired import Site
from podwright.templates.render import Renderer


def node(name: str, *templates: str, absent: tuple[str, ...] = ()) -> Node:
    pods = (*(StaticPod(entry) for entry in templates), *(StaticPod(entry, False) for entry in absent))
    return Node(name, Connection(name), pods)


def site(folder: Path, *nodes: Node, **templates: str) -> Site:
    folder.mkdir(exist_ok=True)
    for name, text in templates.items():
        (folder / f"{name}.yaml.j2").write_text(text)
    return Site(Inventory(nodes), Renderer(folder))


def test_present_and_absent_become_manifests_and_file_names(tmp_path) -> None:
    one = node("n1", "web", absent=("old",))
    [desired] = site(tmp_path, one, web=pod_text()).desired([one])
    assert [manifest.file_name for manifest in desired.manifests] == ["web.yaml"]
    assert desired.absent == ("old.yaml",)


def test_a_name_that_cannot_be_the_kubelets_waits_for_what_the_kubelet_says(tmp_path) -> None:
    nodes = [node("n_1", "web"), node("n2", "web")]
    desired = site(tmp_path, *nodes, web=pod_text()).desired(nodes)
    assert [len(one.manifests) for one in desired] == [1, 1]


def test_all_problems_of_all_nodes_are_told_at_once(tmp_path) -> None:
    nodes = [node("n1", "web", "bad"), node("n2", "empty"), node("n3", "missing", "web")]
    with pytest.raises(ProblemsError) as raised:
        site(tmp_path, *nodes, web=pod_text(), bad="kind: Deployment\n", empty="{# nothing #}").desired(nodes)
    told = {problem.node for problem in raised.value.problems}
    assert told == {"n1", "n2", "n3"}


def test_a_template_that_renders_nothing_says_how_to_mean_that(tmp_path) -> None:
    one = node("n1", "empty")
    with pytest.raises(ProblemsError) as raised:
        site(tmp_path, one, empty="\n").desired([one])
    [problem] = raised.value.problems
    assert problem.message == "the template renders nothing"
    assert "`static_pods: {empty: absent}`" in problem.hint


def test_the_same_problem_on_many_nodes_is_told_once_with_their_names(tmp_path) -> None:
    nodes = [node(f"n{number}", "bad") for number in range(5)]
    with pytest.raises(ProblemsError) as raised:
        site(tmp_path, *nodes, bad=pod_text() + "---\n" + pod_text("b")).desired(nodes)
    assert {problem.node for problem in raised.value.problems} == {"n0, n1, n2 and 2 more nodes"}


def test_two_templates_of_one_pod_are_a_problem(tmp_path) -> None:
    one = node("n1", "a", "b")
    with pytest.raises(ProblemsError, match=r"`a\.yaml` and `b\.yaml` both define the pod `default/web`"):
        site(tmp_path, one, a=pod_text(), b=pod_text()).desired([one])


def test_only_narrows_and_an_unknown_name_is_a_usage_error(tmp_path) -> None:
    one = node("n1", "web", "bad")
    here = site(tmp_path, one, web=pod_text(), bad="x")
    [desired] = here.desired([one], only=("web",))
    assert len(desired.manifests) == 1
    with pytest.raises(UsageError, match="no chosen node has the static pod `wbe`"):
        here.desired([one], only=("wbe",))


def test_a_template_becomes_one_manifest_for_each_instance(tmp_path) -> None:
    pods = (
        StaticPod("vip", instance="a", variables={"pod": "vip-{{ letter }}", "letter": "a"}),
        StaticPod("vip", instance="b", variables={"pod": "vip-b"}),
        StaticPod("vip", present=False, instance="c"),
    )
    one = Node("n1", Connection("n1"), pods, variables={"pod": "x"})
    here = site(tmp_path, one, vip=pod_text(name="{{ pod }}"))
    [desired] = here.desired([one])
    found = [(manifest.file_name, manifest.pod.name) for manifest in desired.manifests]
    assert found == [("vip.a.yaml", "vip-a"), ("vip.b.yaml", "vip-b")]
    assert desired.absent == ("vip.c.yaml",)
    assert [len(here.desired([one], only=(name,))[0].manifests) for name in ("vip", "vip.b")] == [2, 1]
    assert str(desired.manifests[0].workload) == "vip/a"


def test_rendered_is_the_templates_own_text(tmp_path) -> None:
    one = node("n1", "web", absent=("old",))
    assert site(tmp_path, one, web=pod_text()).rendered([one]) == (("n1", "web.yaml", pod_text()),)


def test_two_templates_on_one_port_of_the_node_are_a_problem(tmp_path) -> None:
    one = node("n1", "a", "b")
    ports = "    ports: [{containerPort: 80}]\n"
    with pytest.raises(ProblemsError, match=r"`a\.yaml` and `b\.yaml` both take the port 80/TCP of the node"):
        site(tmp_path, one, a=pod_text("a") + ports, b=pod_text("b") + ports).desired([one])


def test_manifests_keep_the_inventorys_order_and_carry_its_owner(tmp_path) -> None:
    one = node("n1", "web", "api")
    one = replace(one, settings=replace(one.settings, owner="team-a"))
    [desired] = site(tmp_path, one, web=pod_text(), api=pod_text("api")).desired([one])
    assert [(manifest.file_name, manifest.owner) for manifest in desired.manifests] == [
        ("web.yaml", "team-a"),
        ("api.yaml", "team-a"),
    ]
