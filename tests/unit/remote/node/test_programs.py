"""The programs' text: fit for every sh, and whole."""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import files

import pytest
from tests.fakes.shell_host import SHELLS

from podwright.remote.node import programs, provision, provision_confirm, provision_kubelet
from podwright.remote.node.apply import PARTS, SWITCH_PARTS
from podwright.remote.node.observe import Part
from podwright.remote.node.switch import KEEPER_PARTS

PROGRAMS = {
    "apply": (*PARTS, *SWITCH_PARTS),
    "holds": ("path_trust", "lock", "holds"),
    "keeper": KEEPER_PARTS,
    "certificates": ["certificates"],
    "provision": (
        *provision.PARTS,
        *(part for parts in provision.PARTS_OF.values() for part in parts),
        *provision_kubelet.PARTS,
        *provision_confirm.PARTS,
        "provision_preconditions",
    ),
    "observe": ["path_trust", *dict.fromkeys(part.value[0] for part in Part), "facts_proxies"],
}
NAMES = sorted(PROGRAMS)
#: set by the caller, or by one file for another
EXCLUDED = "SC2034,SC2154"


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_shellcheck_has_nothing_to_say(name) -> None:
    text = "\n".join(map(programs.source, ("records", *PROGRAMS[name])))
    check = subprocess.run(
        ["shellcheck", "--shell=sh", f"--exclude={EXCLUDED}", "-"],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    assert check.stdout.decode() == ""


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", NAMES)
def test_every_shell_can_parse_it(name, shell) -> None:
    text = programs.program(PROGRAMS[name], {"nonce": "x"}, ["true"])
    subprocess.run([*SHELLS[shell], "-n"], input=text.encode(), check=True)


def test_variables_are_quoted() -> None:
    text = programs.program((), {"folder": "a'; touch /tmp/never; '"}, ["true"])
    first = text.splitlines()[0]
    shown = subprocess.run(["dash", "-c", f'{first}\nprintf %s "$folder"'], capture_output=True, check=True)
    assert shown.stdout == b"a'; touch /tmp/never; '"


def test_no_line_is_longer_than_an_old_terminal_line_discipline_takes() -> None:
    names = [entry.name for entry in files("podwright.remote.node").iterdir() if entry.name.endswith(".sh")]
    assert set(names) >= {f"{part}.sh" for parts in PROGRAMS.values() for part in parts}
    for name in names:
        text = programs.source(name.removesuffix(".sh"))
        assert text.isascii()
        assert max(map(len, text.splitlines())) < 160
        assert text.endswith("\n")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_program_whose_steps_take_long_reports_that_it_goes_on(shell) -> None:
    """Not at every step, and not before two seconds."""
    calls = ["alive", "heard=$((heard - 3))", "alive", "alive"]
    text = programs.program(PROGRAMS["apply"], {"nonce": "x"}, calls)
    done = subprocess.run([*SHELLS[shell]], input=text.encode(), capture_output=True, check=True)
    assert done.stdout == b"\n@x alive\n"
