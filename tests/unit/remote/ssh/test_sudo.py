"""What sudo's complaints mean, and the command line that starts it; sudo itself is in tests/contract/test_ssh_sudo.py."""

from __future__ import annotations

import shlex

import pytest

from podwright.errors import HostError
from podwright.remote.ssh.sudo import become_command, sudo_error


@pytest.mark.parametrize(
    ("complaint", "message"),
    [
        ("sudo: a password is required", "sudo wants a password to become `root`, and none was given"),
        (
            "sudo: sorry, you must have a tty to run sudo",
            "sudo wants a terminal (`requiretty`) to become `root`",
        ),
        ("ops is not in the sudoers file.", "the log-in user may not use sudo to become `root`"),
        ("Sorry, user ops may not run sudo on web-1.", "the log-in user may not use sudo on this node"),
        (
            "Sorry, user ops is not allowed to execute '/bin/sh' as root on web-1.",
            "sudoers does not let the log-in user run /bin/sh as `root`",
        ),
        ("sudo: 1 incorrect password attempt", "sudo refused the password"),
        ("sudo: unknown user: root", "there is no user `root` on the node"),
        ("podwright: no sudo here", "there is no sudo on the node, so the log-in user cannot become `root`"),
        ("noise\nsudo: something new", "sudo did not allow becoming `root`: `sudo: something new`"),
        ("x" * 5000, f"sudo did not allow becoming `root`: `{'x' * 200}`"),
        ("", "sudo did not allow becoming `root`: `no reason given`"),
    ],
)
def test_each_complaint_says_what_it_means_and_what_to_do(complaint: str, message: str) -> None:
    error = sudo_error("cp-1", "root", complaint, with_password=True)
    assert error.message == f"cp-1: {message}"
    assert error.hint


@pytest.mark.parametrize("user", ["root", "k8s-admin", "a.b", "svc$", "#1000", "DOMAIN\\user", "_x", "a@b.c"])
@pytest.mark.parametrize("with_password", [False, True])
def test_the_command_line_survives_the_log_in_shell(user: str, with_password: bool) -> None:
    words = shlex.split(become_command("cp-1", user, "M", with_password=with_password))
    assert words[:2] == ["/bin/sh", "-c"]
    assert words[3:5] == ["sh", user]
    assert words[6:] == (["M"] if with_password else [])
    assert ("-S -p M-password:" in words[2]) == with_password
    assert (" -n " in words[2]) != with_password


@pytest.mark.parametrize("user", ["", "-u", "a b", "a;b", "$(x)", "`x`", "a'b", 'a"b', "a\nb", "é", "a$b"])
def test_what_is_no_user_name_is_refused(user: str) -> None:
    with pytest.raises(HostError, match="is not a user name"):
        become_command("cp-1", user, "M", with_password=False)
