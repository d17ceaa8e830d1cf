"""The command line takes an Ansible user's inventory, in whatever form, as it is."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Site


def names(site: Site, *arguments: str) -> str:
    answer = site.run(*arguments, "manifest", "validate", "-o", "json")
    assert answer.code == 0, answer.err
    return answer.out


def test_ini_with_a_machine_that_cannot_be_connected_to(site: Site) -> None:
    (site.folder / "hosts").write_text(
        'localhost ansible_connection=local ansible_become_password="{{ vault_pw }}"\n'
        "[web]\nn1 ansible_ssh_common_args='-o ProxyJump=gate'\n[web:vars]\nstatic_pods=['web']\n"
    )
    assert '"n1"' in names(site, "-i", "hosts")


def test_hosts_on_the_command_line_have_no_static_pods(site: Site) -> None:
    answer = site.run("-i", "a,b,", "manifest", "validate")
    assert "no chosen node has a static pod" in answer.err


def test_what_ansible_would_use_is_used_and_said(site: Site) -> None:
    (site.folder / "prod.ini").write_text("only-here\n[all:vars]\nstatic_pods=['web']\n")
    (site.folder / "ansible.cfg").write_text("[defaults]\ninventory = prod.ini\n")
    answer = site.run("manifest", "validate", "-o", "json")
    assert '"only-here"' in answer.out
    assert f"note: the inventory is `{site.folder}/prod.ini`, from {site.folder}/ansible.cfg" in answer.err
    site.folder.chmod(0o777)
    assert '"only-here"' not in site.run("manifest", "validate", "-o", "json").out


def test_variables_beside_a_playbook_are_used_and_said(site: Site) -> None:
    (site.folder / "plays/group_vars").mkdir(parents=True)
    (site.folder / "plays/group_vars/all").write_text("static_pods: {web: absent, other: present}\n")
    answer = site.run("--playbook-dir", "plays", "manifest", "validate")
    assert "other.yaml.j2" in answer.out
    (site.folder / "group_vars").mkdir()
    answer = site.run("manifest", "validate")
    assert "note: variables in `./group_vars` count too" in answer.err


def test_the_folder_of_the_playbook_is_that_of_the_option(site: Site) -> None:
    (site.folder / "plays/group_vars").mkdir(parents=True)
    text = "ansible_ssh_private_key_file: '{{ playbook_dir }}/key'\nplays: '{{ playbook_dir }}'\n"
    (site.folder / "plays/group_vars/all").write_text(text)
    answer = site.run("--playbook-dir", "plays", "inventory", "show", "cp-1", "-o", "json")
    assert f'"value": "{site.folder}/plays"' in answer.out


@pytest.mark.parametrize("limit", ["", ",", " , "])
def test_an_empty_limit_is_an_error(site: Site, limit: str) -> None:
    answer = site.run("manifest", "validate", "-l", limit)
    assert (answer.code, "the limit is empty" in answer.err) == (2, True)


def test_a_source_that_fails_is_an_error_although_another_is_good(site: Site) -> None:
    script = site.folder / "hosts.py"
    script.write_text("#!/bin/sh\necho no credentials >&2; exit 4\n")
    script.chmod(0o755)
    answer = site.run("-i", "inventory", "-i", "hosts.py", "manifest", "validate")
    assert answer.code == 1
    assert "hosts.py: the inventory script ended `--list` with 4: no credentials" in answer.err
