"""Reads what a node shows of the room that its kubelet has, and of whether its pods can be seen to stay."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.plan.facts import FileSystem
from podwright.plan.provision.pressure import Room
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_files import body_lines
from podwright.remote.node.facts_usage import file_systems
from podwright.remote.node.records import Record

#: after observe_kubelet
OBSERVE = ("observe_room", "observe_sandboxes")
#: where runtimes keep images, by a word of their sockets
_IMAGES = {
    "k3s": "/var/lib/rancher",
    "crio": "/var/lib/containers",
    "docker": "/var/lib/docker",
    "containerd": "/var/lib/containerd",
}


def room_of(records: tuple[Record, ...], endpoint: str) -> Room:
    amounts = dict(_memory_and_tasks(body_lines(records, "room") or ()))
    root = next((f"/{record.words}" for record in records if record.kind == "root-dir"), "")
    images = next((path for word, path in _IMAGES.items() if word in endpoint), "/var/lib/containerd")
    disks = file_systems(records)
    for disk in () if isinstance(disks, Unknown) else disks:
        for name, path in (("nodefs", root), ("imagefs", images)):
            if disk.path == path:
                amounts.update(_disk(name, disk))
    return Room(amounts, {"nodefs": root, "imagefs": images})


def _disk(name: str, disk: FileSystem) -> Iterator[tuple[str, tuple[int, int]]]:
    yield f"{name}.available", (disk.available_bytes, disk.size_bytes)
    if not isinstance(disk.free_inodes, Unknown) and not isinstance(disk.inodes, Unknown):
        yield f"{name}.inodesFree", (disk.free_inodes, disk.inodes)


def _memory_and_tasks(lines: tuple[str, ...]) -> Iterator[tuple[str, tuple[int, int]]]:
    """As the kubelet counts: what is used, less what is cached and not in use."""
    words = (line.split() for line in lines)
    found = {one[0]: int(one[1]) for one in words if len(one) > 1 and one[1].isdigit() and len(one[1]) < 19}
    if {"MemTotal:", "MemFree:", "Inactive(file):"} <= found.keys():
        free = found["MemFree:"] + found["Inactive(file):"]
        yield "memory.available", (free << 10, found["MemTotal:"] << 10)
    if {"tasks:", "pids:"} <= found.keys():
        yield "pid.available", (found["pids:"] - found["tasks:"], found["pids:"])


def sandboxes_problem(records: tuple[Record, ...]) -> str:
    """Why the pods cannot be compared before and after; "" if they can."""
    found = (record.text.strip()[:300] for record in records if record.kind == "sandboxes-unknown")
    return next(found, "")
