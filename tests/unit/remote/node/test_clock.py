"""What a node tells of when something was is never later than it was, however busy the node is.

A kubelet's answer to a write carries the node's wall clock, and one that seems to be of before the write is nobody's.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from tests.fakes.shell_host import stand_in
from tests.unit.remote.node.test_apply import WEB, carry_out, only, order

from podwright.plan.events import ClockRead, Written


def test_a_slow_date_does_not_move_the_clock(node) -> None:
    once = node.root / "once"
    real = shutil.which("date")
    stand_in(node.host.bin, "date", f'[ -e {once} ] || {{ : >{once}; sleep 0.4; }}; exec {real} "$@"')
    stand_in(node.host.bin, "crictl", 'echo "{}"')
    events = carry_out(
        node, order(node, WEB, watch_seconds=20), lambda event: not isinstance(event, ClockRead)
    )
    clock = only(events, ClockRead)
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    boot = time.time() - uptime
    assert once.exists()
    assert boot - 5 < clock.wall - clock.uptime < boot + 0.02


def test_a_write_is_told_as_of_when_it_was_begun(node) -> None:
    renamed = node.root / "renamed"
    stand_in(
        node.host.bin,
        "mv",
        f'cut -d" " -f1 /proc/uptime >>{renamed}; {shutil.which("mv")} "$@" && sleep 0.3',
    )
    written = only(carry_out(node, order(node, WEB)), Written)
    assert written.uptime <= float(renamed.read_text().split()[-1])
