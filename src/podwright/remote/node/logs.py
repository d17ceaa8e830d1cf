"""Reads the last lines that containers of a node printed; for a person, never proof of anything."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping

from podwright.plan.observed import Observation, ObservedContainer
from podwright.remote.host import Host
from podwright.remote.node.programs import program
from podwright.remote.node.records import new_nonce, read_records

#: of one node's containers; crictl has 5 s for each
MAX_LOGS = 3
LOGS_SECONDS = 20.0
_ID = re.compile(r"[0-9A-Za-z]{1,128}")


def last_lines(
    host: Host, observation: Observation, containers: Iterable[ObservedContainer]
) -> Mapping[str, tuple[str, ...]]:
    """The last lines by the container's id; of those that can be read. Raises HostError and its kinds."""
    ids = [entry.id for entry in containers if _ID.fullmatch(entry.id)][:MAX_LOGS]
    if not ids:
        return {}
    nonce = new_nonce()
    text = program(
        ("crictl", "logs"),
        {"nonce": nonce, "endpoint": observation.kubelet.runtime_endpoint},
        ["record begin 1", *(f"observe_log {shlex.quote(entry)}" for entry in ids), "record end", "flush"],
    )
    output = b"".join(host.stream(text, timeout=LOGS_SECONDS, watchdog=False))
    records = read_records(observation.node, nonce, output)
    return {record.words: tuple(record.text.splitlines()) for record in records if record.kind == "log"}
