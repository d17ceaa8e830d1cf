"""What the collected values of ssh_config mean; which values are collected is in test_config.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import HostError
from podwright.remote.ssh.config_settings import HostKeyChecking, settings_from


def test_nothing_said_is_openssh_defaults() -> None:
    settings = settings_from("web-1", {})
    assert (settings.hostname, settings.port) == ("web-1", 22)
    assert (settings.identity_files, settings.connect_timeout, settings.alive_count) == (None, None, 3)
    assert settings.host_key_checking is HostKeyChecking.STRICT
    assert [path.name for path in settings.user_known_hosts] == ["known_hosts", "known_hosts2"]
    assert [str(path.parent) for path in settings.global_known_hosts] == ["/etc/ssh"] * 2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("1m30s", 90), ("2h", 7200), ("1d1w", 691200), ("none", None), ("5m10", 310)],
)
def test_times_are_openssh_times(text: str, seconds: float | None) -> None:
    assert settings_from("a", {"connecttimeout": [text]}).connect_timeout == seconds


@pytest.mark.parametrize("text", ["soon", "m", "1x", "-1", "1.5"])
def test_a_time_that_is_none_is_named(text: str) -> None:
    with pytest.raises(HostError, match="`connecttimeout` cannot be"):
        settings_from("a", {"connecttimeout": [text]})


@pytest.mark.parametrize("text", ["0", "65536", "ssh", "", "2²"])
def test_a_port_out_of_range_is_named(text: str) -> None:
    with pytest.raises(HostError, match="`port` cannot be"):
        settings_from("a", {"port": [text]})


@pytest.mark.parametrize(
    ("found", "jump", "command"),
    [
        ({"proxyjump": ["a,b"], "proxycommand": ["nc"]}, ("a", "b"), None),
        ({"proxycommand": ["nc %h"], "proxyjump": ["a"]}, (), "nc web-1"),
        ({"proxyjump": ["none"], "proxycommand": ["nc"]}, (), None),
        ({"proxycommand": ["none"]}, (), None),
    ],
)
def test_the_first_of_two_ways_counts(
    found: dict[str, list[str]], jump: tuple[str, ...], command: str | None
) -> None:
    settings = settings_from("web-1", found)
    assert (settings.proxy_jump, settings.proxy_command) == (jump, command)


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("SSH_AUTH_SOCK", None),
        ("none", "none"),
        ("$OURS", "/run/agent"),
        ("$NOBODYS", "none"),
        ("/a/%h", "/a/web-1"),
    ],
)
def test_the_agent_may_be_another(text: str, agent: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "/run/agent")
    assert settings_from("web-1", {"identityagent": [text]}).identity_agent == agent


def test_files_named_none_are_no_files() -> None:
    found = {"userknownhostsfile": ["none"], "identityfile": ["/k", "none"], "revokedhostkeys": ["/r"]}
    settings = settings_from("a", found)
    assert (settings.user_known_hosts, settings.identity_files) == ((), (Path("/k"),))
    assert settings.revoked_host_keys == Path("/r")
