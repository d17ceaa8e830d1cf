"""Inventory scripts are run as Ansible runs them; one that fails is an error, never fewer hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.inventory.sources import script
from podwright.inventory.sources.script import is_program, read_script
from podwright.inventory.structure import Structure


def made(tmp_path: Path, body: str, mode: int = 0o755) -> Path:
    file = tmp_path / "hosts.sh"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(mode)
    return file


def read(file: Path) -> Structure:
    found = Structure()
    read_script(file, found)
    return found


def test_what_it_prints_is_the_inventory(tmp_path):
    found = read(
        made(tmp_path, """echo '{"_meta": {"hostvars": {"n": {"x": 1}}}, "web": {"hosts": ["n"]}}'""")
    )
    assert (found.problems, found.hosts) == ([], {"n": {"x": 1}})


def test_without_meta_it_is_asked_for_each_host(tmp_path):
    body = """if [ "$1" = --list ]; then echo '{"web": ["a", "b"]}'; elif [ "$2" = a ]; then echo '{"x": 1}'; fi"""
    found = read(made(tmp_path, body))
    assert (found.problems, found.hosts) == ([], {"a": {"x": 1}, "b": {}})


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("echo no >&2; echo why >&2; exit 3", "the inventory script ended `--list` with 3: why"),
        ("echo hello", "what the inventory script prints for `--list` is not JSON"),
        ("echo '[1]'", "a list of groups is a mapping of their names to hosts"),
        ("sleep 600", "`--list` of the inventory script: it did not end within 0.3 s"),
    ],
)
def test_one_that_fails_is_a_problem(tmp_path, monkeypatch, body, problem):
    if "0.3 s" in problem:
        monkeypatch.setattr(script, "SECONDS", 0.3)
    file = made(tmp_path, body)
    assert [str(found) for found in read(file).problems] == [f"{file}: {problem}"]


def test_only_what_the_system_could_run_is_a_program(tmp_path):
    assert is_program(made(tmp_path, ""))
    assert not is_program(made(tmp_path, "", 0o644))
    (tmp_path / "hosts").write_text("[web]\n")
    (tmp_path / "hosts").chmod(0o755)
    assert not is_program(tmp_path / "hosts")


def test_one_that_every_user_may_change_is_not_run(tmp_path):
    found = read(made(tmp_path, f"touch {tmp_path}/ran; echo '{{}}'", 0o777))
    assert [problem.message for problem in found.problems] == [
        "the inventory script is not run, since every user may change it"
    ]
    assert not (tmp_path / "ran").exists()


def test_after_a_host_that_fails_or_once_the_time_is_over_no_further_one_is_asked_for(tmp_path, monkeypatch):
    body = f"""echo "$*" >>{tmp_path}/asked
        if [ "$1" = --list ]; then echo '{{"web": ["a", "b", "c"]}}'; else exit 3; fi"""
    assert len(read(made(tmp_path, body)).problems) == 1
    assert (tmp_path / "asked").read_text().splitlines() == ["--list", "--host a"]
    monkeypatch.setattr(script, "HOSTS_SECONDS", 0)
    [late] = read(made(tmp_path, body.replace("exit 3", "sleep 20"))).problems
    assert "it did not end within" in late.message
