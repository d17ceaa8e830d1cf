"""Key pairs for the lab: made on first use, in OpenSSH's file format, without `ssh-keygen`."""

from __future__ import annotations

import os
from pathlib import Path


def ensure_key(path: Path, comment: str = "podwright-lab") -> str:
    """Make an Ed25519 key at `path` (mode 0600) and `path`.pub if there is none.

    Returns the public key as `ssh-ed25519 BASE64`, the form that known_hosts and authorized_keys hold.
    """
    public_path = path.with_name(path.name + ".pub")
    if not (path.exists() and public_path.exists()):
        _make(path, public_path, comment)
    return " ".join(public_path.read_text().split()[:2])


def _make(path: Path, public_path: Path, comment: str) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)
    public_path.write_bytes(public + f" {comment}\n".encode())
