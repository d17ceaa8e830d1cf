"""What `drift check` gives to monitoring and build servers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import manifest
from tests.fakes.sarif_schema import sarif_faults
from tests.unit.operations.conftest import FakeNode

CHECK = ("drift", "check", "--wait-for", "file")


def test_metrics_are_written_whole_and_readable_by_all(one_node: Site, tmp_path: Path) -> None:
    file = tmp_path / "podwright.prom"
    assert one_node.run(*CHECK, "--prometheus-file", str(file)).code == 3
    text = file.read_text()
    assert 'podwright_drift_findings{kind="file-missing"} 1\n' in text
    assert (file.stat().st_mode & 0o777, list(tmp_path.glob(".podwright.prom*"))) == (0o644, [])


def test_metrics_that_cannot_be_written_are_told(one_node: Site, tmp_path: Path) -> None:
    answer = one_node.run(*CHECK, "--prometheus-file", str(tmp_path / "missing" / "x.prom"))
    assert answer.code == 2
    assert "the metrics cannot be written" in answer.err
    assert "no such file or directory" in answer.err


def test_nagios_reads_one_line_and_the_code_of_a_plugin(one_node: Site, node: FakeNode) -> None:
    answer = one_node.run(*CHECK, "--nagios")
    assert answer.code == 2
    assert answer.out.splitlines()[0].startswith(
        "PODWRIGHT CRITICAL: 1 finding on 1 node | 'findings'=1;0;;0 "
    )
    node.place(manifest())
    answer = one_node.run(*CHECK, "--nagios")
    assert (answer.code, answer.out.partition(":")[0]) == (0, "PODWRIGHT OK")


def test_nagios_is_told_that_nothing_could_be_checked(one_node: Site) -> None:
    one_node.inventory.write_text("all: [")
    answer = one_node.run(*CHECK, "--nagios")
    assert (answer.code, answer.out.partition(":")[0]) == (3, "PODWRIGHT UNKNOWN")


@pytest.mark.parametrize("output", ["junit", "sarif"])
def test_build_servers_get_their_formats(one_node: Site, output: str) -> None:
    answer = one_node.run(*CHECK, "-o", output)
    assert answer.code == 3
    if output == "junit":
        assert '<failure type="file-missing"' in answer.out
    else:
        log = json.loads(answer.out)
        assert sarif_faults(log) == []
        [result] = log["runs"][0]["results"]
        assert (result["ruleId"], result["level"]) == ("file-missing", "error")
