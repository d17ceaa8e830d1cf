"""Which inventory is meant: what options say, otherwise what Ansible would use, otherwise ./inventory."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.cli.inventory_choice import InventoryChoice, choose_inventory
from podwright.errors import UsageError
from podwright.inventory.ansible_config import AnsibleConfig, ansible_config


def config_of(tmp_path: Path, text: str, **environ: str) -> AnsibleConfig:
    (tmp_path / "ansible.cfg").write_text(text)
    return ansible_config(environ, tmp_path)


def test_an_option_wins_over_everything(tmp_path):
    config = config_of(tmp_path, "[defaults]\ninventory = hosts\n", ANSIBLE_INVENTORY="other")
    assert choose_inventory((Path("mine"),), None, config, tmp_path) == InventoryChoice((Path("mine"),))


def test_the_environment_wins_over_the_file_and_each_is_said(tmp_path):
    text = "[defaults]\ninventory = hosts, more/hosts.yaml\n"
    choice = choose_inventory((), None, config_of(tmp_path, text), tmp_path)
    assert choice.paths == (tmp_path / "hosts", tmp_path / "more/hosts.yaml")
    [said] = choice.notes
    assert f"from {tmp_path}/ansible.cfg" in said
    choice = choose_inventory((), None, config_of(tmp_path, text, ANSIBLE_INVENTORY="a,b"), tmp_path)
    assert choice.paths == (Path("a"), Path("b"))
    assert "from ANSIBLE_INVENTORY" in choice.notes[0]


def test_in_a_folder_that_everybody_may_write_to_the_file_is_not_read(tmp_path):
    (tmp_path / "ansible.cfg").write_text("[defaults]\ninventory = hosts\n")
    tmp_path.chmod(0o777)
    assert choose_inventory((), None, ansible_config({}, tmp_path), tmp_path).paths == (Path("inventory"),)


def test_variables_in_the_current_folder_count_as_beside_a_playbook_and_it_is_said(tmp_path):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "inventory").mkdir()
    choice = choose_inventory((tmp_path / "inventory",), None, AnsibleConfig(), tmp_path)
    assert choice.playbook_folder == tmp_path
    assert "`./group_vars`" in choice.notes[0]
    (tmp_path / "hosts").touch()
    assert choose_inventory((tmp_path / "hosts",), None, AnsibleConfig(), tmp_path).playbook_folder is None


def test_a_folder_of_a_playbook_that_is_named_must_be_there(tmp_path):
    named = choose_inventory((Path("x"),), tmp_path, AnsibleConfig(), Path("/"))
    assert (named.playbook_folder, named.notes) == (tmp_path, ())
    with pytest.raises(UsageError):
        choose_inventory((Path("x"),), tmp_path / "nowhere", AnsibleConfig(), tmp_path)
