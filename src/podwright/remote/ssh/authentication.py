"""Proves to a node who we are: agent keys, key files with their certificates, then the password, as OpenSSH orders them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from podwright.errors import AuthenticationError
from podwright.remote.ssh.keys import DEFAULT_NAMES, KeyFileError, KeyFiles, with_certificate
from podwright.remote.ssh.local_account import home_folder
from podwright.remote.ssh.route import Route

if TYPE_CHECKING:
    from paramiko import PKey, Transport

    from podwright.remote.ssh.agent import AgentKey


class Attempt(Struct, frozen=True):
    """One thing to try: `key` is loaded only when its turn comes, so no passphrase is asked in vain."""

    described: str
    key: Callable[[], PKey]


class Login:
    """Authenticates one connection; paramiko calls `authenticate` as an auth strategy.

    The route's key file, if the inventory or the command line names one, comes first and must be usable.
    """

    def __init__(self, node: str, route: Route, keys: KeyFiles) -> None:
        self._node, self._route, self._keys = node, route, keys
        self._settings, self._key_file, self._password = route.settings, route.key_file, route.password
        self._tried = list[str]()
        self._passed_over = list[str]()
        self._allowed: tuple[str, ...] = ()

    def authenticate(self, transport: Transport) -> None:
        """Try everything in turn until the node is satisfied. Raises AuthenticationError."""
        from paramiko.ssh_exception import SSHException

        wanted = self._try_keys(transport)
        if wanted and self._password is not None and transport.is_active():
            self._tried.append("the password")
            try:
                wanted = tuple(transport.auth_password(self._settings.user, self._password.reveal()))
            except SSHException as error:
                self._note_refusal(transport, error)
        if wanted:
            raise self._refused(transport)

    def _try_keys(self, transport: Transport) -> tuple[str, ...]:
        """Return the methods that are still wanted; none once the node is satisfied."""
        from paramiko.ssh_exception import BadAuthenticationType, SSHException

        for attempt in self._attempts():
            try:
                key = attempt.key()
            except (KeyFileError, FileNotFoundError) as error:
                self._passed_over.append(str(error))
                continue
            self._tried.append(attempt.described)
            try:
                wanted = tuple(transport.auth_publickey(self._settings.user, key))
            except BadAuthenticationType as error:
                self._allowed = tuple(error.allowed_types)
                return ("password",)
            except SSHException as error:
                self._note_refusal(transport, error)
                continue
            if "publickey" not in wanted:
                return wanted
        return ("password",)

    def _note_refusal(self, transport: Transport, error: Exception) -> None:
        self._allowed = tuple(getattr(error, "allowed_types", self._allowed))
        if "timeout" in str(error).lower():
            raise AuthenticationError(
                f"{self._node}: no answer to the log-in within {transport.auth_timeout:.0f} s",
                "the node's log-in may be waiting for a name service; try by hand: "
                f"`{self._route.by_hand('-v')}`",
            ) from error
        if not transport.is_active():
            raise self._refused(transport) from error

    def _attempts(self) -> Iterator[Attempt]:
        """Agent keys that belong to a configured file, the explicit file, other agent keys, then the files."""
        agent_keys = self._agent_keys()
        files = self._identity_files()
        held = {key.blob: key for key in agent_keys}
        from_agent = {path: held[blob] for path in files if (blob := self._public_blob(path)) in held}
        if self._key_file and self._key_file not in from_agent:
            yield from self._file_attempts(self._key_file)
        for path, agent_key in from_agent.items():
            yield from self._agent_attempts(agent_key, path)
        if not self._settings.identities_only:
            for key in agent_keys:
                if key not in from_agent.values():
                    yield from self._agent_attempts(key, None)
        for path in files:
            if path not in from_agent and path != self._key_file:
                yield from self._file_attempts(path)

    def _identity_files(self) -> tuple[Path, ...]:
        named = self._settings.identity_files
        if named is None:
            named = () if self._key_file else tuple(home_folder() / ".ssh" / name for name in DEFAULT_NAMES)
        if self._key_file:
            self._check_named(self._key_file)
            return (self._key_file, *(path for path in named if path != self._key_file))
        return named

    def _check_named(self, path: Path) -> None:
        try:
            self._keys.look_at(path)
        except FileNotFoundError as error:
            raise AuthenticationError(
                f"{self._node}: the key file `{path}` does not exist",
                "name another with `ansible_ssh_private_key_file` or `--private-key`",
            ) from error
        except KeyFileError as error:
            raise AuthenticationError(f"{self._node}: the key file {error}", error.hint) from error

    def _public_blob(self, path: Path) -> bytes | None:
        try:
            return self._keys.look_at(path).public_blob
        except FileNotFoundError:
            return None
        except KeyFileError as error:
            self._passed_over.append(str(error))
            return None

    def _file_attempts(self, path: Path) -> Iterator[Attempt]:
        try:
            self._keys.look_at(path)
        except (KeyFileError, FileNotFoundError):
            return
        for certificate in self._certificates(path):
            load = partial(self._load_with_certificate, path, certificate)
            yield Attempt(f"certificate `{certificate}`", load)
        yield Attempt(f"key `{path}`", lambda: self._keys.load(path))

    def _load_with_certificate(self, path: Path, certificate: Path) -> PKey:
        return with_certificate(self._keys.load(path), certificate)

    def _agent_attempts(self, key: AgentKey, path: Path | None) -> Iterator[Attempt]:
        if path is not None and "-cert-" not in key.kind:
            for certificate in self._certificates(path):
                load = partial(with_certificate, key, certificate)
                yield Attempt(f"certificate `{certificate}` by the agent", load)
        yield Attempt(f"agent key `{key.comment}`", lambda: key)

    def _certificates(self, path: Path) -> tuple[Path, ...]:
        beside = Path(f"{path}-cert.pub")
        named = self._settings.certificate_files
        return tuple(
            c for c in (*named, beside) if c.is_file() and (c == beside or _certifies(c, path, self._keys))
        )

    def _agent_keys(self) -> tuple[AgentKey, ...]:
        from podwright.remote.ssh.agent import find_agent

        agent = find_agent(self._settings.identity_agent)
        if agent is None:
            return ()
        try:
            return agent.identities()
        except (OSError, ValueError) as error:
            self._passed_over.append(f"the agent at `{agent.path}`: {error}")
            return ()

    def _refused(self, transport: Transport) -> AuthenticationError:
        settings = self._settings
        where = f"`{settings.user}` at {settings.hostname}:{settings.port}"
        tried = f"tried {', '.join(self._tried)}" if self._tried else "there was nothing to try"
        over = f"; passed over {'; '.join(dict.fromkeys(self._passed_over))}" if self._passed_over else ""
        if self._tried and not transport.is_active():
            return AuthenticationError(
                f"{self._node}: {where} hung up after {len(self._tried)} attempts to log in: {tried}{over}",
                "too many keys were offered, or the account is locked; name the right one with "
                "`ansible_ssh_private_key_file` and set `IdentitiesOnly yes` in ssh_config",
            )
        takes = f"it takes {', '.join(self._allowed)}; " if self._allowed else ""
        if not self._tried:
            return AuthenticationError(
                f"{self._node}: {where} refused the log-in: {tried}{over}",
                f"{takes}name a key with `ansible_ssh_private_key_file` or `--private-key`, add one to an agent with "
                "ssh-add, or give a password with `-k`",
            )
        return AuthenticationError(
            f"{self._node}: {where} refused the log-in: {tried}{over}",
            f"{takes}try by hand: `{self._route.by_hand()}`; check that user's authorized_keys for the public key",
        )


def _certifies(certificate: Path, path: Path, keys: KeyFiles) -> bool:
    """Whether a CertificateFile is for the key at `path`: its blob holds the key's own numbers."""
    import base64

    try:
        blob = base64.b64decode(certificate.read_text("ascii").split()[1])
        public = keys.look_at(path).public_blob
    except (OSError, ValueError, IndexError, KeyFileError):
        return False
    if not public:
        return False
    kind_bytes = 4 + int.from_bytes(public[:4], "big")
    return public[kind_bytes:] in blob
