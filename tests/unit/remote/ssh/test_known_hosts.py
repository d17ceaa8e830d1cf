"""Reading and writing known_hosts, judged by OpenSSH's own `ssh-keygen -F` and `-H`."""

from __future__ import annotations

import base64
import re
import subprocess
import threading
from pathlib import Path

import pytest

from podwright.errors import HostError
from podwright.remote.ssh.known_hosts import HostKey, KnownHosts, append_line, host_name, known_host_line

BLOB = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"k" * 32).decode()
OTHER = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"o" * 32).decode()
KEY = HostKey("ssh-ed25519", BLOB)


def read(folder: Path, text: str) -> KnownHosts:
    (folder / "known_hosts").write_text(text)
    return KnownHosts.load([folder / "known_hosts"])


def openssh_finds(folder: Path, name: str) -> list[int]:
    done = subprocess.run(
        ["ssh-keygen", "-F", name, "-f", str(folder / "known_hosts")],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(number) for number in re.findall(r"^# Host .* found: line (\d+)", done.stdout, re.M)]


LINES = f"""# a comment
web-1 ssh-ed25519 {BLOB} said somebody
web-1,10.0.0.7 ssh-ed25519 {OTHER}
[web-1]:2222 ssh-ed25519 {OTHER}
*.example,!bad.example ssh-ed25519 {BLOB}
[*.example]:2222 ssh-ed25519 {BLOB}
@cert-authority *.example ssh-ed25519 {OTHER}
@revoked * ssh-ed25519 {OTHER}
Upper.Case ssh-ed25519 {BLOB}
fe80::1,::1 ssh-ed25519 {BLOB}
node? ssh-ed25519 {BLOB}
"""


@pytest.mark.parametrize(
    "name",
    [
        "web-1",
        "10.0.0.7",
        "[web-1]:2222",
        "a.example",
        "bad.example",
        "[b.example]:2222",
        "upper.case",
        "::1",
        "node7",
    ],
)
@pytest.mark.parametrize("hashed", [False, True])
def test_a_host_is_found_on_the_lines_where_openssh_finds_it(tmp_path: Path, name: str, hashed: bool) -> None:
    table = read(tmp_path, LINES)
    if hashed:
        subprocess.run(
            ["ssh-keygen", "-q", "-H", "-f", str(tmp_path / "known_hosts")], check=True, capture_output=True
        )
        table = KnownHosts.load([tmp_path / "known_hosts"])
    found = table.lookup(name)
    assert sorted(e.place.line for e in found) == sorted(openssh_finds(tmp_path, name))


@pytest.mark.parametrize(
    "line",
    [
        "web-1",
        "web-1 ssh-ed25519",
        "web-1 ssh-ed25519 not!base64",
        f"@unheard-of web-1 ssh-ed25519 {BLOB}",
        f"|1|nonsense ssh-ed25519 {BLOB}",
        "\0\x1b[2J",
        "@cert-authority",
    ],
)
def test_a_line_that_says_nothing_legible_hides_no_other(tmp_path: Path, line: str) -> None:
    table = read(tmp_path, f"{line}\nweb-1 ssh-ed25519 {BLOB}\n")
    assert [entry.place.line for entry in table.lookup("web-1")] == [2]


def test_bytes_that_are_no_text_are_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_bytes(b"\xff\xfe broken\n" + f"web-1 ssh-ed25519 {BLOB}\n".encode())
    assert len(KnownHosts.load([tmp_path / "known_hosts"]).lookup("web-1")) == 1


def test_several_files_are_one_table_and_missing_ones_are_empty(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"web-1 ssh-ed25519 {BLOB}\n")
    (tmp_path / "b").write_text(f"\nweb-1 ssh-ed25519 {OTHER}\n")
    found = KnownHosts.load([tmp_path / "a", tmp_path / "missing", tmp_path / "b"]).lookup("WEB-1")
    assert [str(entry.place) for entry in found] == [f"{tmp_path}/a:1", f"{tmp_path}/b:2"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    huge = tmp_path / "known_hosts"
    with huge.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(HostError, match="larger than a known_hosts file can be"):
        KnownHosts.load([huge])


def test_the_fingerprint_is_the_one_that_ssh_keygen_shows(tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(f"ssh-ed25519 {BLOB} c\n")
    done = subprocess.run(
        ["ssh-keygen", "-lf", str(tmp_path / "key.pub")], capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[1] == KEY.fingerprint


@pytest.mark.parametrize("hashed", [False, True])
def test_what_we_write_openssh_finds(tmp_path: Path, hashed: bool) -> None:
    path = tmp_path / "ssh" / "known_hosts"
    place = append_line(path, known_host_line("[web-1]:2222", KEY, hashed=hashed))
    assert (str(place), path.stat().st_mode & 0o777) == (f"{path}:1", 0o600)
    assert openssh_finds(tmp_path / "ssh", "[web-1]:2222") == [1]
    assert ("web-1" in path.read_text()) is not hashed


def test_a_last_line_without_its_end_is_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"web-1 ssh-ed25519 {BLOB}")
    assert append_line(path, f"web-2 ssh-ed25519 {BLOB}").line == 2
    assert path.read_text() == f"web-1 ssh-ed25519 {BLOB}\nweb-2 ssh-ed25519 {BLOB}\n"


def test_many_threads_write_whole_lines_and_each_knows_its_own(tmp_path: Path) -> None:
    path, places = tmp_path / "known_hosts", {}

    def add(number: int) -> None:
        places[number] = append_line(path, f"node-{number} ssh-ed25519 {BLOB}").line

    threads = [threading.Thread(target=add, args=(n,)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = path.read_text().splitlines()
    assert all(lines[line - 1].startswith(f"node-{number} ") for number, line in places.items())
    assert len(lines) == 32


def test_five_thousand_hashed_lines_are_read_and_searched(tmp_path: Path) -> None:
    lines = [known_host_line(f"node-{n}", KEY, hashed=True) for n in range(5000)]
    table = read(tmp_path, "\n".join(lines) + "\n")
    assert [table.lookup(f"node-{n}")[0].place.line for n in (0, 2500, 4999)] == [1, 2501, 5000]
    assert table.lookup("stranger") == ()


def test_the_name_of_a_host_has_its_port_unless_it_is_22() -> None:
    assert (host_name("web-1", 22), host_name("fe80::1", 2222)) == ("web-1", "[fe80::1]:2222")
