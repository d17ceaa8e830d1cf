"""Reads options of the ssh program (`ansible_ssh_common_args`) as settings of ssh_config."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from msgspec import Struct

#: Keywords of ssh_config that podwright honours, as OpenSSH writes them.
SUPPORTED = (
    "ProxyJump", "ProxyCommand", "StrictHostKeyChecking", "UserKnownHostsFile", "HostKeyAlias", "IdentityFile",
    "IdentitiesOnly", "Port", "User", "ConnectTimeout", "ServerAliveInterval", "ServerAliveCountMax",
)  # fmt: skip
_KEYWORDS = {keyword.lower(): keyword for keyword in SUPPORTED}
_FLAGS = {"J": "ProxyJump", "i": "IdentityFile", "p": "Port", "l": "User"}
#: About how ssh shares, keeps or reports a connection: nothing is lost without them.
_HARMLESS = frozenset(
    [
        "batchmode", "compression", "controlmaster", "controlpath", "controlpersist", "forwardagent", "loglevel",
        "preferredauthentications", "tcpkeepalive",
    ]
)  # fmt: skip
_HARMLESS_FLAGS = frozenset("ACNTaknqtvx46")
_FLAGS_WITH_VALUE = frozenset("BbcDEeFIijJLlmOoPpQRSWw")


class SshArguments(Struct, frozen=True):
    """Keywords with their values, in order; and what is not honoured, as it was written."""

    options: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


def read_ssh_arguments(text: str) -> SshArguments:
    """Return what `text` says. Raises ValueError when a quote is not closed or an option has no value."""
    options: list[tuple[str, str]] = []
    ignored: list[str] = []
    for flag, value in _arguments(shlex.split(text)):
        keyword, setting = _split(value) if flag == "o" else (_FLAGS.get(flag, ""), value)
        if keyword.lower() in _KEYWORDS:
            options.append((_KEYWORDS[keyword.lower()], setting))
        elif not (flag in _HARMLESS_FLAGS or keyword.lower() in _HARMLESS):
            ignored.append(keyword if flag == "o" else f"-{flag}" if flag else value)
    return SshArguments(tuple(options), tuple(ignored))


def _arguments(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each option's letter and value, as getopt reads them; what is not an option has no letter."""
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            yield "", word
            continue
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter not in _FLAGS_WITH_VALUE:
                yield letter, ""
                continue
            value = letters or next(rest, "")
            if not value:
                raise ValueError(f"`-{letter}` has no value")
            yield letter, value
            break


def _split(setting: str) -> tuple[str, str]:
    """Split `Keyword=value` and `Keyword value`."""
    end = next((at for at, character in enumerate(setting) if character in "= \t"), len(setting))
    value = setting[end:].lstrip().removeprefix("=").strip()
    if not value:
        raise ValueError(f"`{setting[:60]}` has no value")
    return setting[:end], value
