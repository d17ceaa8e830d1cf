"""A fleet at a glance: a row a node."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.copies import replace
from tests.fakes.recorded_machine import machine_host
from tests.unit.remote.node.test_facts import look

from podwright.operations.node_facts import NodeFacts
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.unknown_fact import Unknown
from podwright.reports.fact_summary import summary_rows


def test_a_row_a_node_and_what_is_unknown_is_a_question_mark(tmp_path: Path) -> None:
    debian = look(machine_host("debian-12", "dash", tmp_path))
    bare = replace(
        debian,
        os=Unknown("x"),
        memory_bytes=Unknown("x"),
        runtime=replace(debian.runtime, name=Unknown("x")),
        kubelet=replace(debian.kubelet, running=False),
        distribution=Unknown("x"),
    )
    gone = NodeResult("n3", Status.UNREACHABLE, NodeFacts())
    seen = (NodeResult(f"n{at}", Status.OBSERVED, NodeFacts(one)) for at, one in enumerate((debian, bare), 1))
    heading, first, second = summary_rows(Report("NodeFacts", (*seen, gone)))
    assert heading == ("NODE", "OS", "KERNEL", "ARCH", "CPUS", "MEMORY", "RUNTIME", "KUBELET", "DISTRIBUTION")
    kernel = ("6.1.0-28-amd64", "x86_64", "4")
    runtime = ("containerd 1.6.20~ds1", "1.33.4", "kubeadm")
    assert first == ("n1", "Debian GNU/Linux 12 (bookworm)", *kernel, "7.8 GiB", *runtime)
    assert second == ("n2", "?", *kernel, "?", "?", "none", "?")
    assert summary_rows(Report("NodeFacts", (gone,))) == []
