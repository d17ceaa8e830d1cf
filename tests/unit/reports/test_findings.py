"""What stops a push."""

from tests.unit.reports.judged_files import ADVISED, BAD, GOOD

from podwright.operations.validate import Validation
from podwright.reports.findings import (
    by_rule,
    finding_rows,
    passes,
    place,
    sentence,
    shown_findings,
    stopping,
    validation_summary,
)
from podwright.validation.findings import Finding
from podwright.validation.folder import Entry, judge_folder

NOTED = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostNetwork: true, containers:"
    " [{name: c, image: 'i:1', securityContext: {privileged: true}}]}\n"
)


def test_errors_stop_a_push_and_strict_makes_warnings_stop_it_too():
    bad, good = judge_folder([GOOD, BAD])
    assert not passes([bad, good])
    assert passes([good])
    (advised,) = judge_folder([ADVISED])
    assert passes([advised])
    assert not passes([advised], strict=True)
    assert [finding.rule for finding in stopping(advised, strict=True)] == ["image-tag"]


def test_a_place_is_as_exact_as_is_known():
    finding = Finding("volume", "error", "spec", 7, 12, "is wrong", "mend it")
    assert place("a.yaml", finding) == "a.yaml:7:12"
    assert place("a.yaml", Finding("volume", "error", "", None, None, "is wrong")) == "a.yaml"
    assert sentence(finding) == "is wrong (mend it)"


def test_findings_have_their_nodes_if_a_site_was_judged():
    judged = judge_folder([ADVISED, BAD])
    assert [row[:3] for row in finding_rows(Validation(judged))] == [
        ("PLACE", "SEVERITY", "RULE"),
        ("bad.yaml:7:12", "error", "container-name"),
        ("good, %1.yaml:7:22", "warning", "image-tag"),
    ]
    of_site = Validation(judged, (("n1", "n2"), ("n1",)))
    assert [row[3] for row in finding_rows(of_site)] == ["NODES", "n1, n2", "n1"]
    assert validation_summary(of_site) == "3 manifests on 2 nodes: 1 error, 1 warning"
    shared = finding_rows(Validation(judged, (("n1", "n1"), ("n1",))))
    assert shared[1][3] == "n1"
    assert finding_rows(Validation(())) == []


def test_warnings_of_one_rule_are_one_line_and_errors_are_all_told():
    def finding(severity, rule, message):
        return Finding(rule, severity, "", None, None, message)

    findings = [
        finding("error", "image", "a"),
        finding("warning", "image-tag", "b"),
        finding("error", "image", "c"),
        finding("warning", "image-tag", "d"),
        finding("warning", "image-tag", "e"),
    ]
    assert [sentence for _, sentence in by_rule(findings)] == ["a", "b (and 2 more)", "c"]


def test_notes_are_shown_to_who_asks():
    (verdict,) = judge_folder([Entry("a.yaml", NOTED.encode())])
    assert [finding.rule for finding in verdict.findings] == ["privileged", "no-requests"]
    assert shown_findings(verdict, pedantic=False) == []
    assert shown_findings(verdict, pedantic=True) == list(verdict.findings)
    assert passes([verdict], strict=True)
