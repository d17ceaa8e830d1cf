"""Findings for build servers."""

from xml.etree import ElementTree

from tests.fakes import results
from tests.unit.reports.judged_files import ADVISED, BAD, GOOD

from podwright.operations.report import Report
from podwright.plan.drift import Finding
from podwright.plan.reasons import Difference, Drift, because
from podwright.problem import Problem
from podwright.reports.junit import drift_junit, junit
from podwright.validation.folder import Entry, judge_folder


def suite_of(*entries, strict=False):
    return ElementTree.fromstring(junit(judge_folder(entries), strict=strict)).find("testsuite")


def test_junit_is_xml_with_a_case_a_file():
    suite = suite_of(GOOD, BAD)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    bad, good = suite.findall("testcase")
    failure = bad.find("failure")
    assert failure.get("type") == "container-name"
    assert failure.text.startswith("bad.yaml:7:12: ")
    assert good.find("failure") is None
    assert good.get("name") == "good, %1.yaml"


def test_a_warning_is_a_failure_only_if_it_stops_a_push():
    assert suite_of(ADVISED).get("failures") == "0"
    assert suite_of(ADVISED, strict=True).get("failures") == "1"


def test_a_hostile_name_is_escaped():
    (case,) = suite_of(Entry('<"&\x00\x1b\udcff\uffff>', b"")).findall("testcase")
    assert case.get("name") == '<"&\\x00\\x1b\\udcff\\uffff>'


def test_a_drift_check_is_a_suite_a_node() -> None:
    missing = Finding("n2", Drift.FILE_MISSING, "web.yaml", because(Difference.CONTENT))
    report = Report(
        "DriftReport",
        (
            results.checked("n1"),
            results.checked("n2", (missing,)),
            results.checked("n\x1b3", problems=(Problem("unreachable", "hint", node="n3"),)),
        ),
    )
    clean, drifted, unchecked = ElementTree.fromstring(drift_junit(report))
    assert [one.get("name") for one in (clean, drifted, unchecked)] == ["n1", "n2", "n\\x1b3"]
    assert [(one.get("tests"), one.get("failures"), one.get("errors")) for one in (clean, drifted, unchecked)] == [
        ("1", "0", "0"), ("1", "1", "0"), ("1", "0", "1"),
    ]  # fmt: skip
    assert drifted[0][0].get("type") == "file-missing"
    assert unchecked[0][0].get("message") == "unreachable"
