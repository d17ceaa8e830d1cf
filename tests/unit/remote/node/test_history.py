"""The history of a node: what is kept of a write, what came of it, and what is pruned; in every shell."""

from __future__ import annotations

import os

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import stand_in
from tests.unit.remote.node.test_apply import carry_out, kinds, names, only, order
from tests.unit.remote.node.test_apply_undo import let_fail

from podwright.errors import HostileOutputError
from podwright.plan.compare import compare
from podwright.plan.events import Ended, Refused, Restored, StepFailed, Written
from podwright.plan.history import Fate, Revision
from podwright.remote.node.apply import WriteOrder
from podwright.remote.node.history import Fates, file_name, header, parse_history, record_fates
from podwright.remote.node.observe import EVERY_DAY, Part, observe
from podwright.remote.node.records import Record

WEB = manifest()


def version(number: int):
    return manifest(image=f"example.com/web:{number}")


def writing(node, *desired, run: str = "r1", **changes) -> WriteOrder:
    """An order whose texts the history keeps."""
    look = node.seen()
    planned = compare(desired, (), look)
    kept = tuple(
        replace(one, who="ada@desk", when="2026-11-30 12:55 UTC", run=run, why="because")
        for change in planned
        if (one := change.subject.revision(change.action))
    )
    found = tuple(one for change in planned if (one := change.subject.found()))
    return replace(order(node, *desired), run=run, revisions=kept, found=found, **changes)


def history(node, *files: str) -> tuple[Revision, ...]:
    found = observe(
        "n1", node.host, folder=str(node.folder), parts=EVERY_DAY | {Part.HISTORY}, history_names=files
    ).history
    assert found is not None
    return tuple(sorted(found, key=lambda one: one.number))


def outcomes(node, *files: str) -> tuple[Revision, ...]:
    """Of a file of which something was taken back."""
    names = files or ("web.yaml",)
    found = observe("n1", node.host, folder=str(node.folder), parts=(Part.REVERTED,), history_names=names)
    return tuple(sorted(found.outcomes, key=lambda one: one.number))


def test_each_write_is_kept_with_who_when_and_why(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, writing(node, version(2), run="r2"))
    first, second = history(node)
    assert (first.number, first.content.decode(), first.digest) == (1, WEB.text(1), WEB.digest)
    assert (second.number, second.images) == (2, ("example.com/web:2",))
    assert (second.who, second.when, second.run, second.why) == (
        *("ada@desk", "2026-11-30 12:55 UTC"),
        *("r2", "because"),
    )
    assert second.fate is Fate.WRITTEN
    folder = node.state / "history"
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert history(node, "other.yaml") == ()


def test_what_lay_there_before_there_was_a_history_is_kept_once(node) -> None:
    carry_out(node, order(node, WEB))
    carry_out(node, writing(node, version(2)))
    carry_out(node, writing(node, version(3), run="r2"))
    found, second, third = history(node)
    assert (found.number, found.content.decode(), found.run) == (1, WEB.text(1), "")
    assert (second.number, third.number) == (2, 3)


def test_what_came_of_it_is_recorded_for_this_revision_alone(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, writing(node, version(2), run="r2"))
    _, latest = history(node)
    good = (Fate.GOOD, {"at": 1_700_000_000, "proof": "file, sandbox"}, (latest,))
    assert record_fates(node.host, node.seen(), Fates("", (good,)))
    first, second = history(node)
    assert (first.fate, second.fate) == (Fate.WRITTEN, Fate.GOOD)
    assert (second.proof, second.proven_at) == ("file, sandbox", 1_700_000_000)
    assert outcomes(node) == ()
    reverted = (Fate.REVERTED, {"proof": "taken back"}, (latest,))
    assert record_fates(node.host, node.seen(), Fates("", (reverted,)))
    assert history(node)[1].fate is Fate.REVERTED
    assert outcomes(node) == tuple(replace(one, content=b"") for one in history(node))
    assert outcomes(node, "other.yaml") == ()


def test_the_newest_revision_is_told_while_it_may_yet_be_proven(node) -> None:
    def unproven() -> tuple[Revision, ...]:
        parts = (Part.REVERTED,)
        seen = observe("n1", node.host, folder=str(node.folder), parts=parts, history_names=("web.yaml",))
        return seen.unproven

    def record(fate: Fate) -> None:
        fates = Fates("", ((fate, {"proof": "x"}, history(node)[-1:]),))
        assert record_fates(node.host, node.seen(), fates)

    carry_out(node, writing(node, WEB))
    carry_out(node, writing(node, version(2), run="r2"))
    assert unproven() == history(node)[1:]
    record(Fate.FAILED)
    assert [one.digest for one in unproven()] == [version(2).digest]
    record(Fate.GOOD)
    assert (unproven(), history(node)[-1].fate) == ((), Fate.GOOD)
    carry_out(node, writing(node, WEB, run="r3"))
    record(Fate.REVERTED)
    assert unproven() == ()


def test_the_ten_newest_stay_and_the_two_newest_good_ones_however_old(node) -> None:
    for number in range(1, 14):
        carry_out(node, writing(node, version(number), run=f"r{number}"))
        if number in (1, 2, 3):
            fate = (Fate.GOOD, {"proof": "x"}, history(node)[-1:])
            record_fates(node.host, node.seen(), Fates("", (fate,)))
    assert [one.number for one in history(node)] == [2, 3, *range(4, 14)]


def test_the_history_is_bounded_in_bytes_but_for_the_newest_and_the_good_one(dash_node) -> None:
    node = dash_node
    for number in range(1, 5):
        note = f"\n    env:\n    - name: NOTE\n      value: {'x' * 1_500_000}"
        big = manifest(image=f"example.com/web:{number}{note}")
        carry_out(node, writing(node, big, run=f"r{number}"))
        if number == 1:
            fate = (Fate.GOOD, {"proof": "x"}, history(node))
            record_fates(node.host, node.seen(), Fates("", (fate,)))
    assert [one.number for one in history(node)] == [1, 3, 4]


def test_a_lower_limit_counts_from_the_next_write(node) -> None:
    for number in range(1, 6):
        carry_out(node, writing(node, version(number), run=f"r{number}"))
        if number == 2:
            fate = (Fate.GOOD, {"proof": "x"}, history(node)[-1:])
            record_fates(node.host, node.seen(), Fates("", (fate,)))
    carry_out(node, writing(node, version(6), run="r6", kept_revisions=3))
    assert [one.number for one in history(node)] == [2, 4, 5, 6]
    carry_out(node, writing(node, version(7), run="r7", kept_mebibytes=0))
    assert [one.number for one in history(node)] == [2, 7]


def test_what_lies_there_stays_in_the_history_if_it_cannot_be_replaced(dash_node) -> None:
    carry_out(dash_node, writing(dash_node, WEB))
    let_fail(dash_node, "web.yaml")
    failing = writing(dash_node, version(2), run="r2", kept_revisions=1)
    assert StepFailed in kinds(carry_out(dash_node, failing))
    assert [one.content.decode() for one in history(dash_node)] == [WEB.text(1)]


def test_a_refused_order_leaves_no_revision(node) -> None:
    late = writing(node, WEB)
    (node.folder / "web.yaml").write_text("theirs")
    assert kinds(carry_out(node, late)) == [Refused, Ended]
    assert not (node.state / "history").exists()


def test_what_was_taken_back_is_forgotten(node) -> None:
    carry_out(node, writing(node, WEB, manifest("other")))
    real = "/usr/bin/busybox mv" if node.host.shell[0] == "busybox" else "/bin/mv"
    stand_in(node.host.bin, "mv", f'case "$*" in *other.yaml) exit 1 ;; esac; {real} "$@"')
    others = manifest("other", image="example.com/other:2"), manifest("late")
    failing = writing(node, version(2), *others, run="r2")
    assert only(carry_out(node, failing), Restored).file_name == "web.yaml"
    assert [one.number for one in history(node, "web.yaml")] == [1]
    assert [one.number for one in history(node, "other.yaml")] == [1], "its rename failed"
    assert history(node, "late.yaml") == (), "it was not begun"


@pytest.mark.parametrize("planted", ["file", "link"])
def test_a_history_that_cannot_be_written_stops_before_anything_is_changed(node, planted) -> None:
    node.state.mkdir(parents=True)
    if planted == "file":
        (node.state / "history").write_text("x")
    else:
        (node.root / "elsewhere").mkdir()
        (node.state / "history").symlink_to(node.root / "gone")
    failed = only(carry_out(node, writing(node, WEB)), StepFailed)
    assert failed.step == "state-dir"
    assert names(node.folder) == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make what others may change")
def test_a_history_that_others_can_change_is_neither_written_nor_believed(node) -> None:
    carry_out(node, writing(node, WEB))
    (node.state / "history").chmod(0o777)
    failed = only(carry_out(node, writing(node, version(2))), StepFailed)
    assert failed.step == "untrusted"
    shown = observe("n1", node.host, folder=str(node.folder), parts=EVERY_DAY | {Part.HISTORY})
    assert shown.history is None
    assert "history" in shown.history_problem


def test_a_link_planted_in_the_history_is_not_read(node) -> None:
    carry_out(node, writing(node, WEB))
    (node.state / "history" / "web.yaml" / "000000000009.10.r9").symlink_to("/etc/passwd")
    assert [one.number for one in history(node)] == [1]


@pytest.mark.parametrize("command", ["dd", "sync"])
def test_the_history_is_on_the_disk_before_the_end(node, command) -> None:
    log = node.root / "calls"
    real = f"/usr/bin/busybox {command}" if node.host.shell[0] == "busybox" else f"/bin/{command}"
    stand_in(node.host.bin, command, f'echo "{command} $*" >>{log}\nexec {real} "$@"')
    assert Written in kinds(carry_out(node, writing(node, WEB)))
    expected = {"dd": "history/web.yaml/000000000001.", "sync": f"{node.state}/history/web.yaml"}[command]
    assert expected in log.read_text()


def test_what_lay_there_before_is_on_the_disk_before_the_first_rename(node) -> None:
    carry_out(node, order(node, WEB))
    log = node.root / "calls"
    for command in ("sync", "mv"):
        real = f"/usr/bin/busybox {command}" if node.host.shell[0] == "busybox" else f"/bin/{command}"
        stand_in(node.host.bin, command, f'echo "{command} $*" >>{log}\nexec {real} "$@"')
    carry_out(node, writing(node, version(2)))
    before, renamed, _ = log.read_text().partition("mv ")
    assert before.startswith(f"sync -- {node.state}/history/web.yaml/000000000001.")
    assert renamed


def test_what_is_torn_or_of_another_form_is_no_revision() -> None:
    revision = Revision("web.yaml", 1, b"text\n", "sha256:x", run="r1")
    whole = f"{header(revision)}\ntext\n".encode()
    path = f"web.yaml/{file_name(revision)}"
    begin = Record("history")
    assert parse_history("n1", [Record("revision", path, whole)]) is None
    [read] = parse_history("n1", [begin, Record("revision", path, whole)]) or ()
    assert (read.content, read.run) == (b"text\n", "r1")
    for bad_path, body in (
        (path, whole[:-1]),
        (path, whole.replace(b"text\n", b"tent\n")),
        ("web.yaml/../../x.5.r1", whole),
        ("web.yaml/000000000001.5.r1.good", b"{}"),
    ):
        assert parse_history("n1", [begin, Record("revision", bad_path, body)]) == ()
    for at in (b"1" * 400, b"NaN", b"1e999", b"-5", b"[]"):
        good = Record("revision", f"{path}.good", b'{"at": ' + at + b"}")
        [read] = parse_history("n1", [begin, Record("revision", path, whole), good]) or ()
        assert (read.fate, read.proven_at) == (Fate.GOOD, 0)
    hostile = b'{"images": {"a": 1}, "who": 7, "why": ["x"]}\ntext\n'
    [read] = parse_history("n1", [begin, Record("revision", path, hostile)]) or ()
    assert (read.images, read.who, read.why) == ((), "", "")


def test_a_flood_of_revisions_is_hostile() -> None:
    flood = [Record("revision", f"web.yaml/{number:012d}.0.r1", b"{}\n") for number in range(10_001)]
    with pytest.raises(HostileOutputError, match="n1: its history has over 10000 files"):
        parse_history("n1", [Record("history"), *flood])


def test_the_newest_revision_of_a_file_is_told_by_its_number_alone(node) -> None:
    for number in (9, 10):
        carry_out(node, writing(node, version(number), run=f"r{number}"))
    good = (Fate.GOOD, {"proof": "x"}, history(node)[-1:])
    record_fates(node.host, node.seen(), Fates("", (good,)))
    names = ("web.yaml", "other.yaml")
    found = observe("n1", node.host, folder=str(node.folder), parts=(Part.REVERTED,), history_names=names)
    assert found.newest == (("web.yaml", 2),)


def test_the_last_change_of_each_file_is_told_without_its_content(node) -> None:
    carry_out(node, writing(node, WEB))
    carry_out(node, writing(node, version(2), manifest("api"), run="r2"))
    # of what became of it there is a file beside it
    (newest,) = (node.state / "history" / "web.yaml").glob("*2.*.r2")
    newest.with_name(f"{newest.name}.good").write_text("{}")
    (node.state / "history" / "odd").mkdir()
    found = observe("n1", node.host, folder=str(node.folder), parts=(Part.FILES, Part.CHANGES)).changes
    assert [(one.name, one.number, one.run, one.who, one.content) for one in found] == [
        ("api.yaml", 1, "r2", "ada@desk", b""),
        ("web.yaml", 2, "r2", "ada@desk", b""),
    ]
