"""What an SSH configuration means for one host, as values: parsed, expanded and with OpenSSH's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from podwright.errors import HostError
from podwright.remote.ssh.config_tokens import connection_tokens, expand_for_shell, expand_path, expand_tokens
from podwright.remote.ssh.local_account import local_user
from podwright.remote.ssh.safe_names import check_host, check_user

Found = Mapping[str, list[str]]


class HostKeyChecking(StrEnum):
    """`StrictHostKeyChecking`: `ask` is strict, since there is nobody to ask; `no` and `off` mean accept-new."""

    STRICT = "strict"
    ACCEPT_NEW = "accept-new"


class HostSettings(Struct, frozen=True):
    """Times are in seconds; `None` means not set: default key files, no time limit."""

    hostname: str
    port: int
    user: str
    identity_files: tuple[Path, ...] | None = None
    certificate_files: tuple[Path, ...] = ()
    identities_only: bool = False
    identity_agent: str | None = None
    proxy_jump: tuple[str, ...] = ()
    proxy_command: str | None = None
    connect_timeout: float | None = None
    alive_interval: float | None = None
    alive_count: int = 3
    host_key_checking: HostKeyChecking = HostKeyChecking.STRICT
    user_known_hosts: tuple[Path, ...] = ()
    global_known_hosts: tuple[Path, ...] = ()
    revoked_host_keys: Path | None = None
    hash_known_hosts: bool = False
    host_key_alias: str = ""
    address_family: str = "any"


def settings_from(original: str, found: Found) -> HostSettings:
    """Turn the collected values for the host named `original` into settings. Raises HostError for a wrong value."""
    alias = _first(found, "hostkeyalias", "").lower()
    if alias:
        check_host(alias, "ssh_config: `hostkeyalias`")
    hostname = expand_tokens(_first(found, "hostname", original), {"h": original})
    check_host(hostname, "ssh_config: `hostname`")
    port = _number(found, "port", 22, 1, 65535)
    user = check_user(_first(found, "user", local_user()), "ssh_config: `user`")
    named = {"original": original, "hostname": hostname, "user": user, "alias": alias}
    tokens = connection_tokens({**named, "port": str(port), "local_user": local_user()})
    jump, command = _proxies(found, tokens)
    return HostSettings(
        hostname=hostname,
        port=port,
        user=user,
        identity_files=_paths(found, "identityfile", tokens) if "identityfile" in found else None,
        certificate_files=_paths(found, "certificatefile", tokens),
        identities_only=_yes(found, "identitiesonly"),
        identity_agent=_agent(found, tokens),
        proxy_jump=jump,
        proxy_command=command,
        connect_timeout=_seconds(found, "connecttimeout"),
        alive_interval=_seconds(found, "serveraliveinterval"),
        alive_count=_number(found, "serveralivecountmax", 3, 1, 10_000),
        host_key_checking=_checking(found),
        user_known_hosts=_paths(
            found, "userknownhostsfile", tokens, "~/.ssh/known_hosts", "~/.ssh/known_hosts2"
        ),
        global_known_hosts=_paths(
            found, "globalknownhostsfile", tokens, "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"
        ),
        revoked_host_keys=next(iter(_paths(found, "revokedhostkeys", tokens)), None),
        hash_known_hosts=_yes(found, "hashknownhosts"),
        host_key_alias=alias,
        address_family=_first(found, "addressfamily", "any").lower(),
    )


def _first(found: Found, keyword: str, default: str) -> str:
    values = found.get(keyword)
    return values[0] if values else default


def _yes(found: Found, keyword: str) -> bool:
    return _first(found, keyword, "no").lower() in ("yes", "true")


def _number(found: Found, keyword: str, default: int, low: int, high: int) -> int:
    text = _first(found, keyword, str(default))
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise HostError(f"ssh_config: `{keyword}` cannot be `{text}`", f"it is a number from {low} to {high}")
    return int(text)


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _seconds(found: Found, keyword: str) -> float | None:
    """Read OpenSSH's times: `90`, `1m30s`; `none` and no value are None."""
    text = _first(found, keyword, "none").lower()
    if text == "none":
        return None
    total, digits = 0, ""
    for character in text + ("s" if text[-1:].isdigit() else ""):
        if character.isascii() and character.isdigit():
            digits += character
        elif character in _UNITS and digits:
            total, digits = total + int(digits) * _UNITS[character], ""
        else:
            raise HostError(
                f"ssh_config: `{keyword}` cannot be `{text}`", "write seconds, or a time such as `1m30s`"
            )
    return float(total)


def _paths(found: Found, keyword: str, tokens: Mapping[str, str], *defaults: str) -> tuple[Path, ...]:
    values = found.get(keyword) or list(defaults)
    return tuple(expand_path(value, tokens) for value in values if value.lower() != "none")


def _agent(found: Found, tokens: Mapping[str, str]) -> str | None:
    """Return the agent's socket, `none`, or None if the environment names it (`SSH_AUTH_SOCK`)."""
    import os

    value = _first(found, "identityagent", "SSH_AUTH_SOCK")
    if value == "SSH_AUTH_SOCK":
        return None
    if value.startswith("$") and not value.startswith("${"):
        return os.environ.get(value[1:], "none")
    return value if value.lower() == "none" else str(expand_path(value, tokens))


def _checking(found: Found) -> HostKeyChecking:
    value = _first(found, "stricthostkeychecking", "ask").lower()
    if value in ("yes", "true", "ask"):
        return HostKeyChecking.STRICT
    if value in ("accept-new", "no", "false", "off"):
        return HostKeyChecking.ACCEPT_NEW
    raise HostError(f"ssh_config: `stricthostkeychecking` cannot be `{value}`")


def _proxies(found: Found, tokens: Mapping[str, str]) -> tuple[tuple[str, ...], str | None]:
    """Return ProxyJump's hops and ProxyCommand, whichever of them comes first in the files."""
    for keyword in found:
        if keyword == "proxyjump":
            value = expand_tokens("".join(found[keyword]), tokens)
            return (() if value.lower() == "none" else tuple(value.split(","))), None
        if keyword == "proxycommand":
            value = found[keyword][0]
            return (), None if value.lower() == "none" else expand_for_shell(value, tokens)
    return (), None
