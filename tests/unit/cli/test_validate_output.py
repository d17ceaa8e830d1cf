"""`manifest validate`: its outputs and its exit codes, for plain files."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import pod_text
from tests.fakes.sarif_schema import sarif_faults


@pytest.fixture
def files(site: Site) -> Site:
    (site.folder / "good.yaml").write_text(pod_text())
    (site.folder / "bad.yaml").write_text(pod_text("web2").replace("image:", "imgae:"))
    (site.folder / "unwise.yaml").write_text(pod_text(image="example.com/web:latest"))
    return site


def test_the_table_names_the_place_and_the_summary_is_talk(files: Site) -> None:
    answer = files.run("manifest", "validate", "good.yaml", "bad.yaml")
    assert answer.code == 1
    assert answer.out.splitlines()[0].split() == ["PLACE", "SEVERITY", "RULE", "MESSAGE"]
    assert answer.err.startswith("2 manifests: ")


def test_a_warning_stops_nothing_unless_strict(files: Site) -> None:
    assert files.run("manifest", "validate", "unwise.yaml").code == 0
    assert files.run("manifest", "validate", "--strict", "--file", "unwise.yaml").code == 1


def test_each_output_can_be_read_by_its_program(files: Site) -> None:
    def out(output: str) -> str:
        return files.run("manifest", "validate", "good.yaml", "bad.yaml", "-o", output).out

    assert [entry["kubelet"] for entry in json.loads(out("json"))] == ["accepts", "rejects"]
    log = json.loads(out("sarif"))
    assert sarif_faults(log) == []
    assert log["runs"][0]["tool"]["driver"]["name"] == "podwright"
    assert ElementTree.fromstring(out("junit")).find("testsuite").get("failures") == "1"
    assert all(line.startswith(("::error ", "::warning ")) for line in out("github").splitlines())


def test_github_actions_sees_annotations_below_the_table(
    files: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    out = files.run("manifest", "validate", "bad.yaml").out
    assert out.startswith("PLACE")
    assert "\n::error file=bad.yaml," in out
