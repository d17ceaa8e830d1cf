"""Findings for build servers."""

from xml.etree import ElementTree

from tests.unit.reports.judged_files import ADVISED, BAD, GOOD

from podwright.reports.junit import junit
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
