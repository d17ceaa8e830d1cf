"""docs/inventory.md says every variable the code reads, no other, and its example loads."""

from __future__ import annotations

import re
from pathlib import Path

from podwright.inventory.load import load_inventory
from podwright.inventory.patterns import select
from podwright.inventory.ssh_arguments import SUPPORTED
from podwright.inventory.variables import OTHER_VARIABLES, UNUSED_VARIABLES, VARIABLES

PAGE = (Path(__file__).parents[2] / "docs/inventory.md").read_text()


def rows(heading: str) -> list[list[str]]:
    table = PAGE.partition(heading)[2].split("\n\n")[0]
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in table.splitlines()
        if line[:3] == "| `"
    ]


def test_every_variable_is_on_the_page_with_its_meaning():
    found = rows("| Variable | Type | Meaning | Default |\n")
    expected = [
        [f"`{variable.name}`", variable.kind.name, variable.meaning, variable.default]
        for variable in VARIABLES.values()
    ]
    assert [[*row, ""][:4] for row in found] == expected


def test_every_other_variable_is_on_the_page():
    found = dict(rows("| Also read | Meaning |\n|---|---|\n"))
    assert found == {f"`{name}`": meaning for name, meaning in OTHER_VARIABLES.items()}


def test_every_unused_variable_is_on_the_page():
    sentence = PAGE.partition("podwright warns of\n")[2].partition(":")[0]
    assert set(re.findall(r"`(ansible_\w+)`", sentence)) == set(UNUSED_VARIABLES)


def test_every_option_of_ssh_is_on_the_page():
    sentence = PAGE.partition("These options of ssh count: ")[2].partition(",\nwritten")[0]
    assert tuple(re.findall(r"`(\w+)`", sentence)) == SUPPORTED


def test_the_example_loads(tmp_path):
    (tmp_path / "hosts.yaml").write_text(PAGE.partition("```yaml\n")[2].partition("```")[0])
    inventory = load_inventory(tmp_path / "hosts.yaml")
    pods = {node.name: {pod.template: pod.present for pod in node.static_pods} for node in inventory.nodes}
    assert pods == {
        **{f"cp-{number}": {"node-agent": True, "haproxy": True} for number in (1, 2, 3)},
        "worker-1": {"node-agent": True},
        "worker-2": {"node-agent": False},
    }
    assert [node.name for node in select(inventory, "control_plane,worker-1")] == [
        "cp-1",
        "cp-2",
        "cp-3",
        "worker-1",
    ]
