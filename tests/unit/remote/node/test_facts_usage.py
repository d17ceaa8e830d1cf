"""File systems, ports, limits and rights, as the node's own programs print them; other lines are left out."""

from __future__ import annotations

from tests.fakes.texts import texts

from podwright.plan.facts import FileSystem
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node import facts_usage as use
from podwright.remote.node.records import Record


def record(kind: str, *lines: str) -> tuple[Record, ...]:
    return (Record(kind, "", "\n".join(lines).encode()),)


def test_file_systems_with_and_without_a_number_of_inodes() -> None:
    lines = ("4096 100 50 1000 900 ext2/ext3:var/log", "4096 10 5 0 0 btrfs:/", "4096 x", "9" * 40)
    fixed, dynamic = use.file_systems(record("machine-disks", *lines))
    assert fixed == FileSystem("/var/log", "ext2/ext3", 409_600, 204_800, 1000, 900)
    assert isinstance(dynamic.inodes, Unknown)
    assert isinstance(use.file_systems(()), Unknown)


def test_ports_of_both_families() -> None:
    lines = ("tcp 0100007F:1F90 11", "tcp6 0000000000000000FFFF00000100007F:0050 12", "udp 00000000:0035 13",
             "owner 11 77 my server", "owner 12 x y", "tcp nonsense")  # fmt: skip
    shown = [(one.protocol, one.address, one.port, one.process) for one in use.listening_ports(lines, "1000")]
    nobody = Unknown("only root sees whose it is")
    assert shown == [
        ("tcp", "127.0.0.1", 8080, "my server"), ("tcp", "127.0.0.1", 80, nobody), ("udp", "0.0.0.0", 53, nobody),
    ]  # fmt: skip


def test_root_is_not_told_that_only_root_sees_whose_a_port_is() -> None:
    [port] = use.listening_ports(("udp 00000000:CA6C 0",), "0")
    assert port.process == port.pid == use.NO_PROCESS
    assert use.NO_PROCESS.reason.startswith("no process that root sees has it open")


def test_what_only_root_sees_is_unknown_to_others() -> None:
    assert use.limits(("inotify 5",), texts(), "0", {}).inotify_instances == 5
    assert use.limits(("inotify 5",), texts(), "1000", {}).inotify_instances == Unknown(
        "only root sees all of them"
    )
    assert use.limits(None, texts(), "0", {}).inotify_instances == use.NO_AWK


def test_rights_of_files_and_folders() -> None:
    admin = "600 root root 1796000000 regular file:etc/kubernetes/admin.conf"
    lines = (admin, "700 etcd etcd 5 directory:var/lib/etcd", "x")
    file, folder = use.owned_files(record("machine-owned", *lines))
    assert (file.path, file.mode, file.owner, file.directory) == (
        "/etc/kubernetes/admin.conf",
        "600",
        "root",
        False,
    )
    assert (folder.group, folder.modified, folder.directory) == ("etcd", 5, True)


def test_names_of_the_file_of_hosts() -> None:
    found = use.local_names(texts(etc__hosts="127.0.0.1 localhost lo # here\n::1 localhost\n192.0.2.7 n7"))
    assert found == ("localhost", "lo", "n7")
