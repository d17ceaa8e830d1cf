"""Reads private key files once a run, and asks for each passphrase at most once."""

from __future__ import annotations

import base64
import binascii
import copy
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from podwright.secret import Secret

if TYPE_CHECKING:
    from paramiko import PKey

DEFAULT_NAMES = ("id_ed25519", "id_ecdsa", "id_rsa")
MAX_FILE_BYTES = 1 << 20
_MAGIC = b"openssh-key-v1\0"
_ARMOUR = re.compile(rb"-----BEGIN ([A-Z ]*)PRIVATE KEY-----(.*?)-----END", re.S)

PassphrasePrompt = Callable[[str], Secret | None]


class KeyFileError(Exception):
    """A key file cannot be used; the text is the reason, after the file's name, and `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(slots=True)
class KeyFile:
    """A private key file: `public_blob` is known without the passphrase if the format or a `.pub` file holds it."""

    path: Path
    kind: str
    public_blob: bytes | None
    encrypted: bool
    key: PKey | None = None
    error: KeyFileError | None = None
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


class KeyFiles:
    """The key files of a run, shared by all threads: parsing one RSA key costs more than a whole connection."""

    def __init__(self, passphrase: PassphrasePrompt | None = None) -> None:
        self._ask = passphrase
        self._asking = threading.Lock()
        self._files: dict[Path, KeyFile | KeyFileError] = {}
        self._lock = threading.Lock()

    def look_at(self, path: Path) -> KeyFile:
        """Return what can be known of the file without its passphrase. Raises KeyFileError, FileNotFoundError."""
        with self._lock:
            if path not in self._files:
                try:
                    self._files[path] = _inspect(path)
                except KeyFileError as error:
                    self._files[path] = error
            known = self._files[path]
        if isinstance(known, KeyFileError):
            raise known
        return known

    def load(self, path: Path) -> PKey:
        """Return the key, asking for its passphrase if it has one. Raises KeyFileError, FileNotFoundError."""
        file = self.look_at(path)
        with file.lock:
            if file.error:
                raise file.error
            if file.key is None:
                try:
                    file.key = _parse_private(file, self._passphrase(file))
                except KeyFileError as error:
                    file.error = error
                    raise
            return file.key

    def _passphrase(self, file: KeyFile) -> str | None:
        if not file.encrypted:
            return None
        with self._asking:  # two files must not prompt over one another
            answer = self._ask(str(file.path)) if self._ask else None
        if answer is None:
            raise KeyFileError(
                f"`{file.path}` needs a passphrase and none was given",
                f"add the key to an agent: ssh-add '{file.path}', or run on a terminal to be asked for it",
            )
        return answer.reveal()


def with_certificate(key: PKey, certificate: Path) -> PKey:
    """Return `key` presenting the certificate in the file. Raises KeyFileError if it cannot be read."""
    from paramiko.ssh_exception import SSHException

    certified = copy.copy(key)
    try:
        certified.load_certificate(str(certificate))
    except (SSHException, OSError, ValueError) as error:
        raise KeyFileError(
            f"`{certificate}` is not a certificate for its key", "sign the key again, or remove the file"
        ) from error
    return certified


def _inspect(path: Path) -> KeyFile:
    text = _read(path)
    armour = _ARMOUR.search(text)
    if armour is None:
        raise KeyFileError(f"`{path}` is not a private key", "name the private key, not its `.pub` file")
    _check_mode(path)
    label = armour.group(1).decode().strip()
    if label == "OPENSSH":
        return _inspect_openssh(path, armour.group(2))
    if label in ("RSA", "EC"):
        kind = "ssh-rsa" if label == "RSA" else "ecdsa"
        return KeyFile(path, kind, _public_half(path), b"ENCRYPTED" in armour.group(2))
    raise KeyFileError(
        f"`{path}` is in a format that is not read here",
        f"write it in OpenSSH's: ssh-keygen -p -f '{path}' (in place, keep a copy)",
    )


def _read(path: Path) -> bytes:
    """Raises FileNotFoundError if the file is missing, otherwise KeyFileError."""
    try:
        status = path.stat()
        if not path.is_file() or status.st_size > MAX_FILE_BYTES:
            raise KeyFileError(f"`{path}` is not a private key", "name the file that `ssh-keygen` made")
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise KeyFileError(f"`{path}` cannot be read: {reason}", "run as the user who owns it") from error


def _check_mode(path: Path) -> None:
    """Refuse a key of ours that others could read, as OpenSSH does."""
    status = path.stat()
    if status.st_uid == os.getuid() and status.st_mode & 0o077:
        raise KeyFileError(
            f"`{path}` has mode {status.st_mode & 0o777:04o}: others could read it",
            f"remove that permission: chmod 600 '{path}'",
        )


def _inspect_openssh(path: Path, body: bytes) -> KeyFile:
    """Read the head of OpenSSH's format, which holds the cipher and the public key (OpenSSH's PROTOCOL.key)."""
    try:
        data = base64.b64decode(b"".join(body.split()), validate=True)
        if not data.startswith(_MAGIC):
            raise ValueError("no magic")
        rest = data[len(_MAGIC) :]
        cipher, rest = _take_string(rest)
        _kdf, rest = _take_string(rest)
        _options, rest = _take_string(rest)
        public_blob, _ = _take_string(rest[4:])
        kind = _take_string(public_blob)[0].decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise KeyFileError(f"`{path}` is damaged", "restore it, or make a new key") from error
    return KeyFile(path, kind, public_blob, cipher != b"none")


def _take_string(data: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(data[:4], "big")
    if len(data) < 4 or len(data) < end:
        raise ValueError("cut short")
    return data[4:end], data[end:]


def _public_half(path: Path) -> bytes | None:
    try:
        words = Path(f"{path}.pub").read_text("ascii").split()
        return base64.b64decode(words[1], validate=True)
    except (OSError, ValueError, IndexError):
        return None


def _parse_private(file: KeyFile, passphrase: str | None) -> PKey:
    from paramiko import ECDSAKey, Ed25519Key, RSAKey
    from paramiko.ssh_exception import PasswordRequiredException, SSHException

    readers: dict[str, type[RSAKey | ECDSAKey | Ed25519Key]] = {"ssh-rsa": RSAKey, "ssh-ed25519": Ed25519Key}
    reader = readers.get(file.kind, ECDSAKey if file.kind.startswith("ecdsa") else None)
    if reader is None:
        raise KeyFileError(
            f"`{file.path}` is a key of kind {file.kind}, which is not read here",
            "add it to an agent: ssh-add; keys on security tokens work only from there",
        )
    try:
        return reader.from_private_key_file(str(file.path), password=passphrase)
    except PasswordRequiredException as error:
        raise KeyFileError(f"`{file.path}` needs a passphrase", "add it to an agent: ssh-add") from error
    except (SSHException, ValueError, OSError, IndexError) as error:
        if file.encrypted:
            raise KeyFileError(
                f"`{file.path}`: wrong passphrase", "try again, or use an agent: ssh-add"
            ) from error
        raise KeyFileError(f"`{file.path}` is damaged", "restore it, or make a new key") from error
