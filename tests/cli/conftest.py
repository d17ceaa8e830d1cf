"""The command line in this process, on a small site in a temporary folder; no node is reached."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.nouns import pod_text

from podwright.cli.main import exit_code


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


class Site:
    """A folder with an inventory and templates, and the command line pointed at it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.inventory = folder / "inventory" / "hosts.yaml"
        self.templates = folder / "templates" / "manifests"
        self._capsys = capsys
        self.inventory.parent.mkdir()
        self.templates.mkdir(parents=True)
        self.inventory.write_text(
            "all:\n  hosts:\n    cp-1: {}\n    cp-2: {}\n  vars:\n    static_pods: [web]\n"
        )
        self.template("web", pod_text())

    def template(self, name: str, text: str) -> None:
        (self.templates / f"{name}.yaml.j2").write_text(text)

    def run(self, *arguments: str) -> Answer:
        code = exit_code(list(arguments))
        shown = self._capsys.readouterr()
        return Answer(code, shown.out, shown.err)


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Site(tmp_path, capsys)
