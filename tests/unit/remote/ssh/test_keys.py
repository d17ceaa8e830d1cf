"""Private key files as ssh-keygen makes them, and as nobody should leave them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.fakes.sshd import cheap, make_key

from podwright.remote.ssh.keys import KeyFileError, KeyFiles, with_certificate
from podwright.secret import Secret


def made(folder: Path, kind: str = "ed25519", *arguments: str, passphrase: str = "") -> Path:
    path = folder / f"id_{kind}"
    command = ["ssh-keygen", "-q", "-t", kind, *cheap(kind), "-N", passphrase, "-f", str(path), *arguments]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("form", [(), ("-m", "PEM")], ids=["openssh", "pem"])
@pytest.mark.parametrize("passphrase", ["", "secret words"])
def test_every_kind_is_read_and_its_public_half_is_known_beforehand(
    tmp_path: Path, kind: str, form: tuple[str, ...], passphrase: str
) -> None:
    path = made(tmp_path, kind, *form, passphrase=passphrase)
    keys = KeyFiles(lambda _path: Secret(passphrase))
    file = keys.look_at(path)
    assert file.encrypted is bool(passphrase)
    assert keys.load(path).asbytes() == file.public_blob


def test_a_passphrase_is_asked_for_once_and_a_wrong_one_is_not_tried_again(tmp_path: Path) -> None:
    path, asked = made(tmp_path, passphrase="right"), list[str]()

    def wrong(name: str) -> Secret:
        asked.append(name)
        return Secret("wrong")

    keys = KeyFiles(wrong)
    for _ in range(3):
        with pytest.raises(KeyFileError, match="wrong passphrase"):
            keys.load(path)
    assert asked == [str(path)]


def test_without_anybody_to_ask_the_agent_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="needs a passphrase and none was given") as failure:
        KeyFiles().load(made(tmp_path, passphrase="x"))
    assert "ssh-add" in failure.value.hint


def test_a_file_that_is_no_key_is_named_with_the_reason(tmp_path: Path) -> None:
    good = made(tmp_path)
    (tmp_path / "damaged").write_text(good.read_text().replace("b3BlbnNzaC1rZXk", "AAAA"))
    (tmp_path / "dsa").write_text("-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n")
    (tmp_path / "open").write_bytes(good.read_bytes())
    for name, mode, message in (
        ("id_ed25519.pub", 0o600, "is not a private key"),
        ("damaged", 0o600, "is damaged"),
        ("dsa", 0o600, "is in a format that is not read here"),
        ("open", 0o644, "has mode 0644: others could read it"),
    ):
        (tmp_path / name).chmod(mode)
        with pytest.raises(KeyFileError, match=message) as failure:
            KeyFiles().look_at(tmp_path / name)
        assert failure.value.hint
    with pytest.raises(KeyFileError, match="is not a private key"):
        KeyFiles().look_at(tmp_path)
    with pytest.raises(FileNotFoundError):
        KeyFiles().look_at(tmp_path / "missing")


def test_a_key_may_present_a_certificate_of_its_own_and_of_no_other(tmp_path: Path) -> None:
    path = made(tmp_path)
    make_key(tmp_path / "authority", "ed25519")
    sign = ["ssh-keygen", "-q", "-s", str(tmp_path / "authority"), "-I", "ada", "-n", "ops", f"{path}.pub"]
    subprocess.run(sign, check=True)
    key = KeyFiles().load(path)
    certified = with_certificate(key, Path(f"{path}-cert.pub"))
    assert certified.public_blob is not None
    assert key.public_blob is None, "others use the same key"
    with pytest.raises(KeyFileError, match="is not a certificate for its key"):
        with_certificate(key, tmp_path / "authority")
