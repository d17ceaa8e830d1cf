"""Findings for code hosts."""

from tests.unit.reports.judged_files import BAD, GOOD

from podwright.reports.sarif import sarif
from podwright.validation.folder import Entry, judge_folder


def test_sarif_names_rules_and_places():
    log = sarif(judge_folder([GOOD, BAD]), "1.2.3")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["tool"]["driver"]["version"] == "1.2.3"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["container-name"]
    (result,) = run["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("container-name", 0, "error")
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "bad.yaml"}, "region": {"startLine": 7, "startColumn": 12}}


def test_a_file_of_any_name_has_an_address():
    (result,) = sarif(judge_folder([Entry("a b\udcff.yaml", b"x")]), "1")["runs"][0]["results"][:1]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%FF.yaml"
