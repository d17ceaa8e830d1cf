"""Works out how to reach a node: the inventory over the command line over ssh_config over OpenSSH's defaults."""

from __future__ import annotations

import shlex
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import HostError
from podwright.inventory.node import Node
from podwright.lazy_pattern import lazy_pattern
from podwright.remote.ssh.config import SshConfig
from podwright.remote.ssh.config_settings import HostSettings
from podwright.remote.ssh.local_account import in_home
from podwright.secret import Secret

MAX_HOPS = 8
_HOP = lazy_pattern(r"(?:ssh://)?(?:([^@]+)@)?(\[[^\]]+\]|[^:/@]+)(?::(\d+))?/?")


class Route(Struct, frozen=True):
    """One host to log in to, and the hosts to pass on the way; `hops` are the texts that identify the gateway."""

    settings: HostSettings
    key_file: Path | None = None
    password: Secret | None = None
    connect_timeout: float = 10.0
    gateway: Route | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what identifies this gateway."""
        own = f"{self.settings.user}@{self.settings.hostname}:{self.settings.port} {self.settings.host_key_alias}"
        return (*(self.gateway.identity if self.gateway else ()), own)

    def by_hand(self, *options: str) -> str:
        """Return the command that takes the same way, for a person to try."""
        settings = self.settings
        words = ["ssh", *options, "-p", str(settings.port)]
        for key in (self.key_file,) if self.key_file else settings.identity_files or ():
            words += ["-i", str(key)]
        if settings.proxy_command:
            words += ["-o", "ProxyCommand=…"]  # it may hold a password
        elif self.gateway:
            words += ["-J", ",".join(self.gateway.jumps)]
        return shlex.join([*words, f"{settings.user}@{settings.hostname}"])

    @property
    def jumps(self) -> tuple[str, ...]:
        """Return this host after those before it, as `ssh -J` takes them."""
        host = f"[{self.settings.hostname}]" if ":" in self.settings.hostname else self.settings.hostname
        own = f"{self.settings.user}@{host}:{self.settings.port}"
        return (*(self.gateway.jumps if self.gateway else ()), own)


def route_to(
    node: Node,
    config: SshConfig,
    *,
    user: str | None = None,
    port: int | None = None,
    key_file: Path | None = None,
    password: Secret | None = None,
    connect_timeout: float | None = None,
) -> Route:
    """Return the way to `node`; the keyword arguments are the command line's. Raises HostError."""
    wanted = node.connection
    if obstacle := wanted.obstacle:
        raise HostError(f"{node.name}: {obstacle.message} ({obstacle.place})", obstacle.hint)
    settings = config.lookup(
        wanted.host, user=wanted.user or user, port=wanted.port or port, options=wanted.ssh_options
    )
    named_key = in_home(wanted.private_key_file) if wanted.private_key_file else key_file
    seconds = wanted.connect_timeout or connect_timeout or settings.connect_timeout or 10.0
    gateway = _gateway(node.name, settings, config, seconds, 0)
    return Route(settings, named_key, wanted.password or password, seconds, gateway)


def _gateway(
    node: str, settings: HostSettings, config: SshConfig, seconds: float, depth: int
) -> Route | None:
    """Follow ProxyJump: its first hop is reached as that host's own settings say, each other through the one before."""
    if depth > MAX_HOPS:
        raise HostError(
            f"{node}: `ProxyJump` leads through more than {MAX_HOPS} hosts",
            "remove what leads back to itself",
        )
    route: Route | None = None
    for position, hop in enumerate(settings.proxy_jump):
        hop_settings = _hop_settings(node, hop, config)
        if (hop_settings.hostname, hop_settings.port) == (settings.hostname, settings.port):
            continue  # `Host *` with ProxyJump: the jump host itself is reached directly
        if position == 0:
            route = _gateway(node, hop_settings, config, seconds, depth + 1)
        else:
            hop_settings = replace(hop_settings, proxy_command=None)
        route = Route(hop_settings, connect_timeout=hop_settings.connect_timeout or seconds, gateway=route)
    return route


def _hop_settings(node: str, hop: str, config: SshConfig) -> HostSettings:
    parts = _HOP.fullmatch(hop.strip())
    if not parts:
        raise HostError(f"{node}: `ProxyJump {hop}` is not a host", "write it as [user@]host[:port]")
    user, host, port = parts.groups()
    return config.lookup(host.strip("[]"), user=user, port=int(port) if port else None)
