"""`node provision` and `node release` on a machine below a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.rooted_machine import Machine
from tests.unit.operations.conftest import FakeMirrors

from podwright.cli.app import App
from podwright.operations.interruption import Interruption
from podwright.operations.world import World
from podwright.plan.run import Run


@pytest.fixture
def machine(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine.made(tmp_path / "machine")
    site.inventory.write_text(
        f"all: {{hosts: {{n1: }}, vars: {{podwright_manifest_dir: {made.folder}, podwright_node: {{"
        "files: {/etc/a.conf: {content: 'x = 1'}}}}}\n"
    )

    @contextmanager
    def connect(_node: object) -> Iterator[object]:
        yield made.host

    @contextmanager
    def world(_app: App) -> Iterator[World]:
        run = Run("r1", "me@here", "node provision", 1, "now")
        yield World(connect, FakeMirrors(), run, lambda: 0.0, Interruption(lambda: None), without_api=True)

    monkeypatch.setattr(App, "world", world)
    return made


def test_a_plan_is_shown_and_nothing_is_done(site: Site, machine: Machine) -> None:
    shown = site.run("node", "provision", "--dry-run", "--diff", "--exit-code")
    assert shown.code == 3
    assert "+x = 1\n" in shown.out
    assert "create /etc/a.conf" in shown.out
    assert not machine.path("/etc/a.conf").exists()


def test_a_change_is_reported_and_a_second_run_has_nothing_to_do(site: Site, machine: Machine) -> None:
    shown = site.run("node", "provision", "-y", "-o", "json")
    [node] = json.loads(shown.out)["nodes"]
    assert (shown.code, node["status"]) == (0, "changed")
    [change] = node["changes"]
    assert (change["file"], change["action"], change["kind"], change["state"]) == (
        "/etc/a.conf",
        "create",
        "file",
        "absent",
    )
    assert machine.path("/etc/a.conf").read_text().endswith("\nx = 1\n")
    again = site.run("node", "provision", "-y", "-o", "json")
    assert json.loads(again.out)["nodes"][0]["status"] == "unchanged"


def test_anothers_file_fails_the_run_with_what_to_do(site: Site, machine: Machine) -> None:
    machine.write("/etc/a.conf", "theirs\n")
    shown = site.run("node", "provision", "-y")
    assert shown.code == 1
    assert "`/etc/a.conf` is there already and was not written by podwright" in shown.err
    assert "--adopt" in shown.err
    assert site.run("node", "provision", "-y", "--adopt").code == 0
    shown = site.run("node", "release", "/etc/a.conf", "-y")
    assert shown.code == 0
    assert "restored the original of /etc/a.conf" in shown.out
    assert machine.path("/etc/a.conf").read_text() == "theirs\n"


def test_what_went_is_not_called_written(site: Site, machine: Machine) -> None:
    text = site.inventory.read_text()
    assert site.run("node", "provision", "-y").code == 0
    assert "released /etc/a.conf" in site.run("node", "release", "/etc/a.conf", "-y").out
    assert site.run("node", "provision", "-y").code == 0
    site.inventory.write_text(text.replace("{content: 'x = 1'}", "absent"))
    shown = site.run("node", "provision", "-y")
    assert "removed /etc/a.conf" in shown.out
    assert "1/1 observed again" in shown.out


def test_without_a_declaration_there_is_nothing_to_do(site: Site, machine: Machine) -> None:
    site.inventory.write_text("all: {hosts: {n1: }}\n")
    shown = site.run("node", "provision", "-y")
    assert shown.code == 0
    assert "no chosen node has `podwright_node`" in shown.err
    assert "what podwright wrote there stays" in shown.err


def test_an_empty_declaration_names_what_stays(site: Site, machine: Machine) -> None:
    assert site.run("node", "provision", "-y").code == 0
    site.inventory.write_text("all: {hosts: {n1: }, vars: {podwright_node: {}}}\n")
    shown = site.run("node", "provision", "--dry-run", "--exit-code")
    assert shown.code == 0
    assert "`podwright node release /etc/a.conf` gives it back" in shown.err


def test_a_misspelt_section_is_named_before_a_node_is_reached(site: Site, machine: Machine) -> None:
    site.inventory.write_text("all: {hosts: {n1: }, vars: {podwright_node: {file: {}}}}\n")
    shown = site.run("node", "provision", "-y")
    assert shown.code != 0
    assert "`podwright_node.file` is not known" in shown.err
    assert "did you mean `files`?" in shown.err


@pytest.mark.parametrize("options", [("--soak", "60s"), ("--on-failure", "revert-run")])
def test_what_has_no_effect_on_nodes_is_neither_offered_nor_taken(
    site: Site, options: tuple[str, ...]
) -> None:
    answer = site.run("node", "provision", *options, "-y")
    assert answer.code == 2
    assert options[0] in answer.err
    offered = site.run("node", "provision", "--help").out
    assert ("--soak" in offered, "revert-" in offered, "[pause|stop]" in offered) == (False, False, True)
