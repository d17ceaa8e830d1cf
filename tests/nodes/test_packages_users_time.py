"""Packages, a login and a time service on a machine with a real apt and a real systemd, from a repository of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nodes.machine import Machine, Site, applied

pytestmark = [pytest.mark.xdist_group("booted_node"), pytest.mark.timeout(600)]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJViirDy7etD2XryA+/Z8lH3zOK/wK4h+FrSDDBRNTEs ops@example.com"
SOURCES = "/etc/apt/sources.list"
LOCAL = {SOURCES: {"content": "deb [trusted=yes] file:/srv/repo ./\n"}}
#: two versions of a `chrony` that sleeps, and what the second one needs; libc6 breaks those before 4.2
REPOSITORY = r"""
set -eu
mkdir -p /srv/repo
cd /srv/repo
package() {
  mkdir -p "$1/DEBIAN" "$1/lib/systemd/system" "$1/etc/chrony"
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: x\nDescription: x\n%s' "$@" >"$1/DEBIAN/control"
  if [ "$1" = chrony ]; then
    unit='[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n'
    printf "$unit" >chrony/lib/systemd/system/chrony.service
    echo 'sourcedir /etc/chrony/sources.d' >chrony/etc/chrony/chrony.conf
    echo /etc/chrony/chrony.conf >chrony/DEBIAN/conffiles
  fi
  file=$1-$2.deb
  dpkg-deb -b "$1" "$file" >/dev/null
  cat "$1/DEBIAN/control"
  printf 'Filename: ./%s\nSize: %s\nSHA256: ' "$file" "$(stat -c %s "$file")"
  sha256sum <"$file" | cut -c 1-64
  echo
  rm -r "$1"
}
{ package chrony 9.1 ''; package chrony 9.2 'Depends: chrony-needs
'; package chrony-needs 1.0 ''; } >Packages
"""
SHOWN = (
    "dpkg-query -W | grep chrony; apt-mark showhold; grep podwright /etc/passwd /etc/shadow /etc/group;"
    " ls -ld /home/*/.ssh/*; systemctl is-enabled chrony; systemctl is-active chrony;"
    " cat /etc/chrony/sources.d/*; ls /etc/sudoers.d"
)


@pytest.fixture
def site(
    booted_node: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    booted_node.run(f"({REPOSITORY})")
    site = Site(booted_node, tmp_path, capsys, monkeypatch)
    yield site
    site.declare(packages={"chrony": "absent"}, users={"podwright": "absent"})
    site.provisioned()
    site.podwright("node", "release", SOURCES, "-y")


def test_from_bare_to_ready_and_back_when_a_step_fails(site: Site) -> None:
    machine = site.machine
    node = {
        "files": LOCAL,
        "packages": {"chrony": {"version": "9.1", "hold": True}},
        "users": {"podwright": {"keys": [KEY], "sudo": True, "groups": ["adm"]}},
        "time": {"servers": ["192.0.2.1"]},
    }
    site.declare(**node)
    done = applied(site.provisioned("--adopt"))
    assert done[:3] == [SOURCES, "package chrony", "user podwright"]
    assert done[-1] == "time sync"
    site.is_ready("/etc/apt", "/home/podwright", "/etc/sudoers.d", "/etc/chrony", "/var/lib/podwright")
    before = machine.run(f"{SHOWN} 2>&1")
    assert before.startswith(
        "chrony\t9.1\nchrony\n/etc/passwd:podwright:x:1000:1000::/home/podwright:/bin/sh\n"
    )
    assert "podwright:*:" in before
    assert "enabled\nactive\n" in before
    assert "server 192.0.2.1 iburst\n" in before
    node["packages"] = {"chrony": {"version": "9.2", "hold": False}}
    site.declare(**{**node, "users": {"podwright": "absent"}, "modules": ["no-such-module"]})
    answer = site.provision()
    assert answer.code == 1
    restored = applied(answer, "restored")
    assert (restored[-1], "user podwright" in restored) == ("package chrony", True)
    assert machine.run(f"{SHOWN} 2>&1") == before
