"""A hardened sshd that shares no algorithm with us: which choice it is, what each side has, and what to widen."""

from __future__ import annotations

import pytest
from tests.fakes.sshd import open_folder, running_sshd

from podwright.errors import HostUnreachableError
from podwright.remote.ssh.connection import SshClient


@pytest.mark.parametrize(
    ("config", "name", "keyword", "offered", "ours"),
    [
        (
            "KexAlgorithms sntrup761x25519-sha512@openssh.com",
            "key exchange",
            "KexAlgorithms",
            "sntrup761x25519-sha512@openssh.com",
            "curve25519-sha256@libssh.org",
        ),
        (
            "Ciphers chacha20-poly1305@openssh.com",
            "cipher",
            "Ciphers",
            "chacha20-poly1305@openssh.com",
            "aes128-gcm@openssh.com",
        ),
        (
            "Ciphers aes128-ctr\nMACs umac-64-etm@openssh.com",
            "MAC",
            "MACs",
            "umac-64-etm@openssh.com",
            "hmac-sha2-256",
        ),
    ],
)
def test_what_is_not_in_common_is_told_with_both_sides(config, name, keyword, offered, ours) -> None:
    with (
        open_folder() as folder,
        running_sshd(folder, extra_config=f"{config}\n") as server,
        SshClient(server.options()) as client,
        pytest.raises(HostUnreachableError) as caught,
    ):
        client.connect(server.node()).__enter__()
    start = f"cp-1: 127.0.0.1:{server.port} has no {name} in common with podwright: it offers `{offered}`;"
    assert caught.value.message.startswith(start)
    assert f"`{ours}`" in caught.value.message
    assert f"`{keyword}` in the node's sshd_config" in caught.value.hint
