"""A Dask cluster's scheduler must be one that nobody else can give code to."""

from __future__ import annotations

import pytest

from podwright.cli.dask_workers import refuse_insecure
from podwright.errors import UsageError


@pytest.mark.parametrize(
    "address",
    [
        "tls://10.0.0.1:8786",
        "127.0.0.1:8786",
        "tcp://127.0.0.7:8786",
        "tcp://localhost:8786",
        "tcp://[::1]:8786",
    ],
)
def test_tls_or_loopback_is_fine(address) -> None:
    refuse_insecure(address)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1:8786", "tcp://10.0.0.1:8786", "tcp://dask.example.com:8786", "ws://h:1", "tls", "inproc://x"],
)
def test_anything_else_is_refused(address) -> None:
    with pytest.raises(UsageError, match="without TLS"):
        refuse_insecure(address)
