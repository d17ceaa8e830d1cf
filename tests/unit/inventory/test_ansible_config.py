"""ansible.cfg is found where Ansible finds it, and never where anybody may write."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import UsageError
from podwright.inventory.ansible_config import ansible_config

TEXT = "[defaults]\nvault_password_file = pw/%(x)s ; kept safe\n# inventory = a\nask_vault_pass = True\n"


def test_the_first_file_that_is_there_counts(tmp_path):
    home, here, named = tmp_path / "home", tmp_path / "here", tmp_path / "named"
    for folder in (home, here, named):
        folder.mkdir(mode=0o755)
    environ = {"HOME": str(home)}
    assert ansible_config(environ, here).file in (None, Path("/etc/ansible/ansible.cfg"))
    (home / ".ansible.cfg").write_text(TEXT)
    assert ansible_config(environ, here).file == home / ".ansible.cfg"
    (here / "ansible.cfg").write_text(TEXT)
    assert ansible_config(environ, here).file == here / "ansible.cfg"
    (named / "ansible.cfg").write_text("[other]\nx = 1\n")
    assert ansible_config({**environ, "ANSIBLE_CONFIG": str(named)}, here).file == named / "ansible.cfg"
    here.chmod(0o777)
    assert ansible_config(environ, here).file == home / ".ansible.cfg"


def test_a_setting_says_where_it_stands_and_the_environment_wins(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "ansible.cfg").write_text(TEXT)
    config = ansible_config({"HOME": "/none"}, tmp_path)
    said = config.setting("vault_password_file", "ANSIBLE_VAULT_PASSWORD_FILE")
    assert said is not None
    assert (said.value, said.said_by) == ("pw/%(x)s", str(tmp_path / "ansible.cfg"))
    assert said.path() == tmp_path / "pw/%(x)s"
    assert config.setting("inventory", "ANSIBLE_INVENTORY") is None
    assert config.switched_on("ask_vault_pass", "ANSIBLE_ASK_VAULT_PASS")

    config = ansible_config(
        {"ANSIBLE_VAULT_PASSWORD_FILE": "~/p", "ANSIBLE_ASK_VAULT_PASS": "no", "HOME": "/none"}, tmp_path
    )
    said = config.setting("vault_password_file", "ANSIBLE_VAULT_PASSWORD_FILE")
    assert said is not None
    assert (said.said_by, said.path()) == ("ANSIBLE_VAULT_PASSWORD_FILE", Path("~/p").expanduser())
    assert not config.switched_on("ask_vault_pass", "ANSIBLE_ASK_VAULT_PASS")


@pytest.mark.parametrize("content", [b"no section\n", b"[defaults\n", b"\xff\xfe"])
def test_a_file_that_is_no_configuration_is_said(tmp_path, content):
    tmp_path.chmod(0o755)
    (tmp_path / "ansible.cfg").write_bytes(content)
    with pytest.raises(UsageError, match=r"ansible\.cfg"):
        ansible_config({"HOME": "/none"}, tmp_path)
