"""Becoming another user on the node with sudo: the command line, and what its complaints mean."""

from __future__ import annotations

import re
import shlex

from podwright.errors import BecomeError, HostError
from podwright.remote.ssh.program_text import receiver

_USER = re.compile(r"#?[A-Za-z0-9_][A-Za-z0-9_.@\\-]*\$?")
_NO_SUDO = "podwright: no sudo here"


def become_command(node: str, user: str, marker: str, *, with_password: bool) -> str:
    """Return the command line that starts a shell as `user`.

    Nobody needs sudo to become who they are, and a container's root has none. With a password, sudo is made to ask
    for it with `prompt(marker)` on standard error, and a receiver waits for the line `marker` before it becomes the
    shell: what sudo did not ask for must not be obeyed. Raises HostError for a name that no user can have.
    """
    if not _USER.fullmatch(user):
        raise HostError(
            f"{node}: `{user}` is not a user name", "set `ansible_become_user` to the user to become"
        )
    shell = '/bin/sh -c "$2" sh "$3"' if with_password else "/bin/sh"
    asking = f"-S -p {prompt(marker)}" if with_password else "-n"
    inner = (
        f'if [ "$(id -un)" = "$1" ]; then exec {shell}; fi; '
        f'command -v sudo >/dev/null 2>&1 || {{ echo "{_NO_SUDO}" >&2; exit 127; }}; '
        f'LC_ALL=C; export LC_ALL; exec sudo {asking} -u "$1" -- {shell}'
    )
    words = f"'{shlex.split(receiver(marker))[2]}' {marker}" if with_password else ""
    return f"/bin/sh -c '{inner}' sh {shlex.quote(user)} {words}".rstrip()


def prompt(marker: str) -> str:
    """Return what sudo prints when it wants a password: seen a second time, the first one was wrong."""
    return f"{marker}-password:"


def sudo_error(node: str, user: str, complaint: str, *, with_password: bool) -> BecomeError:
    """Turn sudo's message before the program could start into an error with a hint."""
    lowered = complaint.lower()
    for phrase, message, hint in _COMPLAINTS:
        if phrase in lowered:
            return BecomeError(f"{node}: {message.format(user=user)}", hint.format(user=user))
    if with_password and ("incorrect password" in lowered or "try again" in lowered):
        return wrong_password(node)
    said = complaint.strip().splitlines()[-1][:200] if complaint.strip() else "no reason given"
    return BecomeError(
        f"{node}: sudo did not allow becoming `{user}`: `{said}`",
        f"try by hand on the node: sudo -u {user} id",
    )


def wrong_password(node: str) -> BecomeError:
    return BecomeError(
        f"{node}: sudo refused the password",
        "give the log-in user's own password with `-K` or `ansible_become_password`; it was tried once only, so "
        "that nothing locks the account",
    )


_COMPLAINTS = (
    (
        _NO_SUDO,
        "there is no sudo on the node, so the log-in user cannot become `{user}`",
        "install sudo, or log in as {user} and leave `ansible_become` out",
    ),
    (
        "must have a tty",
        "sudo wants a terminal (`requiretty`) to become `{user}`",
        "exempt the log-in user in sudoers: Defaults:LOGIN_USER !requiretty",
    ),
    (
        "a password is required",
        "sudo wants a password to become `{user}`, and none was given",
        "give it with `-K` or `ansible_become_password`, or allow the log-in user NOPASSWD in sudoers",
    ),
    (
        "not in the sudoers file",
        "the log-in user may not use sudo to become `{user}`",
        "add it to sudoers: LOGIN_USER ALL=({user}) ALL",
    ),
    (
        "is not allowed to execute",
        "sudoers does not let the log-in user run /bin/sh as `{user}`",
        "allow it in sudoers: LOGIN_USER ALL=({user}) /bin/sh",
    ),
    (
        "may not run sudo",
        "the log-in user may not use sudo on this node",
        "add it to sudoers: LOGIN_USER ALL=({user}) ALL",
    ),
    ("unknown user", "there is no user `{user}` on the node", "set `ansible_become_user` to one that exists"),
    (
        "account validation failure",
        "the log-in user's account is locked or expired",
        "unlock it: chage -l, faillock",
    ),
)
