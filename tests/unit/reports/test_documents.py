"""Results as documents: versioned, complete, ASCII."""

import json

import pytest
import yaml
from tests.fakes import results
from tests.fakes.nouns import manifest, observation, plan_of
from tests.unit.reports.judged_files import BAD, GOOD

from podwright.operations.report import Applied, Report, Status
from podwright.operations.status import PodStatus
from podwright.operations.validate import Validation
from podwright.plan.health import Source
from podwright.problem import Place, Problem
from podwright.reports.documents import (
    as_text,
    report_document,
    status_document,
    validation_documents,
)
from podwright.validation.folder import judge_folder

PROBLEM = Problem("is wrong", "mend it", Place("a.yaml", 3, 4), node="n1")


def test_a_report_says_what_was_planned_applied_and_went_wrong():
    outcome = results.outcome(
        "n1",
        Status.FAILED,
        plan_of((manifest(),), ("old.yaml",), observation()),
        applied=(Applied("web.yaml", "written"),),
        problems=(PROBLEM,),
        warnings=("a pipe",),
        seconds=1.234,
    )
    document = report_document(Report("PushReport", (outcome,), ("a note",)))
    assert (document["apiVersion"], document["kind"]) == ("podwright.dev/v1", "PushReport")
    assert document["notes"] == ["a note"]
    [node] = document["nodes"]
    create, keep = node["changes"]
    assert create == {
        "file": "web.yaml",
        "action": "create",
        "pod": "default/web",
        "digest": manifest().digest,
        "generation": 1,
        "reason": "",
        "stage": 1,
    }
    assert (keep["action"], keep["digest"]) == ("keep", None)
    assert node["applied"] == [{"file": "web.yaml", "what": "written"}]
    assert node["problems"] == [
        {"message": "is wrong", "hint": "mend it", "file": "a.yaml", "line": 3, "column": 4}
    ]
    assert (node["status"], node["warnings"], node["seconds"]) == ("failed", ["a pipe"], 1.23)


def test_a_status_has_every_node():
    pod = PodStatus("n1", "web.yaml", "default/web-n1", "podwright", 2, "running 1/1", "Ready", "u1")
    document = status_document(
        results.status_report(results.shown("n1", "/m", "running", (pod,)), results.shown("n2"))
    )
    assert [node["node"] for node in document["nodes"]] == ["n1", "n2"]
    assert document["nodes"][0]["pods"] == [
        {
            "file": "web.yaml",
            "pod": "default/web-n1",
            "managed": True,
            "orphaned": False,
            "generation": 2,
            "sandbox": "running 1/1",
            "mirror": "Ready",
            "uid": "u1",
            "link": "",
            "restarts": None,
            "reason": "",
            "ageSeconds": None,
            "sinceSeconds": None,
            "images": [],
        }
    ]


def test_a_judged_file_is_as_documented():
    bad, good = validation_documents(Validation(judge_folder([GOOD, BAD])))
    assert good == {
        "file": "good, %1.yaml",
        "kubelet": "accepts",
        "mirror": "accepts",
        "depends": [],
        "pod": "default/web",
        "findings": [],
    }
    assert (bad["kubelet"], bad["mirror"]) == ("rejects", "rejects")
    (finding,) = bad["findings"]
    assert set(finding) == {"rule", "severity", "path", "line", "column", "message", "hint"}
    assert (finding["rule"], finding["line"], finding["column"]) == ("container-name", 7, 12)


def test_judged_files_of_a_site_name_their_nodes():
    documents = validation_documents(Validation(judge_folder([GOOD, BAD]), (("n1",), ("n1", "n2"))))
    assert [document["nodes"] for document in documents] == [["n1"], ["n1", "n2"]]


@pytest.mark.parametrize(
    ("output", "read"), [("json", json.loads), ("jsonl", json.loads), ("yaml", yaml.safe_load)]
)
def test_every_text_is_ascii_and_reads_the_same(output, read):
    document = {"node": "n\x1b[2J\x9b\u202e\ndoes", "none": None, Source.FILE: Status.CHANGED}
    text = as_text(document, output)
    assert text.isascii()
    assert "\x1b" not in text
    assert read(text) == document
    assert ("\n" in text) is (output != "jsonl")
