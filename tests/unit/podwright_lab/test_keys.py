import subprocess

import paramiko

from podwright_lab.keys import ensure_key


def test_a_key_is_openssh_readable_private_and_kept(tmp_path):
    path = tmp_path / "id"
    public = ensure_key(path, "me")
    assert path.stat().st_mode & 0o777 == 0o600
    assert ensure_key(path) == public
    key = paramiko.Ed25519Key.from_private_key_file(str(path))
    assert public == f"ssh-ed25519 {key.get_base64()}"
    assert path.with_name("id.pub").read_text() == f"{public} me\n"


def test_ssh_keygen_reads_it_too(tmp_path):
    public = ensure_key(tmp_path / "id")
    said = subprocess.run(
        ["ssh-keygen", "-y", "-f", tmp_path / "id"], capture_output=True, text=True, check=True
    )
    assert said.stdout.split()[:2] == public.split()


def test_half_a_pair_is_made_anew(tmp_path):
    first = ensure_key(tmp_path / "id")
    (tmp_path / "id.pub").unlink()
    assert ensure_key(tmp_path / "id") != first
