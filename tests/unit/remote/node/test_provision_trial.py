"""The node's own programs read what is to be, in every shell, and nothing of it stays there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, cast

import pytest
from tests.fakes.rooted_machine import Machine
from tests.fakes.shell_host import SHELLS

from podwright.errors import HostError, HostileOutputError, HostTimeoutError
from podwright.plan.provision.trials import Trial, Trials
from podwright.plan.reasons import Conflict
from podwright.remote.host import Host, Output
from podwright.remote.node import provision_trial
from podwright.remote.node.provision_trial import refused

SSHD = Trial("/etc/ssh/sshd_config.d/a.conf", "sshd", (), Conflict.REFUSED_TEXT)
SUDOERS = Trial("/etc/sudoers.d/a", "sudoers", ("/etc/sudoers.d/a",), Conflict.REFUSED_TEXT)
UNIT = Trial("service app", "unit", ("app",), Conflict.BAD_UNIT)
#: prints the file that it is to read, with what that includes, if it has the word `wrong` anywhere
READER = """
for file; do :; done
tree() { cat "$1"; sed -n 's/^Include //p' "$1" | while read -r more; do cat $more; done; }
! tree "$file" 2>/dev/null | grep -n wrong | sed "s#^#$file: line #" | grep . || exit 255
"""


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    machine = Machine.made(tmp_path, request.param)
    machine.path("/run").mkdir()
    (machine.host.bin / "basename").symlink_to(shutil.which("basename") or "basename")
    return machine


def complaints(machine: Machine, texts: dict[str, str], *trials: Trial) -> list[tuple[str, str]]:
    found = refused("n1", machine.host, Trials(texts, trials))
    assert not list(machine.path("/run").iterdir())
    return [(trial.thing, complaint) for trial, complaint in found]


def test_of_sshd_the_whole_counts_with_what_is_there(machine: Machine) -> None:
    machine.write("/etc/ssh/sshd_config", "# main\n  Include sshd_config.d/*.conf\nPort 22\n")
    machine.write("/etc/ssh/sshd_config.d/old.conf", "old\n")
    machine.tool("sshd", READER)
    assert complaints(machine, {SSHD.thing: "good\n"}, SSHD) == []
    expected = "sshd: /etc/ssh/sshd_config: line 5:wrong option"
    assert complaints(machine, {SSHD.thing: "good\nwrong option"}, SSHD) == [(SSHD.thing, expected)]
    machine.write("/etc/ssh/sshd_config.d/old.conf", "wrong\n")
    assert complaints(machine, {"/etc/ssh/sshd_config.d/old.conf": "", SSHD.thing: "good\n"}, SSHD) == []


def test_what_sshd_complains_of_already_is_not_told(machine: Machine) -> None:
    machine.write("/etc/ssh/sshd_config", "")
    machine.tool("sshd", "echo 'Missing privilege separation directory: /run/sshd'; exit 255")
    assert complaints(machine, {SSHD.thing: "good\n"}, SSHD) == []


def test_visudo_reads_each_file(machine: Machine) -> None:
    machine.tool("visudo", READER)
    assert complaints(machine, {SUDOERS.thing: "good\n"}, SUDOERS) == []
    [(thing, complaint)] = complaints(machine, {SUDOERS.thing: "wrong\n"}, SUDOERS)
    assert (thing, complaint) == (SUDOERS.thing, "visudo: /etc/sudoers.d/a: line 1:wrong")


def test_a_unit_is_verified_as_it_will_be(machine: Machine) -> None:
    there = machine.write("/lib/app.service", "wrong\n")
    machine.tool(
        "systemctl",
        f"echo FragmentPath={there}; echo ActiveState=$(cat $root/active 2>/dev/null || echo inactive)",
    )
    machine.tool(
        "systemd-analyze",
        'for unit; do :; done; ! cat "$unit" "$unit.d"/*.conf 2>/dev/null | grep -q wrong ||'
        ' { echo "other.service: is wrong"; echo "${unit##*/}: no ExecStart="; exit 1; }',
    )
    told = [(UNIT.thing, "no ExecStart=")]
    assert complaints(machine, {}, UNIT) == told
    fragment = {"/etc/systemd/system/app.service": "good\n"}
    assert complaints(machine, fragment, UNIT) == []
    assert (
        complaints(machine, fragment | {"/etc/systemd/system/app.service.d/a.conf": "wrong\n"}, UNIT) == told
    )
    template = {"/etc/systemd/system/app@.service": "wrong\n"}
    instance = Trial("service app@1", "unit", ("app@1",), Conflict.BAD_UNIT)
    assert complaints(machine, template, instance) == [("service app@1", "no ExecStart=")]
    running = Trial("service app", "unit", ("if-active:app",), Conflict.BAD_UNIT)
    assert complaints(machine, {}, running) == []
    machine.write("/active", "active\n")
    assert complaints(machine, {}, running) == told


def test_without_its_folder_a_node_tells_nothing(machine: Machine) -> None:
    machine.tool("visudo", "exit 1")
    machine.path("/run").rmdir()
    assert refused("n1", machine.host, Trials({}, (SUDOERS,))) == ()


def test_a_node_is_not_asked_without_a_reason() -> None:
    assert refused("n1", cast("Host", None), Trials({}, ())) == ()


def test_nothing_stays_of_a_trial_that_a_signal_ends(machine: Machine) -> None:
    machine.tool("cat", "kill -TERM $PPID")
    with pytest.raises(HostError):
        refused("n1", machine.host, Trials({SUDOERS.thing: "good\n"}, (SUDOERS,)))
    assert not list(machine.path("/run").iterdir())


@pytest.mark.parametrize("without_timeout", [False, True])
def test_what_a_program_says_that_is_cut_off_tells_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, without_timeout: bool
) -> None:
    monkeypatch.setattr(provision_trial, "TRY_SECONDS", 1)
    if without_timeout:
        machine.tool("timeout", "exit 127")
    machine.write("/etc/ssh/sshd_config", "# main\n")
    machine.tool("systemctl", f"echo FragmentPath={machine.write('/lib/app.service', '')}")
    for name in ("visudo", "sshd", "systemd-analyze"):
        machine.tool(name, "echo app.service: wrong\nexec sleep 5")
    assert complaints(machine, {SSHD.thing: "a\n", SUDOERS.thing: "a\n"}, SSHD, SUDOERS, UNIT) == []
    machine.tool("visudo", "exit 127")
    assert complaints(machine, {SUDOERS.thing: "a\n"}, SUDOERS) == []
    machine.tool("visudo", "echo wrong; exit 1")
    assert complaints(machine, {SUDOERS.thing: "a\n"}, SUDOERS) == [(SUDOERS.thing, "visudo: wrong")]


def test_no_trial_begins_once_they_took_too_long(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.tool("visudo", "echo wrong; exit 1")
    monkeypatch.setattr(provision_trial, "TRIES_SECONDS", 0)
    assert complaints(machine, {SUDOERS.thing: "a\n"}, SUDOERS) == []


def test_a_node_that_takes_too_long_tells_nothing() -> None:
    class Slow:
        def stream(self, *_: object, **__: Any) -> Output:
            raise HostTimeoutError("n1: reported nothing for 15 s")
            yield

    assert refused("n1", cast("Host", Slow()), Trials({}, (SUDOERS,))) == ()


def test_of_a_kubelet_that_is_cut_off_nothing_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provision_trial, "TRY_SECONDS", 2)
    machine.host.proc.mkdir()
    kubelet = machine.write("/bin/kubelet", "#!/bin/sh\necho wrong\nexit 1\n")
    kubelet.chmod(0o755)
    main = {"/kubelet.yaml": "kind: KubeletConfiguration\n"}
    asks = ("kubelet", "", "", "0", "", "/bin/kubelet", "/kubelet.yaml", "", "")
    trial = Trial("kubelet", "kubelet", ("", "/kubelet.yaml", *asks), Conflict.REFUSED_SETTINGS)
    assert complaints(machine, main, trial) == [("kubelet", "wrong")]
    kubelet.write_text("#!/bin/sh\necho wrong\nexec sleep 10\n")
    assert complaints(machine, main, trial) == []


@pytest.mark.parametrize("number", ["1", "0000000009", "0" * 5000, "", "x", "\u0661"])
def test_an_answer_about_no_trial_is_not_one_of_ours(number: str) -> None:
    class Hostile:
        def stream(self, program: str, **_: object) -> Output:
            nonce = program.partition("nonce=")[2].partition("\n")[0]
            yield f"\n@{nonce} refused {number}\nx\n@{nonce} end\n".encode()

    with pytest.raises(HostileOutputError, match="not asked for"):
        refused("n1", cast("Host", Hostile()), Trials({}, (SUDOERS,)))
