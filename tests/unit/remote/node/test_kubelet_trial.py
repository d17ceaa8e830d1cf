"""The node's own kubelet is asked in each shell: with its own arguments, beside the one that runs, and nothing is left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.fakes.recorded_machine import machine_host
from tests.fakes.shell_host import SHELLS

from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.observe import Part, observe

PROGRAMS = {"arch-k3s": "usr/local/bin/k3s"}
PARTS = (Part.FACTS, Part.MACHINE, Part.TRIAL)
GOOD = (
    'E1130 run.go:72] "command failed" err="failed to run Kubelet: validate service connection: validate CRI v1 runtime API'
    ' for endpoint \\"unix:///x\\": rpc error"'
)
BAD = (
    'E1130 run.go:72] "command failed" err="failed to validate kubelet configuration, error: invalid configuration:'
    ' authorization.mode \\"x\\""'
)
pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="a login that is not root starts no kubelet")


def trial(folder: Path, shell: str, says: str, machine: str = "debian-12"):
    host = machine_host(machine, shell, folder)
    program = folder / "root" / PROGRAMS.get(machine, "usr/bin/kubelet")
    program.write_text(f"#!/bin/sh\necho \"$0 $*\" >>{folder}/asked\ncat <<'END'\n{says}\nEND\nexit 1\n")
    program.chmod(0o755)
    return observe("n1", host, parts=PARTS).machine.kubelet.trial


@pytest.mark.parametrize("shell", SHELLS)
def test_it_is_asked_beside_the_one_that_runs(shell: str, tmp_path: Path) -> None:
    assert trial(tmp_path, shell, GOOD) == ""
    asked = (tmp_path / "asked").read_text().splitlines()[-1]
    own, _, added = asked.partition(" --root-dir=")
    added = f"{added} "
    assert own.split()[0].endswith("trial")
    assert "--kubeconfig=/etc/kubernetes/kubelet.conf" in own
    assert "--container-runtime-endpoint=unix:///run/podwright-trial-" in added
    assert added.startswith("/run/podwright-trial-")
    assert not Path(added.split()[0]).parent.exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_what_it_refuses_is_told_in_its_words(shell: str, tmp_path: Path) -> None:
    said = trial(tmp_path, shell, f"I1130 starting\n{BAD}")
    assert said.endswith('invalid configuration: authorization.mode "x"')


def test_one_that_says_nothing_or_is_another_program_is_unknown(tmp_path: Path) -> None:
    assert trial(tmp_path / "silent", "dash", "") == Unknown("its program said nothing")
    assert trial(tmp_path / "k3s", "dash", GOOD, machine="arch-k3s") == Unknown("its program was not asked")
