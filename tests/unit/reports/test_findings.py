"""Verdicts in the forms that programs read."""

import json
from xml.etree import ElementTree

from podwright.reports.findings import github_annotations, junit, passes, record, rows, sarif
from podwright.validation.folder import Entry, judge_folder

POD = b"""\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostNetwork: true
  containers:
  - {name: C, image: i:1, resources: {requests: {cpu: 1}}}
"""
JUDGED = judge_folder([Entry("good, %1.yaml", POD.replace(b"name: C", b"name: c")), Entry("bad.yaml", POD)])


def test_a_record_is_as_documented():
    bad, good = (record(one) for one in JUDGED)
    assert json.loads(json.dumps(good)) == {
        "file": "good, %1.yaml",
        "kubelet": "accepts",
        "mirror": "accepts",
        "pod": "default/web",
        "findings": [],
    }
    assert (bad["kubelet"], bad["mirror"]) == ("rejects", "rejects")
    (finding,) = bad["findings"]
    assert set(finding) == {"rule", "severity", "path", "line", "column", "message", "hint"}
    assert (finding["rule"], finding["line"], finding["column"]) == ("container-name", 7, 12)


def test_rows_begin_with_the_place():
    assert [row[:3] for row in rows(JUDGED)] == [("bad.yaml:7:12", "error", "container-name")]


def test_errors_stop_a_push_and_strict_makes_warnings_stop_it_too():
    bad, good = JUDGED
    assert not passes([bad])
    assert passes([good])
    (advised,) = judge_folder([Entry("a", POD.replace(b"name: C", b"name: c").replace(b"i:1", b"i"))])
    assert passes([advised])
    assert not passes([advised], strict=True)


def test_sarif_names_rules_and_places():
    log = sarif(JUDGED, "1.2.3")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["container-name"]
    (result,) = run["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("container-name", 0, "error")
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "bad.yaml"}, "region": {"startLine": 7, "startColumn": 12}}


def test_junit_is_xml_with_a_case_a_file():
    suite = ElementTree.fromstring(junit(JUDGED)).find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    bad, good = suite.findall("testcase")
    assert bad.find("failure").get("type") == "container-name"
    assert good.find("failure") is None


def test_junit_survives_hostile_names():
    (judged,) = judge_folder([Entry('<"&\x00\x1b\udcff>', b"")])
    assert ElementTree.fromstring(junit([judged]).encode("utf-8", "replace")) is not None


def test_github_annotations_escape_what_they_must():
    (advised,) = judge_folder(
        [Entry("good, %1.yaml", POD.replace(b"name: C", b"name: c").replace(b"i:1", b"i"))]
    )
    (line,) = github_annotations([advised])
    assert line.startswith("::warning file=good%2C %251.yaml,line=7,col=22,title=image-tag::")
