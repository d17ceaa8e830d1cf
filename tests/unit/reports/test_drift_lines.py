"""What many nodes have alike is one line."""

from __future__ import annotations

from tests.fakes import results

from podwright.plan.drift import Finding
from podwright.plan.reasons import Difference, Drift, because
from podwright.reports.drift_lines import drift_lines


def finding(node: str, subject: str = "web.yaml", kind: Difference = Difference.EDITED) -> Finding:
    return Finding(node, Drift.FILE_CHANGED, subject, because(kind))


def lines(*findings: Finding) -> list[str]:
    return list(drift_lines(results.drift_report(*(results.checked(one.node, (one,)) for one in findings))))


def test_equal_findings_of_many_nodes_are_one_line():
    assert lines(*(finding(f"n{number}") for number in range(100))) == [
        "n0, n1, n2 and 97 more nodes: file-changed: web.yaml: the file was changed by hand"
    ]


def test_names_of_pods_that_differ_by_their_node_alone_are_one_line():
    assert lines(finding("n1", "default/web-n1"), finding("n2", "default/web-n2")) == [
        "n1, n2: file-changed: default/web-NODE: the file was changed by hand"
    ]


def test_what_differs_otherwise_stays_apart():
    assert lines(finding("n1"), finding("n2", "db.yaml"), finding("n3", kind=Difference.CONTENT)) == [
        "n1: file-changed: web.yaml: the file was changed by hand",
        "n2: file-changed: db.yaml: the file was changed by hand",
        "n3: file-changed: web.yaml: the content changes",
    ]
