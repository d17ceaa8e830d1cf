"""A node that stops to answer in the middle of its change."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.faults.conftest import Answer, Faults, until

#: the installed command
COMMAND = Path(sys.executable).with_name("podwright")
PUSH = ("manifest", "push", "-y", "--hold", "1", "-o", "json")


def test_a_node_that_hangs_delays_its_batch_up_to_its_deadline_and_no_other_node(faults: Faults) -> None:
    assert faults.push().code == 0
    faults.word("second")
    before = faults.file("cp-1").read_text()
    controller = subprocess.Popen(
        [COMMAND, *faults.site, *PUSH, "--all-at-once", "--timeout", "15"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: faults.file("cp-1").read_text() != before)
        faults.breakages.break_node("cp-1", "node-hung")
        out, err = controller.communicate(timeout=150)
    finally:
        controller.kill()
        controller.wait()
    answer = Answer(controller.returncode, out, err)
    assert (answer.code, [node["status"] for node in json.loads(out)["nodes"]]) == (
        1,
        ["failed", "changed"],
    ), err
    assert answer.node("cp-2")["seconds"] < answer.node("cp-1")["seconds"] < 15 + 60 + 30 + 10
