"""Reads what containers of a node printed; for a person, never proof of anything."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from podwright.plan.observed import Observation, ObservedContainer
from podwright.remote.host import Host
from podwright.remote.node.programs import program
from podwright.remote.node.records import new_nonce, read_records

#: of one node's containers; crictl has 5 s for each
MAX_LOGS = 3
LOGS_SECONDS = 20.0
FOLLOW_SECONDS = 7 * 86_400.0
READ_SECONDS = 60.0
#: of one line; a longer one is shown in pieces
MAX_LINE_BYTES = 64 << 10
PARTS = ("path_trust", "crictl", "logs")
_ID = re.compile(r"[0-9A-Za-z]{1,128}")


class Wanted(Struct, frozen=True):
    """Which lines of a container: the last `tail` ones (None: all), of the life before this one if `previous`.

    `follow`: those to come too, until the container ends.
    """

    tail: int | None = None
    previous: bool = False
    follow: bool = False
    timestamps: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """crictl's options."""
        flags = {"--previous": self.previous, "--follow": self.follow, "--timestamps": self.timestamps}
        tail = () if self.tail is None else (f"--tail={self.tail}",)
        return (*tail, *(word for word, there in flags.items() if there))


def log_lines(
    host: Host, observation: Observation, container: ObservedContainer, wanted: Wanted
) -> Iterator[str]:
    """The lines as they come. Raises HostError and its kinds; ProgramError if crictl cannot read the log."""
    if not _ID.fullmatch(container.id):
        return
    text = program(
        PARTS,
        {"nonce": "", "folder": "", "endpoint": observation.kubelet.runtime_endpoint},
        ["observe_trust", shlex.join(("print_log", container.id, *wanted.words))],
    )
    held = b""
    for chunk in host.stream(text, timeout=FOLLOW_SECONDS if wanted.follow else READ_SECONDS):
        *lines, held = (held + chunk).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)
        if len(held) > MAX_LINE_BYTES:
            yield held.decode("utf-8", "replace")
            held = b""
    if held:
        yield held.decode("utf-8", "replace")


def last_lines(
    host: Host, observation: Observation, containers: Iterable[ObservedContainer]
) -> Mapping[str, tuple[str, ...]]:
    """The last lines by the container's id; of those that can be read. Raises HostError and its kinds."""
    ids = [entry.id for entry in containers if _ID.fullmatch(entry.id)][:MAX_LOGS]
    if not ids:
        return {}
    nonce = new_nonce()
    text = program(
        PARTS,
        {"nonce": nonce, "folder": "", "endpoint": observation.kubelet.runtime_endpoint},
        [
            "record begin 1",
            "observe_trust",
            *(f"observe_log {shlex.quote(entry)}" for entry in ids),
            "record end",
            "flush",
        ],
    )
    output = b"".join(host.stream(text, timeout=LOGS_SECONDS, watchdog=False))
    records = read_records(observation.node, nonce, output)
    return {record.words: tuple(record.text.splitlines()) for record in records if record.kind == "log"}
