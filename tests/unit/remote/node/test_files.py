"""What files.sh reports, read as the folder's entries."""

from __future__ import annotations

import hashlib

import pytest

from podwright.errors import HostError, HostileOutputError
from podwright.plan.observed import FileKind, FolderState, ObservedFile
from podwright.remote.node.files import MAX_ENTRIES, TornError, folder_state, parse_files, with_files_apart
from podwright.remote.node.records import Record


def test_regular_files_that_came_at_once_are_cut_apart_and_stand_in_the_order_of_their_names() -> None:
    records = (
        Record("entry", "directory 700 0 1 2 b"),
        Record("contents", "", b"onetwo!"),
        Record("files", "0", b"600 0 3 4 4 ./c d\n644 7 5 6 3 ./a\n"),
    )
    assert list(parse_files("n1", with_files_apart(records))) == [
        ObservedFile("a", FileKind.REGULAR, "644", "7", 5, 6, b"wo!", hashlib.sha256(b"wo!").hexdigest()),
        ObservedFile("b", FileKind.DIRECTORY, "700", "0", 1, 2),
        ObservedFile("c d", FileKind.REGULAR, "600", "0", 3, 4, b"onet", hashlib.sha256(b"onet").hexdigest()),
    ]


def test_a_file_that_went_meanwhile_is_left_out_and_an_odd_name_is_not() -> None:
    records = (
        Record("entry", "file 600 0 1 1 a"),
        Record("entry-vanished", "a"),
        Record("odd-name", "", b"b\nc\xff"),
    )
    [file] = parse_files("n1", records)
    assert (file.name, file.kind) == ("b\nc\udcff", FileKind.OTHER)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("folder", FolderState.USABLE),
        ("folder-missing", FolderState.MISSING),
        ("folder-not-a-folder", FolderState.NOT_A_FOLDER),
        ("folder-unreadable", FolderState.UNREADABLE),
        ("folder-read-only", FolderState.READ_ONLY),
    ],
)
def test_whether_the_folder_can_be_used(kind, state) -> None:
    assert folder_state({kind: Record(kind)}, "/m") is state
    assert folder_state({kind: Record(kind)}, "") is FolderState.UNKNOWN


@pytest.mark.parametrize("words", ["", "file", "file 600 0 x 1 a", "socket 600 0 1 1 a", "file 600 0 1 1"])
def test_an_entry_that_cannot_be_read_is_hostile(words) -> None:
    with pytest.raises(HostileOutputError, match="n1: its answer about the manifest folder cannot be read"):
        list(parse_files("n1", (Record("entry", words),)))


def test_too_many_entries_are_hostile() -> None:
    flood = [Record("entry", f"file 600 0 1 1 {number}", b"x") for number in range(MAX_ENTRIES + 1)]
    with pytest.raises(HostileOutputError, match="over 5000 entries"):
        list(parse_files("n1", tuple(flood)))


def test_an_unreadable_file_could_define_any_pod() -> None:
    records = (Record("entry", "file 600 0 1 1 secret.yaml"), Record("entry-unreadable", "secret.yaml"))
    with pytest.raises(HostError, match=r"n1: `secret\.yaml` in the manifest folder cannot be read"):
        list(parse_files("n1", records))


@pytest.mark.parametrize(
    ("listing", "words"),
    [
        (b"600 0 1 1 3 ./a\n", "1"),
        (b"600 0 1 1 4 ./a\n", "0"),
        (b"600 0 1 1 -3 ./a\n600 0 1 1 6 ./b\n", "0"),
        (b"600 0 1 1 x ./a\n", "0"),
        (b"600 ./a\n", "0"),
        (b"", "0"),
    ],
)
def test_contents_that_do_not_fit_their_sizes_are_never_cut_apart(listing, words) -> None:
    with pytest.raises(TornError):
        with_files_apart((Record("contents", "", b"one"), Record("files", words, listing), Record("end")))
