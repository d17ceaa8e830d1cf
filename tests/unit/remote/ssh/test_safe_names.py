"""Host and user names that OpenSSH would refuse, from every source that can name one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from podwright.errors import HostError
from podwright.remote.ssh.config import SshConfig
from podwright.remote.ssh.safe_names import check_host, check_user

HOSTS = [
    "x;>p;",
    "-oProxyCommand=x",
    "a b",
    "a\tb",
    "$(id)",
    "`id`",
    "a'b",
    "a|b",
    "a\x1bb",
    "a\\b",
    "",
    "a{b",
]
USERS = ["$(id)", "`id`", "-l", "a;b", "a'b", "a|b", "a\x1bb", "a\\", "(a)", ""]


@pytest.mark.parametrize("name", HOSTS)
def test_a_host_that_openssh_refuses_is_refused(name: str) -> None:
    with pytest.raises(HostError, match=r"n1: `.*` is not a host name or an address"):
        check_host(name, "n1")
    if name and not name.startswith("-"):
        assert subprocess.run(["ssh", "-G", name], capture_output=True, check=False).returncode


@pytest.mark.parametrize("name", ["*", "a?", "a,b", "!a"])
def test_a_host_that_known_hosts_would_read_as_a_pattern_is_refused(name: str) -> None:
    with pytest.raises(HostError):
        check_host(name, "n1")


@pytest.mark.parametrize("name", USERS)
def test_a_user_that_openssh_refuses_is_refused(name: str) -> None:
    with pytest.raises(HostError, match=r"n1: `.*` is not the name of a user"):
        check_user(name, "n1")


@pytest.mark.parametrize("name", ["web-1", "10.0.0.7", "fe80::1%eth0", "[::1]", "a_b", "knoten-\u00e4"])
def test_a_plain_host_passes(name: str) -> None:
    assert check_host(name, "n1") == name


@pytest.mark.parametrize("name", ["root", "core", "DOMAIN\\ada", "ada@example.com", "svc_x.y-1", "host$"])
def test_a_plain_user_passes(name: str) -> None:
    assert check_user(name, "n1") == name


def looked_up(folder: Path, text: str, **options: object) -> object:
    (folder / "config").write_text(text)
    return SshConfig.load(folder / "config").lookup("web-1", **options)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("HostName x;>{0}/ran;\nProxyCommand nc %h %p\n", {}),
        ("HostName 'x;>{0}/ran;'\nMatch exec \"true %h\"\n  Port 1\n", {}),
        ('User $(>{0}/ran)\nMatch exec "true %r"\n  Port 1\n', {}),
        ('Match exec "true %r"\n  Port 1\n', {"user": "$(>{0}/ran)"}),
        ('Match exec "true %r"\n  Port 1\n', {"options": (("User", "$(>{0}/ran)"),)}),
        ("HostKeyAlias *\n", {}),
        ("HostKeyAlias a,*\n", {}),
        ("HostName *\n", {}),
    ],
)
def test_a_crafted_name_is_refused_and_no_shell_sees_it(tmp_path: Path, text: str, options) -> None:
    options = {
        key: value.format(tmp_path)
        if isinstance(value, str)
        else tuple((k, v.format(tmp_path)) for k, v in value)
        for key, value in options.items()
    }
    with pytest.raises(HostError, match="is not"):
        looked_up(tmp_path, text.format(tmp_path), **options)
    assert not (tmp_path / "ran").exists()


def test_a_token_is_one_word_for_the_shell(tmp_path: Path) -> None:
    found = looked_up(tmp_path, "ProxyCommand nc -l %r %h\n", user="DOMAIN\\ada")
    assert found.proxy_command == "nc -l 'DOMAIN\\ada' web-1"


def test_a_crafted_hop_is_refused(tmp_path: Path) -> None:
    config = SshConfig.load(Path("none"))
    for host, user in (("x;id", None), ("b", "$(id)")):
        with pytest.raises(HostError):
            config.lookup(host, user=user)
