"""What our reader makes of ssh_config, judged by OpenSSH's own `ssh -G` wherever that can say it."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest

from podwright.errors import HostError
from podwright.remote.ssh.config import SshConfig
from podwright.remote.ssh.config_settings import HostKeyChecking


def read(folder: Path, text: str) -> SshConfig:
    (folder / "config").write_text(text)
    return SshConfig.load(folder / "config")


def openssh_says(folder: Path, host: str, *options: str) -> dict[str, list[str]]:
    done = subprocess.run(
        ["ssh", "-G", "-F", str(folder / "config"), *options, host],
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        said.setdefault(keyword, []).append(value)
    return said


CONFIGS = {
    "first value counts": "Host web-*\n  Port 2201\n  User deploy\nHost *\n  Port 2202\n  User other\n",
    "equals signs and case": 'HOST web-1\n\tport = 2203\n USER=deploy\n  HostName="10.0.0.7"\n',
    "negation": "Host * !web-1\n  Port 2204\nHost web-?\n  User seen\n",
    "several patterns": "Host db-* web-1 *.example\n  HostName %h.internal\n",
    "global before any Host": "User everyone\nHost web-1\n  User late\n",
    "match host after HostName": "Host web-1\n  HostName web.internal\nMatch host *.internal\n  Port 2205\n",
    "match originalhost": "Host web-1\n HostName web.internal\nMatch originalhost web-1 !user nobody\n  Port 2206\n",
    "match negated": "Match !host web-1\n  Port 1\nMatch host db,web-1\n  Port 2207\n",
    "match exec": 'Match exec "test %h = web-1"\n  Port 2208\nMatch exec false\n  User wrong\n',
    "match all": "Host db\n  Port 1\nMatch all\n  Port 2209\n",
    "match user": "Host web-1\n  User deploy\nMatch user deploy\n  Port 2210\n",
    "match final": "Match final host *.internal\n  Port 2211\nHost web-1\n  HostName web.internal\n",
    "identity files add up": "Host web-1\n  IdentityFile /k/%h-%r\nHost *\n  IdentityFile /k/b\n  IdentityFile /k/b\n",
    "comments": "# all\nHost web-1 # the first\n  Port 2212 # said\n",
    "proxy jump": "Host web-1\n  ProxyJump a@b:33,c\nHost *\n  ProxyJump none\n",
    "proxy command": 'Host web-1\n  ProxyCommand nc "%h" %p # kept\n  ProxyJump late\n',
    "times": "Host *\n  ConnectTimeout 1m30s\n  ServerAliveInterval 7\n  ServerAliveCountMax 2\n",
    "alias": "Host web-1\n  HostKeyAlias The-Web\n  HashKnownHosts yes\n  IdentitiesOnly yes\n",
    "capital letters": "Host WEB-1\n  Port 1\nHost web-1\n  Port 2214\n",
    "quoted pattern": 'Host "web-1"\n  Port 2213\n',
}


@pytest.mark.parametrize("name", CONFIGS)
def test_our_reader_agrees_with_openssh(tmp_path: Path, name: str) -> None:
    ours = read(tmp_path, CONFIGS[name]).lookup("web-1")
    theirs = openssh_says(tmp_path, "web-1")
    assert ours.hostname == theirs["hostname"][0]
    assert str(ours.port) == theirs["port"][0]
    assert ours.user == theirs["user"][0]
    assert ",".join(ours.proxy_jump) == theirs.get("proxyjump", [""])[0]
    assert (ours.proxy_command is None) == ("proxycommand" not in theirs)
    assert ours.host_key_alias == theirs.get("hostkeyalias", [""])[0]
    assert ours.hash_known_hosts == (theirs["hashknownhosts"][0] == "yes")
    assert ours.identities_only == (theirs["identitiesonly"][0] == "yes")
    assert str(int(ours.connect_timeout or 0)) == theirs["connecttimeout"][0].replace("none", "0")
    if ours.identity_files:
        assert len(ours.identity_files) == len(theirs["identityfile"])


def test_an_included_file_counts_only_where_its_section_does(tmp_path: Path) -> None:
    (tmp_path / "web.conf").write_text("Port 2301\nHost web-1\n  User inner\n")
    config = read(tmp_path, f"Host web-*\n  Include {tmp_path}/web.conf\n  HostName web.internal\n")
    for host in ("web-1", "web-2", "db-1"):
        ours, theirs = config.lookup(host), openssh_says(tmp_path, host)
        assert [ours.hostname, str(ours.port), ours.user] == [
            theirs[k][0] for k in ("hostname", "port", "user")
        ]
    assert config.lookup("web-1").user == "inner"


def test_included_files_come_in_order_and_by_pattern(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "20.conf").write_text("Host web-1\n  Port 2402\n")
    (tmp_path / "d" / "10.conf").write_text("Host web-1\n  Port 2401\n")
    config = read(tmp_path, f"Include {tmp_path}/d/*.conf {tmp_path}/missing\nHost *\n  Port 2403\n")
    assert config.lookup("web-1").port == 2401 == int(openssh_says(tmp_path, "web-1")["port"][0])
    assert config.lookup("other").port == 2403


def test_files_that_include_one_another_are_refused(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="include one another"):
        read(tmp_path, f"Include {tmp_path}/config\n")


def test_the_values_of_paths_are_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KEYS", "/keys")
    text = "IdentityFile ~/k-%h\nIdentityFile ${KEYS}/%r@%n-%%\nUserKnownHostsFile ~/a /b/%p\n"
    found = read(tmp_path, text).lookup("web-1", user="deploy", port=22)
    assert found.identity_files == (tmp_path / "k-web-1", Path("/keys/deploy@web-1-%"))
    assert found.user_known_hosts == (tmp_path / "a", Path("/b/22"))


def test_a_given_user_and_port_win_and_are_what_match_sees(tmp_path: Path) -> None:
    config = read(tmp_path, "Host *\n  User file\n  Port 1\nMatch user given\n  ProxyCommand x %r %p %h\n")
    found = config.lookup("web-1", user="given", port=44)
    assert (found.user, found.port, found.proxy_command) == ("given", 44, "x given 44 web-1")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("yes", HostKeyChecking.STRICT),
        ("ask", HostKeyChecking.STRICT),
        ("accept-new", HostKeyChecking.ACCEPT_NEW),
        ("no", HostKeyChecking.ACCEPT_NEW),
        ("off", HostKeyChecking.ACCEPT_NEW),
    ],
)
def test_host_key_checking_is_never_weaker_than_accept_new(
    tmp_path: Path, value: str, expected: HostKeyChecking
) -> None:
    assert read(tmp_path, f"StrictHostKeyChecking {value}\n").lookup("a").host_key_checking is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Host a\n  Port\n", "config:2: `port` has no value"),
        ('Host a\n  User "b\n', "config:2: a quote is not closed"),
        ("Port 70000\n", "`port` cannot be `70000`"),
        ("ConnectTimeout soon\n", "`connecttimeout` cannot be `soon`"),
        ("StrictHostKeyChecking maybe\n", "`stricthostkeychecking` cannot be `maybe`"),
        ("Match host\n", "config:1: `Match host` has no value"),
        ("Match localnetwork 10.0.0.0/8\n", "config:1: `Match localnetwork` is not understood"),
        ("IdentityFile ${NO_SUCH_VARIABLE}/k\n", "the variable `NO_SUCH_VARIABLE`"),
        ("ProxyCommand x %Z\n", "`%Z` has no meaning"),
    ],
)
def test_what_makes_no_sense_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(HostError) as caught:
        read(tmp_path, text).lookup("a")
    assert message in str(caught.value)


def test_a_missing_file_is_named_and_none_reads_nothing(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="there is no such SSH configuration file"):
        SshConfig.load(tmp_path / "missing")
    assert SshConfig.load(Path("none")).lookup("web-1").port == 22


def test_the_users_own_file_comes_before_the_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("HashKnownHosts no\nInclude more\n")
    (tmp_path / ".ssh" / "more").write_text("Port 2501\n")
    found = SshConfig.load().lookup("web-1")
    assert (found.hash_known_hosts, found.port) == (False, 2501)


@pytest.mark.parametrize("name", ["config", "more"])
@pytest.mark.parametrize("mode", [0o666, 0o664, 0o622])
def test_a_file_of_the_user_that_others_may_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, mode: int
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("Include more\n")
    (tmp_path / ".ssh" / "more").write_text("Port 2501\n")
    (tmp_path / ".ssh" / name).chmod(mode)
    with pytest.raises(HostError) as caught:
        SshConfig.load()
    assert caught.value.message.startswith(f"`{tmp_path}/.ssh/{name}`: bad owner or permissions")
    assert caught.value.hint.endswith(f"chmod go-w {tmp_path}/.ssh/{name}")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_file_of_the_user_that_is_anothers_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("Port 2501\n")
    os.chown(tmp_path / ".ssh" / "config", 65534, 0)
    with pytest.raises(HostError, match="bad owner or permissions"):
        SshConfig.load()


def test_a_file_named_on_the_command_line_is_the_callers_choice_as_with_openssh(tmp_path: Path) -> None:
    read(tmp_path, "Port 2502\n")
    (tmp_path / "config").chmod(0o666)
    assert SshConfig.load(tmp_path / "config").lookup("a").port == 2502
    assert openssh_says(tmp_path, "a")["port"] == ["2502"]


def test_a_host_is_looked_up_once_even_by_many_threads(tmp_path: Path) -> None:
    config = read(tmp_path, f'Match exec "echo x >>{tmp_path}/asked"\n  Port 2601\n')
    threads = [threading.Thread(target=config.lookup, args=("web-1",)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "asked").read_text() == "x\n"


def test_a_thousand_blocks_answer_for_a_thousand_hosts(tmp_path: Path) -> None:
    blocks = "".join(f"Host node-{n} n{n}.*\n  HostName 10.0.{n // 256}.{n % 256}\n" for n in range(1000))
    config = read(tmp_path, f"{blocks}Host *\n  User ops\n")
    found = [config.lookup(f"node-{n}") for n in range(1000)]
    assert [f.hostname for f in found] == [f"10.0.{n // 256}.{n % 256}" for n in range(1000)]
    assert {f.user for f in found} == {"ops"}


def test_a_pattern_of_stars_does_not_explode(tmp_path: Path) -> None:
    assert read(tmp_path, f"Host {'*a' * 30}b\n  Port 1\n").lookup("a" * 40).port == 22
