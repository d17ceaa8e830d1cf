"""The front door: help that costs nothing, usage errors, failures in words, bugs in a log file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Site

from podwright.cli import app as app_module

HEAVY = (
    "fabric",
    "paramiko",
    "jinja2",
    "cerberus",
    "rich",
    "yaml",
    "cryptography",
    "asyncio",
    "http.client",
    "ssl",
)


def imported_by(*arguments: str) -> set[str]:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "podwright.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if "|" in line}


@pytest.mark.parametrize("arguments", [("--help",), ("manifest", "--help"), ("--version",)])
def test_help_imports_nothing_that_is_not_needed_for_it(arguments: tuple[str, ...]) -> None:
    imported = imported_by(*arguments)
    assert not imported & set(HEAVY)
    assert not {name for name in imported if name.startswith(("podwright.remote", "podwright.operations"))}


def test_shell_completion_lists_commands_and_imports_nothing_heavy() -> None:
    environment = {
        "_PODWRIGHT_COMPLETE": "bash_complete",
        "COMP_WORDS": "podwright manifest pu",
        "COMP_CWORD": "2",
    }
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from podwright.cli.main import main; main()"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "plain,push" in result.stdout
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if "|" in line}
    assert not imported & {"fabric", "paramiko", "jinja2", "cerberus", "rich"}


def test_version_is_the_packages(site: Site) -> None:
    assert re.fullmatch(r"podwright \d+\.\d+\.\d+\n", site.run("--version").out)


def test_an_unknown_command_is_a_usage_error_with_a_hint(site: Site) -> None:
    answer = site.run("manifst")
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("error: No such command 'manifst'")
    assert "\nhint: try `podwright --help`" in answer.err


def test_an_unknown_option_names_the_command_to_ask(site: Site) -> None:
    answer = site.run("manifest", "push", "--frobnicate")
    assert answer.code == 2
    assert "hint: try `podwright manifest push --help`" in answer.err


def test_a_bug_leaves_its_traceback_in_a_file_and_not_on_the_screen(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(app_module.App, "inventory", broken)
    answer = site.run("manifest", "validate")
    assert answer.code == 1
    assert "Traceback" not in answer.err
    [path] = re.findall(r"`(\S+\.log)`", answer.err)
    assert "ZeroDivisionError: a bug" in Path(path).read_text()
    assert Path(path).stat().st_mode & 0o077 == 0


def test_site_options_stand_before_the_command_after_it_and_in_the_environment(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    inventory, templates = str(site.inventory.parent), str(site.templates)
    before = site.run("-i", inventory, "--templates", templates, "manifest", "render", "-l", "cp-1")
    after = site.run("manifest", "render", "-i", inventory, "--templates", templates, "-l", "cp-1")
    monkeypatch.setenv("PODWRIGHT_INVENTORY", inventory)
    monkeypatch.setenv("PODWRIGHT_TEMPLATES", templates)
    monkeypatch.setenv("PODWRIGHT_LIMIT", "cp-1")
    by_environment = site.run("manifest", "render")
    assert before.code == after.code == by_environment.code == 0
    assert before.out == after.out == by_environment.out
    assert before.out.startswith("---\n# cp-1/web.yaml\n")


def test_no_terminal_without_yes_is_a_usage_error_before_anything_is_asked_of_a_node(site: Site) -> None:
    for command in (("push",), ("remove", "web")):
        answer = site.run("manifest", *command)
        assert answer.code == 2
        assert answer.err == (
            "error: there is no terminal to ask on\n\nhint: give -y to go ahead, or --dry-run to see the plan\n"
        )
