"""Findings for code hosts."""

import pytest
from tests.fakes import results
from tests.fakes.sarif_schema import sarif_faults
from tests.unit.reports.judged_files import BAD, GOOD

from podwright.operations.report import Report
from podwright.plan.drift import Finding
from podwright.plan.reasons import Difference, Drift, because
from podwright.problem import Problem
from podwright.reports.sarif import drift_sarif, sarif
from podwright.validation.folder import Entry, judge_folder


def test_sarif_names_rules_and_places():
    log = sarif(judge_folder([GOOD, BAD]), "1.2.3")
    assert sarif_faults(log) == []
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["tool"]["driver"]["version"] == "1.2.3"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["container-name"]
    (result,) = run["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("container-name", 0, "error")
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "bad.yaml"}, "region": {"startLine": 7, "startColumn": 12}}


def test_a_file_of_any_name_has_an_address():
    log = sarif(judge_folder([Entry("a b\udcff.yaml", b"x")]), "1")
    assert sarif_faults(log) == []
    (result,) = log["runs"][0]["results"][:1]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%FF.yaml"


def test_a_drift_check_has_a_stable_fingerprint_a_finding() -> None:
    nodes = [
        results.checked(name, (Finding(name, kind, "web.yaml", because(Difference.CONTENT)),))
        for name, kind in (("n1", Drift.FILE_MISSING), ("n2", Drift.FILE_MISSING), ("n2", Drift.FILE_CHANGED))
    ]
    log = drift_sarif(Report("DriftReport", tuple(nodes)), "1.0", "inventory/hosts.yaml")
    assert sarif_faults(log) == []
    [run] = log["runs"]
    prints = [result["partialFingerprints"]["podwright/v1"] for result in run["results"]]
    assert len(set(prints)) == 3
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["file-changed", "file-missing"]
    again = drift_sarif(Report("DriftReport", tuple(nodes[:1])), "2.0", "inventory")
    assert again["runs"][0]["results"][0]["partialFingerprints"]["podwright/v1"] == prints[0]


def test_a_node_that_could_not_be_checked_is_no_clean_run() -> None:
    away = results.checked("n1", problems=(Problem("cannot connect", node="n1"),))
    log = drift_sarif(Report("DriftReport", (away,)), "1.0", "inventory")
    assert sarif_faults(log) == []
    [invocation] = log["runs"][0]["invocations"]
    [told] = invocation["toolExecutionNotifications"]
    assert (invocation["executionSuccessful"], told["message"]["text"]) == (False, "n1: cannot connect")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"level": "severe"}, "$.runs[0].results[0].level: 'severe' is not one of"),
        ({"message": "text"}, "$.runs[0].results[0].message: 'text' is not of type 'object'"),
        ({"severity": "error"}, "$.runs[0].results[0]: Additional properties are not allowed ('severity'"),
        ({"ruleIndex": -2}, "$.runs[0].results[0].ruleIndex: -2 is less than the minimum of -1"),
    ],
)
def test_a_log_that_breaks_the_standard_would_be_noticed(change: dict[str, object], fault: str) -> None:
    log = sarif(judge_folder([BAD]), "1")
    log["runs"][0]["results"][0].update(change)
    [found] = sarif_faults(log)
    assert found.startswith(fault)
