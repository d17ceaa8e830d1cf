"""What a role's files say is weaker or stronger than the inventory, and `-e` wins over all."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import InventoryError
from podwright.inventory.file_reader import FileReader
from podwright.inventory.load import load_inventory
from podwright.inventory.node import Inventory
from podwright.inventory.role_and_extra_variables import Around, read_outer
from podwright.inventory.structure import Structure


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def loaded(folder: Path, *extra: str, **files: str) -> Inventory:
    hosts = write(folder / "hosts.yaml", "all: {hosts: {a: {v: host}, b: }, vars: {v: group, w: group}}\n")
    for name, text in files.items():
        write(folder / "role" / name / "main.yml", text)
    return load_inventory(hosts, role=folder / "role", extra=extra)


def values(inventory: Inventory, name: str) -> list[object]:
    return [node.variables.get(name) for node in inventory.nodes]


def test_a_roles_defaults_are_weakest_and_its_vars_win_over_hosts(tmp_path):
    inventory = loaded(tmp_path, defaults="{v: default, d: default}", vars="{w: role}")
    assert values(inventory, "v") == ["host", "group"]
    assert values(inventory, "d") == ["default", "default"]
    assert values(inventory, "w") == ["role", "role"]


def test_what_the_command_line_says_wins_and_the_last_of_it(tmp_path):
    inventory = loaded(tmp_path, "v=one ansible_user=ada", "{v: 2, static_pods: [web]}", vars="{v: role}")
    assert values(inventory, "v") == [2, 2]
    assert [node.connection.user for node in inventory.nodes] == ["ada", "ada"]
    assert [pod.template for pod in inventory.nodes[0].static_pods] == ["web"]
    assert inventory.extra["v"] == 2


def test_each_value_has_its_origin_weakest_first(tmp_path):
    inventory = loaded(tmp_path, "v=2", defaults="v: default", vars="v: role")
    written = [str(origin.place) for origin in inventory.origins.of("a")["v"]]
    role, hosts = tmp_path / "role", tmp_path / "hosts.yaml"
    assert written == [
        f"{role}/defaults/main.yml:1:1", f"{hosts}:1:42", f"{hosts}:1:19", f"{role}/vars/main.yml:1:1", "-e",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # as ansible-core 2.19 reads them
        ("a=1 b=x", {"a": "1", "b": "x"}),
        ("a='x y' b=\"x 'y'\"", {"a": "x y", "b": "x 'y'"}),
        ("a=x=y b=", {"a": "x=y", "b": ""}),
        ("a={{ b | default('x y') }}", {"a": "{{ b | default('x y') }}"}),
        (r"a=x\ty", {"a": "x\ty"}),
        ("a=pre'x y'", {"a": "pre'x y'"}),
        ("{a: [1, true]}", {"a": [1, True]}),
        ('{"a": null}', {"a": None}),
        ("", {}),
    ],
)
def test_the_option_is_read_as_ansible_reads_it(text, expected):
    structure = Structure()
    assert read_outer(Around(None, (text,)), structure, FileReader()).extra == expected
    assert structure.problems == []


def test_a_file_is_read_too(tmp_path):
    path = write(tmp_path / "more.yaml", "a: 1\n")
    assert read_outer(Around(None, (f"@{path}", "b=2")), Structure(), FileReader()).above == {
        "a": 1,
        "b": "2",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hunter2", "-e: something is not `name=value`"),
        ("1a=x", "-e: something is not `name=value`"),
        ("a='x", "-e: something is not `name=value`"),
        ("[1]", "-e:1:1: variables are a mapping of names to values"),
        ("{a: ", "-e:2:1: YAML"),
        ("@nowhere.yaml", "-e: there is no file `nowhere.yaml`"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_shows_no_value(tmp_path, text, message):
    with pytest.raises(InventoryError) as caught:
        loaded(tmp_path, text)
    assert str(caught.value.problems[0]).startswith(message)
    assert "hunter2" not in str(caught.value)
