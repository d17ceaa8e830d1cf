"""Options of ssh are read as ssh reads them; what is not honoured is named."""

from __future__ import annotations

import pytest

from podwright.inventory.ssh_arguments import read_ssh_arguments


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", []),
        ("-o ProxyJump=x", [("ProxyJump", "x")]),
        ("-oproxyjump=x", [("ProxyJump", "x")]),
        ("-J user@gate:23", [("ProxyJump", "user@gate:23")]),
        (
            "-Jgate -i ~/.ssh/k -p2222",
            [("ProxyJump", "gate"), ("IdentityFile", "~/.ssh/k"), ("Port", "2222")],
        ),
        ("-CqJ gate", [("ProxyJump", "gate")]),
        (
            """-o ProxyCommand="ssh -W %h:%p -q me@gate" -o 'StrictHostKeyChecking no'""",
            [("ProxyCommand", "ssh -W %h:%p -q me@gate"), ("StrictHostKeyChecking", "no")],
        ),
        ("-o UserKnownHostsFile=/dev/null", [("UserKnownHostsFile", "/dev/null")]),
        (
            "-o ServerAliveInterval=30 -oIdentitiesOnly=yes",
            [("ServerAliveInterval", "30"), ("IdentitiesOnly", "yes")],
        ),
        ("-o ControlMaster=auto -o ControlPersist=60s -C", []),
    ],
)
def test_options_become_settings(text, options):
    found = read_ssh_arguments(text)
    assert (list(found.options), found.ignored) == (options, ())


def test_what_is_not_honoured_is_named():
    found = read_ssh_arguments("-o Tunnel=yes -L 1:a:2 -J x host")
    assert (found.options, found.ignored) == ((("ProxyJump", "x"),), ("Tunnel", "-L", "host"))


@pytest.mark.parametrize("text", ["-o", "-J", "-o ProxyJump", "-o ProxyJump=", "-o 'ProxyJump=x"])
def test_what_cannot_be_read_is_an_error(text):
    with pytest.raises(ValueError, match=r"has no value|quotation"):
        read_ssh_arguments(text)
