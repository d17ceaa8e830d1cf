"""`podwright inventory`: what it says, where it is written, and nothing secret."""

from __future__ import annotations

import json

import pytest
from tests.cli.conftest import Site


@pytest.fixture
def told(site: Site) -> Site:
    site.inventory.write_text(
        "all:\n  hosts: {cp-1: {}, cp-2: {port: 1}}\n"
        "  vars: {static_pods: [web], port: 80, db_password: correct-horse, url: 'x:{{ port }}'}\n"
    )
    site.template("web", "{{ url }}{{ db_password }}")
    return site


def test_nodes_are_listed_in_each_output(told: Site) -> None:
    assert told.run("inventory", "list").out.splitlines()[1].split() == ["cp-1", "cp-1", "ungrouped", "web"]
    assert told.run("inventory", "list", "-o", "name", "-l", "cp-2").out == "cp-2\n"
    assert json.loads(told.run("inventory", "list", "-o", "json").out)["nodes"][1]["node"] == "cp-2"
    assert len(told.run("inventory", "list", "-o", "jsonl").out.splitlines()) == 2
    ansible = json.loads(told.run("inventory", "list", "-o", "ansible").out)
    assert ansible["ungrouped"] == {"hosts": ["cp-1", "cp-2"]}


def test_groups_are_drawn(told: Site) -> None:
    assert told.run("inventory", "graph").out == "@all:\n  |--@ungrouped:\n  |  |--cp-1\n  |  |--cp-2\n"
    answer = told.run("inventory", "graph", "ungrouperd")
    assert (answer.code, "did you mean `ungrouped`?" in answer.err) == (2, True)


def test_what_variables_come_to_is_shown_without_secrets(told: Site) -> None:
    answer = told.run("inventory", "show", "cp-2")
    assert "url: x:1" in answer.out
    assert told.run("inventory", "show", "cp-2", "-o", "name").out.split() == [
        "db_password",
        "port",
        "static_pods",
        "url",
    ]
    for output in ("yaml", "json", "table"):
        for command in (("show", "cp-1"), ("explain", "cp-1"), ("explain", "cp-1", "db_password")):
            shown = told.run("inventory", *command, "-o", output)
            assert shown.code == 0
            assert "correct-horse" not in shown.out + shown.err
    assert "correct-horse" not in told.run("inventory", "list", "-o", "ansible").out


def test_a_value_is_explained_with_its_place_and_what_it_overrides(told: Site) -> None:
    row = told.run("inventory", "explain", "cp-2", "port").out.splitlines()[1]
    assert "hosts.yaml:2:" in row
    assert "host" in row
    assert " 80 (" in row
    assert "group all)" in row
    document = json.loads(told.run("inventory", "explain", "cp-2", "port", "-o", "json").out)
    origins = document["variables"][0]["origins"]
    assert [(origin["line"], origin["group"], origin["value"]) for origin in origins] == [
        (2, None, 1),
        (3, "all", 80),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "cp-3"), "there is no node `cp-3`"),
        (("explain", "cp-1", "prot"), "did you mean `port`?"),
        (("explain", "cp-1", "port", "url"), "takes a node and one variable"),
    ],
)
def test_what_is_not_there_is_a_mistake_of_the_command_line(told: Site, arguments, said: str) -> None:
    answer = told.run("inventory", *arguments)
    assert (answer.code, said in answer.err) == (2, True)


def test_a_check_finds_what_nothing_uses(told: Site) -> None:
    assert told.run("inventory", "check").code == 0
    told.template("web", "nothing")
    answer = told.run("inventory", "check")
    assert answer.code == 3
    assert "`url` is used by no template and no variable" in answer.err
    assert "2 nodes, 0 groups, 2 findings" in answer.err


def test_a_check_tells_what_is_wrong_with_the_declarations_of_all_nodes(told: Site) -> None:
    variables = told.inventory.parent / "group_vars/all.yaml"
    variables.parent.mkdir()
    variables.write_text("podwright_node: {swap: on, kubelet: {settings: {maxPodz: 5}}}\n")
    answer = told.run("inventory", "check")
    assert answer.code == 1
    assert "group_vars/all.yaml:1:24 on cp-1, cp-2: `podwright_node.swap` is not `off`" in answer.err
    assert (
        "group_vars/all.yaml:1:49 on cp-1, cp-2: `maxPodz` is not a field of a KubeletConfiguration"
        in answer.err
    )
    variables.write_text("podwright_node: {kubelet: {settings: {maxPodz: 5}}}\n")
    assert told.run("inventory", "check").code == 3


def test_what_is_wrong_elsewhere_hides_nothing_of_the_declarations(told: Site) -> None:
    variables = told.inventory.parent / "group_vars/all.yaml"
    variables.parent.mkdir()
    variables.write_text("podwright_node: {swap: on}\npodwright_rollout: {batch: many}\npodwright_bach: 1\n")
    answer = told.run("inventory", "check")
    errors = [line for line in answer.err.splitlines() if "all.yaml:" in line]
    assert answer.code == 1
    assert [line.partition("all.yaml:")[2].split(":")[0] for line in errors] == ["1", "2", "3"]


def test_a_secret_stands_in_no_error_although_the_inventory_cannot_be_used(told: Site) -> None:
    variables = told.inventory.parent / "group_vars/all.yaml"
    variables.parent.mkdir()
    declared = 'podwright_node: {sysctls: {vm.swappiness: "{{ db_password }}"}}\n'
    variables.write_text(f"db_password: hunter2-of-all\npodwright_rollout: {{batch: many}}\n{declared}")
    answer = told.run("inventory", "check")
    assert answer.code == 1
    assert "vm.swappiness" in answer.err
    assert "hunter2" not in answer.out + answer.err


def test_a_check_tells_its_findings_by_file_and_line(told: Site) -> None:
    variables = told.inventory.parent / "group_vars/all.yaml"
    variables.parent.mkdir()
    kubelet = "  kubelet:\n    settings:\n      maxPodz: 5\n      podPidsLimi: 5\n"
    variables.write_text(f"unused: 1\npodwright_node:\n  swap: on\n{kubelet}")
    errors = [line for line in told.run("inventory", "check").err.splitlines() if "all.yaml:" in line]
    lines = [int(line.partition("all.yaml:")[2].split(":")[0]) for line in errors]
    assert lines == [1, 3, 6, 7]
