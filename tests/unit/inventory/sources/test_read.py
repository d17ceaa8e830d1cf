"""Each source is read as what it is; one that cannot be read is an error, never fewer nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import InventoryError, UsageError
from podwright.inventory.load import load_inventory
from podwright.inventory.sources.kubernetes import ClusterNode

INI = "[web]\nn x=1\n"


def hosts(tmp_path: Path, name: str, text: str) -> list[str]:
    (tmp_path / name).write_text(text)
    return [node.name for node in load_inventory(tmp_path / name).nodes]


@pytest.mark.parametrize("name", ["hosts", "hosts.ini", "hosts.yml", "production", "x.inventory"])
def test_what_is_no_yaml_is_read_as_ini(tmp_path, name):
    assert hosts(tmp_path, name, INI) == ["n"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hosts", "all: {hosts: {n: }}"),
        ("hosts.json", '{"all": {"hosts": {"n": null}}}'),
        ("inventory.json", '{"_meta": {"hostvars": {}}, "web": {"hosts": ["n"]}}'),
    ],
)
def test_yaml_and_json_are_told_apart_by_what_they_hold(tmp_path, name, text):
    assert hosts(tmp_path, name, text) == ["n"]


def test_an_executable_script_is_run_and_an_executable_text_is_read(tmp_path):
    script = tmp_path / "a.py"
    script.write_text('#!/bin/sh\necho \'{"web": ["from-script"]}\'\n')
    (tmp_path / "hosts").write_text(INI)
    for file in tmp_path.iterdir():
        file.chmod(0o755)
    assert [node.name for node in load_inventory(tmp_path).nodes] == ["from-script", "n"]


def test_hosts_of_the_command_line_and_of_a_cluster_are_sources_too():
    inventory = load_inventory(
        Path("a,b:23,"),
        Path("kubernetes:"),
        cluster=lambda: (ClusterNode("cp-1", (("InternalIP", "10.0.0.1"),)),),
    )
    assert [(node.name, node.connection.host) for node in inventory.nodes] == [
        ("a", "a"), ("b", "b"), ("cp-1", "10.0.0.1"),
    ]  # fmt: skip


def test_without_a_cluster_there_is_a_way_out():
    with pytest.raises(UsageError):
        load_inventory(Path("kubernetes:"))


def test_in_a_folder_what_cannot_be_an_inventory_is_left_out_with_a_warning(tmp_path):
    (tmp_path / "hosts").write_text(INI)
    (tmp_path / "run.sh").write_text("if true; then\n")
    (tmp_path / "token.creds").write_text("c2VjcmV0\n")
    (tmp_path / "ec2.ini").write_text("[ec2]\n# all of them\nregions = all\ncache_path: ~/.tmp\n")
    (tmp_path / "site.yml").write_text("- hosts: all\n  roles: [web]\n")
    (tmp_path / "Vagrantfile").write_text("Vagrant.configure('2') do |config|\nend\n")
    inventory = load_inventory(tmp_path)
    # Ansible too takes the one line of this file for a host
    assert [node.name for node in inventory.nodes] == ["n", "c2VjcmV0"]
    assert [str(warning).removeprefix(f"{tmp_path}/") for warning in inventory.warnings] == [
        f"{name}: this is not an inventory, and is not used"
        for name in ("Vagrantfile", "ec2.ini", "run.sh", "site.yml")
    ]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("hosts", "[web]\nn x\n", ":2: `x` is not a variable of a host"),
        ("hosts", "all:\n  hosts: {n: }\n x: 1\n", ":3:2: YAML"),
        ("hosts.yaml", "all: [\n", ":2:1: YAML"),
        ("hosts.toml", "[a]\n", ": inventories in TOML are not supported"),
        ("aws.yml", "plugin: amazon.aws.aws_ec2\n", ":1:1: the inventory plugin `amazon.aws.aws_ec2` is not supported"),
        ("hosts.ini", "# nothing\n", ": this source names no host, no group and no variable"),
    ],
)  # fmt: skip
def test_a_source_that_cannot_be_read_is_an_error_beside_a_good_one(tmp_path, name, text, problem):
    (tmp_path / "good").mkdir()
    (tmp_path / "good/hosts").write_text(INI)
    (tmp_path / name).write_text(text)
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path / "good", tmp_path / name)
    assert str(caught.value.problems[0]).startswith(f"{tmp_path / name}{problem}")


def test_the_remedy_for_a_plugin_is_a_list_in_json(tmp_path):
    (tmp_path / "aws.yml").write_text("plugin: aws_ec2\n")
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path / "aws.yml")
    assert f"ansible-inventory -i {tmp_path}/aws.yml --list > inventory.json" in caught.value.problems[0].hint


def test_a_folder_of_variables_only_is_a_source_too(tmp_path):
    (tmp_path / "common/group_vars").mkdir(parents=True)
    (tmp_path / "common/group_vars/all").write_text("x: 1")
    (tmp_path / "hosts").write_text("n\n")
    [node] = load_inventory(tmp_path / "common", tmp_path / "hosts").nodes
    assert node.variables == {"x": 1}
