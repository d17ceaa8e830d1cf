"""Expands the `%` tokens, `~` and `${NAME}` of an SSH configuration's values (ssh_config(5), TOKENS)."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import socket
from collections.abc import Mapping
from pathlib import Path

from podwright.errors import HostError
from podwright.remote.ssh.local_account import home_folder, in_home


def expand_tokens(text: str, tokens: Mapping[str, str]) -> str:
    """Replace `%x` by its token and `%%` by `%`. Raises HostError for one that is not known there."""

    def value(found: re.Match[str]) -> str:
        letter = found.group(1)
        if letter == "%":
            return "%"
        if letter not in tokens:
            raise HostError(f"ssh_config: `%{letter}` has no meaning in `{text}`")
        return tokens[letter]

    return re.sub(r"%(.?)", value, text, flags=re.S) if "%" in text else text


def expand_for_shell(command: str, tokens: Mapping[str, str]) -> str:
    """Replace the tokens of a command that a shell runs, each quoted as one word of it."""
    return expand_tokens(command, {letter: shlex.quote(value) for letter, value in tokens.items()})


def expand_path(text: str, tokens: Mapping[str, str]) -> Path:
    """Expand a file name: tokens, a leading `~` and `${NAME}`. Raises HostError for a variable that is not set."""

    def variable(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in os.environ:
            raise HostError(f"ssh_config: the variable `{name}` in `{text}` is not set")
        return os.environ[name]

    with_variables = re.sub(r"\$\{([^}]*)\}", variable, text)
    return in_home(expand_tokens(with_variables, tokens))


def connection_tokens(settings: Mapping[str, str]) -> dict[str, str]:
    """Return every token that file names and commands may use.

    `settings` has `original`, `hostname`, `port`, `user`, `alias` (may be empty) and `local_user`.
    """
    full = socket.gethostname()
    unique = f"{full}{settings['hostname']}{settings['port']}{settings['user']}"
    return {
        "C": hashlib.sha1(unique.encode(), usedforsecurity=False).hexdigest(),
        "d": str(home_folder()),
        "h": settings["hostname"],
        "i": str(os.getuid()),
        "k": settings["alias"] or settings["original"],
        "L": full.partition(".")[0],
        "l": full,
        "n": settings["original"],
        "p": settings["port"],
        "r": settings["user"],
        "u": settings["local_user"],
    }
