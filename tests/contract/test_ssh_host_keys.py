"""Host keys against a real sshd: nothing unknown, changed or revoked is ever spoken to."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.programs import run as run_on
from tests.fakes.sshd import Sshd, make_key, running_sshd

from podwright.errors import HostKeyError
from podwright.remote.ssh.connection import SshClient


def run(server: Sshd, **options: object) -> bytes:
    with SshClient(server.options(**options)) as client, client.connect(server.node()) as host:
        return run_on(host, "echo in", timeout=60).stdout


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("kinds")
    with running_sshd(folder, host_kinds=("ed25519", "ecdsa", "rsa")) as running:
        yield running


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_each_kind_of_key_is_recognised_when_it_is_the_only_one_known(
    server: Sshd, tmp_path: Path, kind: str
) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{server.port} {server.host_key(kind)}\n")
    assert run(server, known_hosts_files=(known,)) == b"in\n"


def test_a_hashed_line_is_recognised(server: Sshd, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(server.known_hosts.read_text())
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(known)], check=True, capture_output=True)
    assert "127.0.0.1" not in known.read_text()
    assert run(server, known_hosts_files=(known,)) == b"in\n"


def test_an_unknown_host_is_refused_before_we_log_in(server: Sshd, tmp_path: Path) -> None:
    before = server.log.count("Accepted")
    with pytest.raises(
        HostKeyError, match=rf"cp-1: the host key of `\[127.0.0.1\]:{server.port}` is unknown"
    ):
        run(server, known_hosts_files=(tmp_path / "none_yet",))
    assert server.log.count("Accepted") == before


@pytest.mark.parametrize("accept_new", [False, True])
def test_a_changed_key_is_refused_and_named(server: Sshd, tmp_path: Path, accept_new: bool) -> None:
    make_key(tmp_path / "other", "ed25519")
    known = tmp_path / "known_hosts"
    other = " ".join((tmp_path / "other.pub").read_text().split()[:2])
    known.write_text(f"\n[127.0.0.1]:{server.port} {other}\n")
    with pytest.raises(HostKeyError, match="has changed: it shows ssh-ed25519 SHA256:") as caught:
        run(server, known_hosts_files=(known,), accept_new_host_keys=accept_new)
    assert f"{known}:2" in caught.value.message
    assert "ssh-keygen -R" in caught.value.hint
    assert known.read_text().count("\n") == 2


@pytest.mark.parametrize("accept_new", [False, True])
def test_a_host_that_shows_only_another_kind_of_key_is_refused(tmp_path: Path, accept_new: bool) -> None:
    make_key(tmp_path / "rsa", "rsa")
    known = tmp_path / "known"
    with running_sshd(tmp_path / "sshd") as only_ed25519:
        rsa = " ".join((tmp_path / "rsa.pub").read_text().split()[:2])
        known.write_text(f"[127.0.0.1]:{only_ed25519.port} {rsa}\n")
        with pytest.raises(
            HostKeyError, match=r"no host key of a kind that is known of it: ssh-rsa \(.*known:1\)"
        ):
            run(only_ed25519, known_hosts_files=(known,), accept_new_host_keys=accept_new)


def test_a_revoked_key_is_refused_even_when_new_keys_are_accepted(server: Sshd, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text("".join(f"@revoked * {server.host_key(kind)}\n" for kind in ("ed25519", "ecdsa", "rsa")))
    with pytest.raises(HostKeyError, match=f"is revoked: .*{known}:1"):
        run(server, known_hosts_files=(known,), accept_new_host_keys=True)


def test_an_accepted_key_is_written_as_openssh_reads_it(server: Sshd, tmp_path: Path) -> None:
    known, config = tmp_path / "ssh" / "known_hosts", tmp_path / "config"
    config.write_text(f"HashKnownHosts yes\nUserKnownHostsFile {known}\n")
    options = {"known_hosts_files": (), "config_file": config}
    assert run(server, accept_new_host_keys=True, **options) == b"in\n"
    assert known.read_text().startswith("|1|")
    assert run(server, **options) == b"in\n"
    ssh = ["ssh", "-F", str(config), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"]
    done = subprocess.run(
        [*ssh, "-i", str(server.key), "-p", str(server.port), f"{server.user}@127.0.0.1", "echo openssh"],
        capture_output=True,
        check=False,
    )
    assert done.stdout == b"openssh\n", done.stderr


def test_ssh_config_may_accept_new_keys_and_name_an_alias(server: Sshd, tmp_path: Path) -> None:
    known, config = tmp_path / "known_hosts", tmp_path / "config"
    config.write_text(f"StrictHostKeyChecking no\nHostKeyAlias the-alias\nUserKnownHostsFile {known}\n")
    assert run(server, known_hosts_files=(), config_file=config) == b"in\n"
    assert known.read_text().split()[0] == "the-alias"


CERTIFICATES = {
    "right": (["-h", "-n", "127.0.0.1,cp-1"], None),
    "by pattern": (["-h", "-n", "127.0.0.*"], None),
    "another host's": (["-h", "-n", "db-1"], "is for `db-1`, not for `127.0.0.1`"),
    "nobody's": (["-h"], "is for nobody, not for"),
    "expired": (["-h", "-n", "127.0.0.1", "-V", "20200101:20210101"], "has expired at 2021-01-0"),
    "not yet valid": (["-h", "-n", "127.0.0.1", "-V", "20900101:20910101"], "is not valid before 20"),
}


@pytest.mark.parametrize("authority_kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("host_kind", ["ed25519", "ecdsa", "rsa"])
def test_a_certificate_of_a_known_authority_is_enough(
    tmp_path: Path, host_kind: str, authority_kind: str
) -> None:
    with certified(tmp_path, ["-h", "-n", "127.0.0.1"], host_kind, authority_kind) as server:
        assert run(server, known_hosts_files=(known_authority(tmp_path),)) == b"in\n"


@pytest.mark.parametrize("name", CERTIFICATES)
def test_a_certificate_is_judged_by_name_and_date(tmp_path: Path, name: str) -> None:
    arguments, refusal = CERTIFICATES[name]
    with certified(tmp_path, arguments) as server:
        if refusal is None:
            assert run(server, known_hosts_files=(known_authority(tmp_path),)) == b"in\n"
            return
        with pytest.raises(HostKeyError, match=f"the host certificate `the-host` of .* {refusal}"):
            run(server, known_hosts_files=(known_authority(tmp_path),))


def test_a_certificate_of_another_authority_is_refused_even_when_new_keys_are_accepted(
    tmp_path: Path,
) -> None:
    with certified(tmp_path, ["-h", "-n", "127.0.0.1"]) as server:
        make_key(tmp_path / "stranger", "ed25519")
        (tmp_path / "authority.pub").write_text((tmp_path / "stranger.pub").read_text())
        with pytest.raises(HostKeyError, match="signed by an authority that no `@cert-authority` line names"):
            run(server, known_hosts_files=(known_authority(tmp_path),), accept_new_host_keys=True)


def test_a_revoked_authority_is_refused(tmp_path: Path) -> None:
    with certified(tmp_path, ["-h", "-n", "127.0.0.1"]) as server:
        known = known_authority(tmp_path)
        known.write_text(known.read_text() + known.read_text().replace("@cert-authority", "@revoked"))
        with pytest.raises(HostKeyError, match=r"the certificate authority of .* is revoked"):
            run(server, known_hosts_files=(known,))


def test_a_host_without_a_certificate_is_unknown_where_only_its_authority_is_known(tmp_path: Path) -> None:
    make_key(tmp_path / "authority", "ed25519")
    with running_sshd(tmp_path / "sshd") as server, pytest.raises(HostKeyError):
        run(server, known_hosts_files=(known_authority(tmp_path),))


def known_authority(folder: Path) -> Path:
    known = folder / "known_authority"
    known.write_text(f"@cert-authority [127.0.0.*]:* {(folder / 'authority.pub').read_text()}")
    return known


def certified(
    folder: Path, arguments: list[str], host_kind: str = "ed25519", authority_kind: str = "ed25519"
):
    make_key(folder / "authority", authority_kind)
    (folder / "sshd").mkdir()
    make_key(folder / "sshd" / f"host_{host_kind}", host_kind)
    subprocess.run(
        [
            "ssh-keygen",
            "-q",
            "-s",
            str(folder / "authority"),
            "-I",
            "the-host",
            *arguments,
            str(folder / "sshd" / f"host_{host_kind}.pub"),
        ],
        check=True,
    )
    certificate = folder / "sshd" / f"host_{host_kind}-cert.pub"
    return running_sshd(
        folder / "sshd", host_kinds=(host_kind,), extra_config=f"HostCertificate {certificate}\n"
    )
