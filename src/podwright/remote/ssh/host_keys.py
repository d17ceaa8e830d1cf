"""Decides whether the key that a host shows is the one we know: the rules of OpenSSH's `check_host_key`, made strict."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from podwright.errors import HostError, HostKeyError
from podwright.remote.ssh.config_settings import HostKeyChecking, HostSettings
from podwright.remote.ssh.known_hosts import (
    HostKey,
    KnownHosts,
    KnownKey,
    append_line,
    host_name,
    known_host_line,
)

#: In the order we prefer them; the kind in known_hosts, then the algorithms that such a key can sign with.
ALGORITHMS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
CERTIFICATE_SUFFIX = "-cert-v01@openssh.com"


class HostKeys:
    """The known_hosts files of a run, each set of them parsed once; shared by all threads."""

    def __init__(self, files: tuple[Path, ...] = (), *, accept_new: bool = False) -> None:
        """`files`, if given, are read instead of what ssh_config names; the first takes what is accepted."""
        self._files = files
        self._accept_new = accept_new
        self._tables: dict[tuple[Path, ...], KnownHosts] = {}
        self._revoked: dict[Path, frozenset[str]] = {}
        self._lock = threading.Lock()

    def judge(self, node: str, settings: HostSettings) -> HostKeyJudge:
        """Look up what is known of one host. Raises HostError if a file cannot be read."""
        user_files = self._files or settings.user_known_hosts
        all_files = user_files if self._files else (*user_files, *settings.global_known_hosts)
        with self._lock:
            table = self._table(all_files)
            name, known = _known(table, settings)
            revoked = self._revoked_keys(settings.revoked_host_keys)
        accept_new = self._accept_new or settings.host_key_checking is HostKeyChecking.ACCEPT_NEW
        return HostKeyJudge(node, name, known, revoked, all_files, settings, accept_new, self)

    def accept(self, judge: HostKeyJudge, key: HostKey) -> None:
        """Add an unknown key to the first user file, unless another thread has learned of one meanwhile."""
        with self._lock:
            table = self._table(judge.files)
            entries = table.lookup(judge.name)
            if entries:
                self._recheck(judge, entries, key)
                return
            path = judge.files[0] if judge.files else Path("/dev/null")
            line = known_host_line(judge.name, key, hashed=judge.settings.hash_known_hosts)
            try:
                place = append_line(path, line)
            except OSError as error:
                raise HostKeyError(
                    f"{judge.node}: the new host key of `{judge.name}` cannot be added to `{path}`",
                    "make the file writable, or name another with `--known-hosts` or `UserKnownHostsFile`",
                ) from error
            table.add(KnownKey(key, place, names=line.split(" ", 1)[0]))

    def _recheck(self, judge: HostKeyJudge, entries: tuple[KnownKey, ...], key: HostKey) -> None:
        if not any(entry.key == key and not entry.marker for entry in entries):
            raise changed(judge.node, judge.name, key, entries)

    def _table(self, files: tuple[Path, ...]) -> KnownHosts:
        if files not in self._tables:
            self._tables[files] = KnownHosts.load(files)
        return self._tables[files]

    def _revoked_keys(self, path: Path | None) -> frozenset[str]:
        if path is None:
            return frozenset()
        if path not in self._revoked:
            self._revoked[path] = _read_revoked(path)
        return self._revoked[path]


@dataclass(frozen=True, slots=True)
class HostKeyJudge:
    """What is known of one host: which algorithms to offer, and whether a key it shows is right."""

    node: str
    name: str
    known: tuple[KnownKey, ...]
    revoked: frozenset[str]
    files: tuple[Path, ...]
    settings: HostSettings
    accept_new: bool
    owner: HostKeys = field(repr=False, compare=False)

    @property
    def plain(self) -> tuple[KnownKey, ...]:
        return tuple(entry for entry in self.known if not entry.marker)

    @property
    def authorities(self) -> tuple[KnownKey, ...]:
        return tuple(entry for entry in self.known if entry.marker == "cert-authority")

    def algorithms(self) -> tuple[str, ...]:
        """Return the host key algorithms to offer: certificates if an authority is known, the known kinds, otherwise all.

        Offering no other kind keeps a man in the middle from turning a changed key into an unknown one.
        """
        kinds = {entry.key.kind for entry in self.plain}
        if not kinds and (self.accept_new or not self.authorities):
            kinds = set(ALGORITHMS)
        plain = [a for kind, group in ALGORITHMS.items() if kind in kinds for a in group]
        every = [a for group in ALGORITHMS.values() for a in group]
        certified = [a + CERTIFICATE_SUFFIX for a in every] if self.authorities else []
        return tuple(certified + plain)

    def check(self, key: HostKey) -> None:
        """Accept a plain host key or raise HostKeyError; an unknown one is added if new keys are accepted."""
        self.check_revoked(key)
        if any(entry.key == key for entry in self.plain):
            return
        if self.plain:
            raise changed(self.node, self.name, key, self.plain)
        if not self.accept_new:
            raise _unknown(self, key)
        self.owner.accept(self, key)

    def check_revoked(self, key: HostKey, what: str = "host key") -> None:
        """Raise HostKeyError if `key`, the host's or its authority's, is revoked."""
        line = next((e for e in self.known if e.marker == "revoked" and e.key == key), None)
        if line or key.base64 in self.revoked:
            where = line.place if line else self.settings.revoked_host_keys
            raise HostKeyError(
                f"{self.node}: the {what} of `{self.name}` is revoked: {key.kind} {key.fingerprint}, {where}",
                "this key may be compromised: give the host a new one, and keep the `@revoked` line",
            )


def _known(table: KnownHosts, settings: HostSettings) -> tuple[str, tuple[KnownKey, ...]]:
    """Look up HostKeyAlias as it is; else `[host]:port`, otherwise the bare host if no line names the port."""
    if settings.host_key_alias:
        return settings.host_key_alias, table.lookup(settings.host_key_alias)
    name = host_name(settings.hostname, settings.port)
    known = table.lookup(name)
    if settings.port != 22 and not any(entry.marker != "revoked" for entry in known):
        known += table.lookup(settings.hostname)
    return name, known


def changed(node: str, name: str, key: HostKey, known: tuple[KnownKey, ...]) -> HostKeyError:
    """Return the error for a key other than those we know, naming the line that conflicts."""
    same_kind = [entry for entry in known if entry.key.kind == key.kind]
    entry = (same_kind or list(known))[0]
    return HostKeyError(
        f"{node}: the host key of `{name}` has changed: it shows {key.kind} {key.fingerprint}, "
        f"but {entry.place} has {entry.key.kind} {entry.key.fingerprint}",
        "either the node was reinstalled or the connection is being intercepted; find out which, and only then forget the "
        f"old key: ssh-keygen -R '{name}' -f {entry.place.file}",
    )


def _unknown(judge: HostKeyJudge, key: HostKey) -> HostKeyError:
    authority = (
        f" (only certificates are known for it: {judge.authorities[0].place})" if judge.authorities else ""
    )
    return HostKeyError(
        f"{judge.node}: the host key of `{judge.name}` is unknown: {key.kind} {key.fingerprint}{authority}",
        f"compare it with what `ssh-keygen -lf /etc/ssh/ssh_host_{_short(key.kind)}_key.pub` shows on the node, then "
        f"add it to {judge.files[0] if judge.files else 'known_hosts'}, or run with `--accept-new-host-keys`",
    )


def _short(kind: str) -> str:
    return next((name for name in ("ed25519", "ecdsa", "rsa") if name in kind), "*")


def _read_revoked(path: Path) -> frozenset[str]:
    """Read `RevokedHostKeys` if it is a list of public keys. Raises HostError for a binary KRL."""
    try:
        text = path.read_text("ascii")
    except (OSError, ValueError) as error:
        raise HostError(
            f"ssh_config: the RevokedHostKeys file `{path}` cannot be read as a list of public keys",
            "OpenSSH refuses every host then, and so do we; a binary KRL must be written as one public key a line",
        ) from error
    lines = [line.split() for line in text.splitlines() if not line.lstrip().startswith("#")]
    return frozenset(words[1] for words in lines if len(words) >= 2)
