"""Reads known_hosts files, once a run, and judges a host's key by them (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).

Own code since paramiko's reader is quadratic (2.3 s for 5,000 lines), parses every key, and knows neither
`@cert-authority` nor `@revoked`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from podwright.errors import HostError
from podwright.problem import Place
from podwright.remote.ssh.config_match import PatternList

MAX_FILE_BYTES = 256 << 20
_HASH_MAGIC = "|1|"


class HostKey(Struct, frozen=True):
    """A public key: its kind (`ssh-ed25519`) and its blob in base64."""

    kind: str
    base64: str

    @property
    def fingerprint(self) -> str:
        """Return what `ssh-keygen -l` shows: `SHA256:` and unpadded base64."""
        digest = hashlib.sha256(base64.b64decode(self.base64)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


class KnownKey(Struct, frozen=True):
    """One line of a file: `marker` is empty, `cert-authority` or `revoked`; `names` as written there."""

    key: HostKey
    place: Place
    marker: str = ""
    names: str = ""


class KnownHosts:
    """The lines of known hosts files, found by host name; names are compared without regard to case.

    Not locked: whoever adds lines while others read holds a lock around both.
    """

    def __init__(self, entries: Iterable[KnownKey] = ()) -> None:
        self._plain: dict[str, list[KnownKey]] = {}
        self._hashed: list[tuple[bytes, bytes, KnownKey]] = []
        self._patterns: list[tuple[PatternList, KnownKey]] = []
        for entry in entries:
            self.add(entry)

    @classmethod
    def load(cls, files: Iterable[Path]) -> KnownHosts:
        """Read `files` in order; those that do not exist hold nothing. Raises HostError for an unreadable one."""
        return cls(entry for path in files for entry in read_known_hosts(path))

    def add(self, entry: KnownKey) -> None:
        names = entry.names
        if names.startswith(_HASH_MAGIC):
            salt, digest = _hash_parts(names)
            if salt and digest:
                self._hashed.append((salt, digest, entry))
        elif "*" in names or "?" in names or "!" in names:
            self._patterns.append((PatternList(names.lower().split(",")), entry))
        else:
            for name in names.lower().split(","):
                self._plain.setdefault(name, []).append(entry)

    def lookup(self, name: str) -> tuple[KnownKey, ...]:
        """Return every line for `name`, which is a host name, an address, or `[host]:port`."""
        wanted = name.lower()
        found = list(self._plain.get(wanted, ()))
        found += [entry for patterns, entry in self._patterns if patterns.matches(wanted)]
        encoded = wanted.encode("utf-8", "surrogateescape")
        found += [e for salt, digest, e in self._hashed if hmac.digest(salt, encoded, "sha1") == digest]
        return tuple(found)


def host_name(host: str, port: int) -> str:
    """Return the name that known_hosts uses: the bare host on port 22, else `[host]:port`."""
    return host if port == 22 else f"[{host}]:{port}"


def known_host_line(name: str, key: HostKey, *, hashed: bool) -> str:
    """Return a line as OpenSSH writes it, the name hashed if `HashKnownHosts` is yes."""
    if hashed:
        salt = os.urandom(20)
        digest = hmac.digest(salt, name.lower().encode(), "sha1")
        name = f"{_HASH_MAGIC}{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"
    return f"{name} {key.kind} {key.base64}"


def append_line(path: Path, line: str) -> Place:
    """Add `line` to `path` in one write under a lock, and say where it landed; the file is made if it is missing.

    Raises OSError.
    """
    import fcntl

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with open(descriptor, "r+b", buffering=0) as file:  # noqa: PTH123 - of a descriptor
        fcntl.flock(file, fcntl.LOCK_EX)
        before = file.read()
        # a last line without its end must not swallow ours
        start = b"\n" if before and not before.endswith(b"\n") else b""
        file.write(start + line.encode() + b"\n")
        return Place(str(path), (before + start).count(b"\n") + 1)


def read_known_hosts(path: Path) -> Iterator[KnownKey]:
    """Yield the lines of one file; an illegible line is skipped, as OpenSSH does."""
    try:
        if not path.is_file():
            return
        if path.stat().st_size > MAX_FILE_BYTES:
            raise HostError(f"`{path}`: larger than a known_hosts file can be")
        text = path.read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise HostError(
            f"`{path}`: cannot be read: {os.strerror(error.errno or 0).lower()}",
            "host keys are judged by it: make it readable, or name another with `--known-hosts` or `UserKnownHostsFile`",
        ) from error
    for number, line in enumerate(text.split("\n"), 1):
        if entry := _parse(line, path, number):
            yield entry


def _parse(line: str, path: Path, number: int) -> KnownKey | None:
    words = line.split(None, 4)
    if not words or words[0].startswith("#"):
        return None
    marker = words.pop(0)[1:] if words[0].startswith("@") else ""
    if len(words) < 3 or marker not in ("", "cert-authority", "revoked"):
        return None
    names, kind, blob = words[:3]
    if not _is_base64(blob):
        return None
    return KnownKey(HostKey(kind, blob), Place(str(path), number), marker, names)


def _is_base64(blob: str) -> bool:
    try:
        return bool(binascii.a2b_base64(blob.encode("ascii"), strict_mode=True))
    except ValueError:
        return False


def _hash_parts(names: str) -> tuple[bytes, bytes]:
    salt, _, digest = names.removeprefix(_HASH_MAGIC).partition("|")
    if not (_is_base64(salt) and _is_base64(digest)):
        return b"", b""
    return base64.b64decode(salt), base64.b64decode(digest)
