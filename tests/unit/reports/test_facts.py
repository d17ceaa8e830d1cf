"""Facts for a person and for programs: the shipped schema holds, and a part is found by its name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.fakes.recorded_machine import MACHINES, machine_host
from tests.unit.remote.node.test_facts import look

from podwright.errors import UsageError
from podwright.operations.node_facts import NodeFacts
from podwright.operations.report import NodeResult, Report, Status
from podwright.problem import Problem
from podwright.reports.facts import fact_rows, facts_document, part

ROOT = Path(__file__).resolve().parents[3]
VALIDATOR = Draft202012Validator(
    json.loads((ROOT / "src/podwright/reports/schemas/node-facts.json").read_text())
)


def report(*facts: object) -> Report[NodeFacts]:
    nodes = tuple(
        NodeResult(f"n{number}", Status.OBSERVED, NodeFacts(one)) for number, one in enumerate(facts, 1)
    )
    return Report("NodeFacts", nodes)


def test_the_shipped_schema_is_that_of_the_values() -> None:
    script = ROOT / "scripts/fact-schema"
    assert subprocess.run([sys.executable, script, "--check"], check=False).returncode == 0, (
        "run scripts/fact-schema"
    )


@pytest.mark.parametrize("name", MACHINES)
def test_a_document_fits_the_schema(name: str, tmp_path: Path) -> None:
    document = facts_document(report(look(machine_host(name, "dash", tmp_path))))
    read = json.loads(json.dumps(document))
    assert [error.message for error in VALIDATOR.iter_errors(read)] == []
    assert set(read["nodes"][0]["facts"]["limits"]["connections"]) == {"unknown"}
    del read["nodes"][0]["facts"]["swap"]
    assert not VALIDATOR.is_valid(read)


def test_a_node_that_could_not_be_reached_fits_it_too() -> None:
    gone = NodeResult(
        "n1", Status.UNREACHABLE, NodeFacts(), (Problem("cannot connect", "try again", node="n1"),)
    )
    document = facts_document(Report("NodeFacts", (gone,)))
    assert VALIDATOR.is_valid(json.loads(json.dumps(document)))
    assert fact_rows(Report("NodeFacts", (gone,))) == []


def test_a_part_is_found_by_its_name_though_keys_have_dots() -> None:
    document = {
        "kubelet": {"config": {"a.b": 1, "a.c": 2}},
        "sysctls": {"net.ipv4.ip_forward": {"value": "1"}},
    }
    assert part(document, "kubelet.config.a.b") == 1
    assert part(document, "kubelet.config.a") == {"a.b": 1, "a.c": 2}
    assert part(document, "sysctls.net.ipv4.ip_forward.value") == "1"
    with pytest.raises(UsageError, match="there is no fact `kubelte`"):
        part(document, "kubelte")
    with pytest.raises(UsageError, match=r"there is no fact `kubelet\.confg`") as caught:
        part(document, "kubelet.confg")
    assert caught.value.hint == "did you mean `kubelet.config`?"
    with pytest.raises(UsageError) as empty:
        part({"units": {}}, "units.app")
    assert empty.value.hint == "nothing is in `units`"
    with pytest.raises(UsageError, match="there is no fact below `x`"):
        part(document, "kubelet.config.a.b.x")


def test_rows_say_what_is_unknown_and_why_and_stand_once_for_equal_nodes(tmp_path: Path) -> None:
    debian = look(machine_host("debian-12", "dash", tmp_path / "a"))
    rows = fact_rows(
        report(debian, debian, look(machine_host("alpine-3.20", "dash", tmp_path / "b"))),
        ("os", "sysctls.net"),
    )
    assert rows[0] == ("NODE", "FACT", "VALUE")
    assert ("n1, n2", "os.version", "12") in rows
    assert ("n3", "os.version", "3.20.3") in rows
    assert ("n1, n2", "sysctls.net.ipv4.ip_forward", "1; at boot 0 by /etc/sysctl.d/99-sysctl.conf") in rows
    assert {row[1].partition(".")[0] for row in rows[1:]} == {"os", "sysctls"}
    assert ("all 2 nodes", "os.version", "12") in fact_rows(report(debian, debian), ("os",))
    shown = {row[1]: row[2] for row in fact_rows(report(debian))}
    assert shown["limits.connections"].startswith("? (")
    assert shown["kubelet.config.containerRuntimeEndpoint"].endswith("(--container-runtime-endpoint)")
    assert "10250, process kubelet, pid 812" in shown["ports[tcp]"]
