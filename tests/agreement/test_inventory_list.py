"""`inventory list -o ansible` and `inventory graph` print what ansible-inventory prints, key for key and line for line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.agreement.inventories import CASES

from podwright.cli.main import exit_code

#: a folder with files beside it, INI, ranges, deep groups, and nothing but hosts
CHOSEN = [
    *[name for name, case in CASES.items() if not case.playbook and "," not in "".join(case.sources)][::5],
    "yaml: unsafe text",
    "json: text that is not a template",
]


def ansible_inventory(folder: Path, sources: list[str], *words: str) -> str:
    given = [word for source in sources for word in ("-i", source)]
    answer = subprocess.run(
        [Path(sys.executable).with_name("ansible-inventory"), *given, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"},
    )
    return answer.stdout


@pytest.mark.parametrize("name", CHOSEN)
def test_the_list_and_the_tree_are_those_of_ansible_inventory(name, tmp_path, capsys, monkeypatch) -> None:
    case = CASES[name]
    case.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    given = [word for source in case.sources for word in ("-i", source)]
    assert exit_code(["inventory", "list", "-o", "ansible", *given]) == 0
    ours = json.loads(capsys.readouterr().out)
    assert ours == json.loads(ansible_inventory(tmp_path, list(case.sources), "--list"))
    assert exit_code(["inventory", "graph", *given]) == 0
    assert capsys.readouterr().out == ansible_inventory(tmp_path, list(case.sources), "--graph")
