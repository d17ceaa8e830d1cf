"""The passwords of `ansible-vault` are found where Ansible finds them, and a source without one is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import UsageError
from podwright.inventory.ansible_config import AnsibleConfig
from podwright.inventory.vault_passwords import VaultOptions, vault_passwords
from podwright.secret import Secret


def found(options: VaultOptions, config: AnsibleConfig | None = None, told: list[str] | None = None):
    def ask(prompt: str) -> Secret:
        return Secret(f"asked {prompt!r}")

    tell = (told if told is not None else []).append
    passwords = vault_passwords(options, config or AnsibleConfig(), ask, tell)
    return [(known.label, known.password.reveal()) for known in passwords]


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_file_is_read_without_blanks_around_it(tmp_path):
    file = written(tmp_path / "p", " pä ss \r\n")
    assert found(VaultOptions(files=(file,))) == [("default", "pä ss")]
    assert found(VaultOptions(ids=(f"prod@{file}", str(file)))) == [
        ("prod", "pä ss"),
        ("default", "pä ss"),
    ]


def test_a_program_is_run(tmp_path):
    program = written(tmp_path / "p.sh", '#!/bin/sh\necho "$# $*"\n', 0o700)
    client = written(tmp_path / "keyring-client.sh", '#!/bin/sh\necho "$# $*"\n', 0o700)
    assert found(VaultOptions(ids=(f"prod@{program}", f"prod@{client}"))) == [
        ("prod", "0 "),
        ("prod", "2 --vault-id prod"),
    ]


def test_a_program_that_every_user_may_change_is_not_run(tmp_path):
    program = written(tmp_path / "p.sh", f"#!/bin/sh\ntouch {tmp_path}/ran\necho x\n", 0o777)
    with pytest.raises(UsageError, match="is not run, since every user may change it"):
        found(VaultOptions(files=(program,)))
    assert not (tmp_path / "ran").exists()


def test_a_person_is_asked():
    assert found(VaultOptions(ids=("prod@prompt", "@prompt"), ask=True)) == [
        ("prod", "asked 'vault password (prod): '"),
        ("default", "asked 'vault password: '"),
        ("default", "asked 'vault password (default): '"),
    ]


def test_the_environment_and_ansible_cfg_count_and_are_named(tmp_path):
    for name in ("a", "b", "c"):
        written(tmp_path / name, f"pw-{name}\n")
    told: list[str] = []
    config = AnsibleConfig(
        {"ANSIBLE_VAULT_IDENTITY_LIST": f"x@{tmp_path}/a, {tmp_path}/b"},
        tmp_path / "ansible.cfg",
        {"vault_password_file": "c"},
    )
    assert found(VaultOptions(files=(tmp_path / "a",)), config, told) == [
        ("x", "pw-a"),
        ("default", "pw-b"),
        ("default", "pw-a"),
        ("default", "pw-c"),
    ]
    assert told == [
        f"the vault password is from `{tmp_path}/a`, as ANSIBLE_VAULT_IDENTITY_LIST says",
        f"the vault password is from `{tmp_path}/b`, as ANSIBLE_VAULT_IDENTITY_LIST says",
        f"the vault password is from `{tmp_path}/c`, as {tmp_path}/ansible.cfg says",
    ]


def test_a_source_without_a_password_is_said(tmp_path):
    fails = written(tmp_path / "fails", "#!/bin/sh\nexit 3\n", 0o700)
    no_program = written(tmp_path / "none", "#!/not/there\n", 0o700)
    empty = written(tmp_path / "empty", "\n")
    for path, message in (
        (tmp_path / "missing", f"cannot read the vault password file `{tmp_path}/missing`: No such file"),
        (tmp_path, f"cannot read the vault password file `{tmp_path}`: Is a directory"),
        (empty, f"the vault password file `{empty}` gives no password"),
        (fails, f"the vault password program `{fails}` failed with status 3"),
        (no_program, f"the vault password program `{no_program}`: there is no such program"),
    ):
        with pytest.raises(UsageError) as caught:
            found(VaultOptions(files=(path,)))
        assert str(caught.value).startswith(message)
        assert caught.value.hint
