"""The account on this machine, where passwd knows it and where it does not."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest

from podwright.remote.ssh.config import SshConfig
from podwright.remote.ssh.local_account import home_folder, in_home, is_file, local_user


@pytest.fixture
def no_passwd_entry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a container that runs under a number of its own: no line in passwd, no variable that helps."""

    def unknown(uid: int) -> pwd.struct_passwd:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    local_user.cache_clear()
    yield
    local_user.cache_clear()


@pytest.mark.usefixtures("no_passwd_entry")
def test_an_account_without_a_line_in_passwd_has_its_number_for_a_name_and_the_root_for_a_home() -> None:
    assert local_user() == str(os.getuid())
    assert home_folder() == Path("/")
    assert in_home("~/.ssh/key") == Path("/.ssh/key")


@pytest.mark.usefixtures("no_passwd_entry")
def test_ssh_config_is_read_and_means_something_for_an_account_without_a_line_in_passwd() -> None:
    settings = SshConfig.load().lookup("cp-1")
    assert settings.user == str(os.getuid())
    assert settings.user_known_hosts[0] == Path("/.ssh/known_hosts")


@pytest.mark.parametrize(("home", "expected"), [("", "/"), ("/home/ops", "/home/ops")])
def test_home_wins_over_passwd(home: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", home)
    assert home_folder() == Path(expected)


def test_the_home_of_somebody_who_is_not_here_stays_as_it_was_written() -> None:
    assert in_home("~nobody-of-that-name/key") == Path("~nobody-of-that-name/key")


def test_a_file_in_a_folder_that_we_may_not_enter_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refuse)
    assert not is_file(Path("/root/.ssh/config"))
