"""How the machine is used: its file systems, listening ports, limits, and who owns what is critical."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from podwright.plan.facts import FileSystem, Limits, ListeningPort, Rights
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.facts_files import Texts, body_lines, whole_number
from podwright.remote.node.records import Record

NO_AWK = Unknown("the node has no awk")
NO_PORTS = Unknown("not asked for, or the node has no awk, or the login may not read /proc/net/tcp")
#: of the kernel are those of NFS and WireGuard, say
NO_PROCESS = Unknown("no process that root sees has it open: it is the kernel's, or of another PID namespace")
MAX_PORTS, MAX_RIGHTS, MAX_NAMES = 2_000, 500, 200
_DISK = re.compile(r"([0-9]{1,9}) ([0-9]{1,18}) ([0-9]{1,18}) ([0-9]{1,18}) ([0-9]{1,18}) (.{0,40}):(.+)")
_PORT = re.compile(r"(tcp|udp)6? ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9]{1,20})")
_OPEN_FILES = re.compile(r"(?:.*/)?([0-9]{1,10})/limits:Max open files +([0-9]{1,18}) .*")
_RIGHTS = re.compile(r"([0-7]{1,4}) (\S{1,64}) (\S{1,64}) (-?[0-9]{1,18}) ([^:]{1,40}):(.+)")


def file_systems(records: tuple[Record, ...]) -> Known[tuple[FileSystem, ...]]:
    found = tuple(_disks(body_lines(records, "machine-disks") or ()))
    return found or Unknown("stat could not tell")


def _disks(lines: tuple[str, ...]) -> Iterator[FileSystem]:
    dynamic = Unknown("the file system makes them as needed")
    for line in lines:
        if found := _DISK.fullmatch(line):
            size, blocks, free, inodes, free_inodes = map(int, found.groups()[:5])
            path, fixed = found[7], inodes > 0
            yield FileSystem(
                path if path.startswith("/") else f"/{path}",
                found[6],
                size * blocks,
                size * free,
                inodes if fixed else dynamic,
                free_inodes if fixed else dynamic,
            )


def listening_ports(lines: tuple[str, ...], login: str) -> Iterator[ListeningPort]:
    owners: dict[str, tuple[int, str]] = {}
    for line in lines:
        words = line.split(" ", 3)
        if words[0] == "owner" and len(words) > 2 and words[2].isdigit() and len(words[2]) < 11:
            owners[words[1]] = (int(words[2]), words[3] if len(words) > 3 else "")
    nobody = NO_PROCESS if login == "0" else Unknown("only root sees whose it is")
    for line in lines[:MAX_PORTS]:
        if found := _PORT.fullmatch(line):
            pid, process = owners.get(found[4], (nobody, nobody))
            yield ListeningPort(found[1], _address(found[2]), int(found[3], 16), process, pid)


@lru_cache(1024)
def _address(digits: str) -> str:
    """Words of four bytes, each with its last byte first."""
    data = b"".join(bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8))
    address = ipaddress.ip_address(data)
    return str(getattr(address, "ipv4_mapped", None) or address)


def open_files(records: tuple[Record, ...]) -> Mapping[str, int]:
    """The soft limit of each process that was asked about, by name and pid as the record of proxies has them."""
    named = next((record.words.split() for record in records if record.kind == "machine-proxies"), [])
    names = {pid: name for name, _, pid in (entry.removesuffix(":hidden").partition(":") for entry in named)}
    lines = body_lines(records, "machine-open-files") or ()
    found = filter(None, map(_OPEN_FILES.fullmatch, lines))
    return {names.get(one[1], one[1]): int(one[2]) for one in found}


def limits(ports: tuple[str, ...] | None, texts: Texts, login: str, open_files: Mapping[str, int]) -> Limits:
    counted = next((line.removeprefix("inotify ") for line in ports or () if line.startswith("inotify ")), "")
    instances = whole_number(counted, "the count") if login == "0" else Unknown("only root sees all of them")
    if ports is None:
        instances = NO_AWK
    return Limits(instances, texts.number("proc/sys/net/netfilter/nf_conntrack_count"), open_files)


def name_servers(texts: Texts) -> tuple[str, ...]:
    lines = (line.split() for line in texts.of("etc/resolv.conf"))
    return tuple(words[1] for words in lines if len(words) > 1 and words[0] == "nameserver")


def local_names(texts: Texts) -> tuple[str, ...]:
    """Names that /etc/hosts knows."""
    lines = (line.partition("#")[0].split()[1:] for line in texts.of("etc/hosts"))
    return tuple(dict.fromkeys(name for names in lines for name in names))[:MAX_NAMES]


def owned_files(records: tuple[Record, ...]) -> Iterator[Rights]:
    for line in (body_lines(records, "machine-owned") or ())[:MAX_RIGHTS]:
        if found := _RIGHTS.fullmatch(line):
            yield Rights(f"/{found[6]}", found[1], found[2], found[3], int(found[4]), found[5] == "directory")
