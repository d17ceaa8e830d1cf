"""Confirms, over a new connection, a change of a node that waits for that; otherwise the node takes it back."""

from __future__ import annotations

import math

from podwright.remote.host import SILENCE_SECONDS, Host
from podwright.remote.node.programs import program
from podwright.remote.node.records import new_nonce, read_records

PARTS = ("provision_confirm",)


def confirm_change(node: str, host: Host, change_id: str, run: str, *, seconds: float) -> bool:
    """Whether it waited, or came to wait within so many seconds, and was confirmed. Raises HostError and its kinds."""
    nonce = new_nonce()
    variables = {"nonce": nonce, "root": "", "run": run, "confirm_seconds": str(math.ceil(seconds))}
    calls = (
        "record begin 1",
        f'confirm_change "$root/var/lib/podwright/settings/.{change_id}"',
        "record end",
        "flush",
    )
    output = host.stream(program(PARTS, variables, calls), timeout=seconds + 10, silence=SILENCE_SECONDS)
    return any(record.kind == "confirmed" for record in read_records(node, nonce, b"".join(output)))
