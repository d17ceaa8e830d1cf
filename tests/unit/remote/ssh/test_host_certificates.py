"""Host certificates that lie; those that ssh-keygen makes are in tests/contract/test_ssh_host_keys.py."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from tests.fakes.sshd import make_key

from podwright.errors import HostKeyError
from podwright.remote.ssh.config_settings import HostSettings
from podwright.remote.ssh.host_certificates import check_certificate
from podwright.remote.ssh.host_keys import HostKeyJudge, HostKeys
from podwright.remote.ssh.known_hosts import HostKey


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    for name in ("authority", "host"):
        make_key(made / name, "ed25519")
    return made


def sign(folder: Path, *arguments: str) -> bytes:
    command = ["ssh-keygen", "-q", "-s", str(folder / "authority"), "-I", "the-host", *arguments]
    subprocess.run([*command, str(folder / "host.pub")], check=True)
    return base64.b64decode((folder / "host-cert.pub").read_text().split()[1])


def host_key(folder: Path) -> HostKey:
    kind, blob = (folder / "host.pub").read_text().split()[:2]
    return HostKey(kind, blob)


def judge(folder: Path) -> HostKeyJudge:
    (folder / "known").write_text(f"@cert-authority web-* {(folder / 'authority.pub').read_text()}")
    settings = HostSettings(hostname="web-1", port=22, user="ops")
    return HostKeys((folder / "known",)).judge("cp-1", settings)


@pytest.mark.parametrize(
    ("validity", "reason"),
    [
        ("20200101Z:20210101Z", "has expired at 2021-01-01T00:00:00Z"),
        ("29990101Z:30000101Z", "is not valid before 2999-01-01T00:00:00Z"),
    ],
)
def test_a_certificate_out_of_its_time_is_refused(folder: Path, validity: str, reason: str) -> None:
    blob = sign(folder, "-h", "-n", "web-1,web-2", "-V", validity)
    with pytest.raises(HostKeyError, match=f"`the-host` of `web-1` {reason}"):
        check_certificate(judge(folder), blob, host_key(folder))


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
@pytest.mark.parametrize("authority", ["ed25519", "rsa", "ecdsa"])
def test_keys_of_every_kind_sign_and_are_signed(tmp_path: Path, kind: str, authority: str) -> None:
    make_key(tmp_path / "authority", authority)
    make_key(tmp_path / "host", kind)
    check_certificate(judge(tmp_path), sign(tmp_path, "-h", "-n", "web-1"), host_key(tmp_path))


def test_an_authority_that_nobody_named_is_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("authority", "host"):
        make_key(tmp_path / name, "ed25519")
    with pytest.raises(HostKeyError, match="is signed by an authority that no `@cert-authority` line names"):
        check_certificate(judge(folder), sign(tmp_path, "-h", "-n", "web-1"), host_key(tmp_path))


def test_a_key_without_a_certificate_is_refused(folder: Path) -> None:
    with pytest.raises(HostKeyError, match="cannot be read"):
        check_certificate(judge(folder), base64.b64decode(host_key(folder).base64), host_key(folder))


def test_a_good_certificate_passes(folder: Path) -> None:
    check_certificate(judge(folder), sign(folder, "-h", "-n", "web-1"), host_key(folder))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-n", "web-1"), "is for a user, not for a host"),
        (("-h", "-n", "db-1"), "is for `db-1`, not for `web-1`"),
        (("-h", "-n", "WEB-1"), ""),
        (("-h", "-n", "web-1", "-O", "critical:unheard-of=1"), "has critical options"),
    ],
)
def test_what_a_certificate_is_for_is_judged(folder: Path, arguments: tuple[str, ...], reason: str) -> None:
    blob = sign(folder, *arguments)
    if not reason:
        check_certificate(judge(folder), blob, host_key(folder))
        return
    with pytest.raises(HostKeyError, match=reason):
        check_certificate(judge(folder), blob, host_key(folder))


def test_a_certificate_changed_in_any_byte_is_refused(folder: Path) -> None:
    blob, judged, key = sign(folder, "-h", "-n", "web-1"), judge(folder), host_key(folder)
    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 1
        with pytest.raises(HostKeyError):
            check_certificate(judged, bytes(changed), key)


def test_a_signature_by_sha_1_is_refused(tmp_path: Path) -> None:
    make_key(tmp_path / "authority", "rsa")
    make_key(tmp_path / "host", "ed25519")
    blob = sign(tmp_path, "-h", "-n", "web-1", "-t", "ssh-rsa")
    with pytest.raises(HostKeyError, match="has a wrong signature"):
        check_certificate(judge(tmp_path), blob, host_key(tmp_path))


@pytest.mark.parametrize("length", [0, 3, 4, 31, 40, 100, 200, 300])
def test_a_certificate_cut_short_is_refused(folder: Path, length: int) -> None:
    blob = sign(folder, "-h", "-n", "web-1")
    with pytest.raises(HostKeyError, match="cannot be read"):
        check_certificate(judge(folder), blob[:length], host_key(folder))
