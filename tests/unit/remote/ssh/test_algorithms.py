"""What is told of two sides without an algorithm in common, whatever a server claims to offer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from paramiko.ssh_exception import IncompatiblePeer

from podwright.remote.ssh.algorithms import nothing_in_common

KEX = IncompatiblePeer("Incompatible ssh peer (no acceptable kex algorithm)")


def side(*offered: str) -> SimpleNamespace:
    return SimpleNamespace(server_offers={"kex_algo_list": offered}, preferred_kex=("a", "b"))


@pytest.mark.parametrize(
    ("offered", "shown"),
    [
        (("x", "ext-info-s", "kex-strict-s-v00@openssh.com"), "it offers `x`;"),
        ((), "it offers none;"),
        (("x" * 1000,), f"it offers `{'x' * 64}`;"),
        (tuple(f"k{number}" for number in range(5000)), "`k29` and 4970 more;"),
    ],
)
def test_what_a_server_offers_is_bounded(offered, shown) -> None:
    told = nothing_in_common(KEX, side(*offered))
    assert told is not None
    assert shown in told[0]
    assert told[0].endswith("podwright knows `a`, `b`")


def test_other_errors_are_not_about_algorithms() -> None:
    assert nothing_in_common(IncompatiblePeer("no acceptable host key"), side()) is None
    assert nothing_in_common(KEX, None) is None
