"""What variables come to, where they are written, and what nothing uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import UsageError
from podwright.inventory.load import load_inventory
from podwright.inventory.node import Inventory
from podwright.operations.inventory_values import unused, values_of

HOSTS = """\
all:
  vars: {stage: test, url: "http://{{ inventory_hostname }}:{{ port }}", loop: "{{ loop }}"}
  children:
    web:
      hosts: {n1: {port: 8080}, n2: {}}
      vars: {port: 80, stage: live}
    nobody: {}
"""


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    (tmp_path / "hosts.yaml").write_text(HOSTS)
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "web.yaml").write_text("stage: files\n")
    return load_inventory(tmp_path / "hosts.yaml")


def test_a_value_is_what_templates_see_with_every_place_that_gives_one(inventory: Inventory) -> None:
    node = inventory.nodes[0]
    by_name = {value.name: value for value in values_of(inventory, node)}
    assert (by_name["url"].value, by_name["url"].expression) == ("http://n1:8080", True)
    assert (by_name["stage"].value, by_name["stage"].expression) == ("files", False)
    written = [
        (Path(one.place.file).name, one.place.line, one.group, one.value) for one in by_name["stage"].origins
    ]
    assert written == [
        ("hosts.yaml", 2, "all", "test"),
        ("hosts.yaml", 6, "web", "live"),
        ("web.yaml", 1, "web", "files"),
    ]
    assert [one.group for one in by_name["port"].origins] == ["web", ""]


def test_what_cannot_be_evaluated_says_why(inventory: Inventory) -> None:
    [loop] = values_of(inventory, inventory.nodes[0], "loop")
    assert "loop" in loop.problem
    assert loop.value is None


def test_a_name_that_is_not_there_gets_a_near_one(inventory: Inventory) -> None:
    with pytest.raises(UsageError) as caught:
        values_of(inventory, inventory.nodes[0], "stag")
    assert (caught.value.message, caught.value.hint) == ("n1 has no variable `stag`", "did you mean `stage`?")


def test_groups_without_nodes_and_variables_that_nothing_mentions_are_told(
    inventory: Inventory, tmp_path
) -> None:
    template = tmp_path / "web.yaml.j2"
    template.write_text("{{ url }}")
    found = {problem.message: problem.place for problem in unused(inventory, [template])}
    assert list(found) == [
        "the group `nobody` has no node",
        "`stage` is used by no template and no variable",
    ]
    assert found["`stage` is used by no template and no variable"].line == 2
    template.write_text("{{ url }}{{ hostvars.n1.stage }}")
    assert [problem.message for problem in unused(inventory, [template])] == [
        "the group `nobody` has no node"
    ]
