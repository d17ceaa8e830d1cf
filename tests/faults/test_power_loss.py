"""What a node reports as done is on its disk by then: the system calls of its programs, in their order, in every shell."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import SHELLS
from tests.unit.remote.conftest import LocalNode, make_node
from tests.unit.remote.node.test_apply import carry_out, only, order, with_second
from tests.unit.remote.node.test_history import history, writing

from podwright.plan.events import SecondWritten, Written
from podwright.plan.history import Fate
from podwright.remote.node.history import Fates, record_fates

WEB = manifest()
NEXT = manifest(image="example.com/web:2")
_STRACE = (
    "strace",
    "-f",
    "-qq",
    "-y",
    "-s",
    "1000",
    "-e",
    "trace=fsync,fdatasync,sync,rename,renameat,renameat2,unlink,unlinkat,write",
)
_CALL = re.compile(r"[0-9]+ +(?P<name>\w+)\((?P<rest>.*)")
_FSYNC = re.compile(r"^[0-9]+<([^>]*)>")
_NAMES = re.compile(r'"([^"]*)"')
_RECORD = re.compile(r"@[0-9a-f]{32} (\w+)")


@dataclass(frozen=True)
class Calls:
    """What was synced, renamed, removed and reported, in order."""

    lines: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, log: Path) -> Calls:
        found = (_CALL.match(line) for line in log.read_text().splitlines())
        return cls(tuple(call for match in found if match for call in _told(match["name"], match["rest"])))

    def first(self, what: str, after: int = -1) -> int:
        """The place of the first such call after another one."""
        name, _, path = what.partition(" ")
        for place, (found, where) in enumerate(self.lines):
            if place > after and found == name and where.endswith(path):
                return place
        raise AssertionError(f"no {what} after {after} in {self.lines}")


def _told(name: str, rest: str) -> Iterator[tuple[str, str]]:
    if name == "write":
        yield from (("report", kind) for kind in _RECORD.findall(rest))
    elif name in ("fsync", "fdatasync"):
        yield from (("sync", path) for path in _FSYNC.findall(rest)[:1])
    else:
        what = "rename" if name.startswith("rename") else "remove"
        yield from ((what, path) for path in _NAMES.findall(rest)[-1:])


@pytest.fixture(params=SHELLS)
def node(request: pytest.FixtureRequest, tmp_path: Path) -> LocalNode:
    if subprocess.run(["strace", "-f", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody trace system calls")
    return make_node(tmp_path, request.param)


def traced(node: LocalNode, act: Callable[[LocalNode], object]) -> Calls:
    log = node.root / "calls"
    shell = (*_STRACE, "-o", str(log), shutil.which(node.host.shell[0]) or "", *node.host.shell[1:])
    act(replace(node, host=replace(node.host, shell=shell)))
    return Calls.read(log)


def test_what_is_written_and_what_it_replaces_are_on_the_disk_before_the_report(node) -> None:
    carry_out(node, writing(node, WEB))
    (node.pods / "u1").mkdir()
    an_order = with_second(writing(node, NEXT, run="r2", watch_seconds=60), "u1", 50)

    def act(traced_node: LocalNode) -> None:
        def ended(event: object) -> bool:
            if isinstance(event, Written):
                (node.pods / "u1").rmdir()
            return not isinstance(event, SecondWritten)

        only(carry_out(traced_node, an_order, ended), SecondWritten)

    calls = traced(node, act)
    renamed = calls.first("rename /web.yaml")
    kept = next(
        path.name for path in (node.state / "history" / "web.yaml").iterdir() if path.name.endswith("r2")
    )
    copy = next((node.state / "backups").iterdir()).name
    for path in (".0.1", ".0.2", f"/{kept}", "/history/web.yaml", "/history", f"/{copy}", "/backups"):
        assert calls.first(f"sync {path}") < renamed, path
    settled = calls.first("sync /manifests", renamed)
    assert settled < calls.first("report written", renamed)
    again = calls.first("rename /web.yaml", renamed)
    assert calls.first("sync /manifests", again) < calls.first("report second", again)


def test_a_removal_is_on_the_disk_before_the_report(node) -> None:
    carry_out(node, order(node, WEB))
    calls = traced(node, lambda one: carry_out(one, order(node, absent=("web.yaml",))))
    removed = calls.first("remove /web.yaml")
    copy = next((node.state / "backups").iterdir()).name
    assert calls.first(f"sync /{copy}") < removed
    assert calls.first("sync /manifests", removed) < calls.first("report deleted", removed)


def test_what_came_of_a_revision_is_on_the_disk_before_the_report(node) -> None:
    carry_out(node, writing(node, WEB))
    good = (Fate.GOOD, {"proof": "file"}, history(node))
    calls = traced(node, lambda one: record_fates(one.host, node.seen(), Fates("", (good,))))
    reported = calls.first("report begin")
    assert calls.first("sync .good") < reported
    assert calls.first("sync /history/web.yaml") < reported
