"""SSH to nodes: the options of a run and the client that all its threads share; the one module that knows fabric."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import yaml
from msgspec import Struct

from podwright.inventory.node import Node
from podwright.light_import import standing_in, unread_metadata
from podwright.remote.host import Host
from podwright.remote.ssh.config import SshConfig
from podwright.remote.ssh.host_keys import HostKeys
from podwright.remote.ssh.keys import KeyFiles
from podwright.remote.ssh.route import Route, route_to
from podwright.secret import Secret

if TYPE_CHECKING:
    from podwright.remote.ssh.link import Connection, ConnectionFactory, Linker


class SshOptions(Struct, frozen=True):
    """What the command line says about SSH; what the inventory says about a node wins over it, as with Ansible.

    `config_file` None means OpenSSH's own files, a path named `none` no file at all. `known_hosts_files`, if
    given, are read instead of those that ssh_config names. `connect_timeout` is in seconds; None means what ssh_config
    says, otherwise 10. `passphrase` is asked for a key file's passphrase at most once a file.
    """

    accept_new_host_keys: bool = False
    config_file: Path | None = None
    known_hosts_files: tuple[Path, ...] = ()
    private_key_file: Path | None = None
    user: str | None = None
    port: int | None = None
    become: bool | None = None
    become_password: Secret | None = None
    password: Secret | None = None
    connect_timeout: float | None = None
    passphrase: Callable[[str], Secret | None] | None = None


class SshClient:
    """One for each run. Reads ssh_config, known_hosts and keys once; `connect` may be called from many threads."""

    def __init__(self, options: SshOptions) -> None:
        """Raises HostError if the ssh_config is unreadable or wrong."""
        self._options = options
        self._config = SshConfig.load(options.config_file)
        self._linker: Linker | None = None
        self._lock = threading.Lock()

    def connect(self, node: Node) -> AbstractContextManager[Host]:
        """Open a connection to `node` for the length of a `with` block, in which any number of programs may run.

        Raises HostUnreachableError, HostKeyError, AuthenticationError, HostError. Tries once.
        """
        return self._connected(node)

    def close(self) -> None:
        """Close the gateways kept for the next node."""
        with self._lock:
            if self._linker:
                self._linker.close()

    def __enter__(self) -> SshClient:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @contextmanager
    def _connected(self, node: Node) -> Iterator[Host]:
        self._import_paramiko()
        from podwright.remote.ssh.host import SshHost
        from podwright.remote.ssh.session import Login

        link = self._shared_linker().open(node.name, self._route(node))
        try:
            login = Login(node.name, self._become_user(node), self._become_password(node))
            yield SshHost(login, link)
        finally:
            link.close()

    def _import_paramiko(self) -> None:
        """Without what invoke, which paramiko imports, has no use for here.

        These are asyncio, 25 ms, by way of unittest.mock and of a class that we do not use, and its copy of PyYAML, 6 ms.
        """
        with self._lock:
            if "paramiko" in sys.modules:
                return
            sys.modules.setdefault("invoke.vendor.yaml", yaml)
            with standing_in("unittest.mock", Mock=object), unread_metadata():
                import paramiko  # noqa: F401

    def _route(self, node: Node) -> Route:
        options = self._options
        return route_to(
            node,
            self._config,
            user=options.user,
            port=options.port,
            key_file=options.private_key_file,
            password=options.password,
            connect_timeout=options.connect_timeout,
        )

    def _become_user(self, node: Node) -> str | None:
        wanted = node.connection.become or self._options.become
        return node.connection.become_user if wanted else None

    def _become_password(self, node: Node) -> Secret | None:
        return node.connection.become_password or self._options.become_password

    def _shared_linker(self) -> Linker:
        with self._lock:
            if self._linker is None:
                from podwright.remote.ssh.link import Linker

                options = self._options
                host_keys = HostKeys(options.known_hosts_files, accept_new=options.accept_new_host_keys)
                keys = KeyFiles(options.passphrase)
                self._linker = Linker(_fabric_connections(), host_keys, keys)
            return self._linker


def _fabric_connections() -> ConnectionFactory:
    """Return what makes fabric connections, all on one Config that none of them writes to."""
    import fabric
    import paramiko

    class NothingToAdd(paramiko.SSHConfig):
        # paramiko's own needs a line in passwd for whoever runs this, even if no file was read
        def lookup(self, _host: str) -> paramiko.SSHConfigDict:
            return paramiko.SSHConfigDict()

    class NodeConnection(fabric.Connection):  # type: ignore[misc]
        # fabric would write this name into the shared Config, and so merge it again while other threads read it
        inline_ssh_env = True
        # found on the class, this is not looked for in the Config: a third of what a connection costs here
        authentication = SimpleNamespace(strategy_class=None)
        # invoke would search all its names for each attribute that is set
        __setattr__ = object.__setattr__

        def resolve_connect_kwargs(self, connect_kwargs: dict[str, Any]) -> dict[str, Any]:
            return connect_kwargs  # fabric would add key files to it, more for each node

    # lazy: neither ~/.fabric.yaml nor /etc/fabric.yaml is ours to follow, or to fail on
    config = fabric.Config(ssh_config=NothingToAdd(), lazy=True)

    def connection(
        host: str, user: str, port: int, seconds: float, connect_kwargs: dict[str, Any]
    ) -> Connection:
        made: Connection = NodeConnection(
            host,
            user=user,
            port=port,
            config=config,
            gateway=False,
            forward_agent=False,
            connect_timeout=math.ceil(seconds),
            connect_kwargs=connect_kwargs,
        )
        return made

    return connection
