"""`-o name`: one line a name, whatever a node calls its files."""

import pytest
from tests.fakes import results
from tests.fakes.nouns import manifest, observation, plan_of, written

from podwright.operations.report import Applied, Status
from podwright.operations.status import PodStatus
from podwright.plan.drift import Finding
from podwright.plan.reasons import Drift, because
from podwright.reports.names import changed_names, drift_names, status_names

PLANTED = "web\x1b]0;owned\x07\nn9/other\t\x9b2J\u202e.yaml"
SHOWN = r"web\x1b]0;owned\x07\nn9/other\t\x9b2J\u202e.yaml"


def test_what_was_written_is_named_once():
    applied = (Applied("web.yaml", "written"), Applied("web.yaml", "second"), Applied("api.yaml", "deleted"))
    outcome = results.outcome("n1", Status.CHANGED, applied=applied)
    assert list(changed_names([outcome])) == ["n1/web.yaml", "n1/api.yaml"]


def test_a_dry_run_names_what_would_be_written():
    plan = plan_of([manifest(), manifest("api")], (), observation(written(manifest())))
    assert list(changed_names([results.outcome("n1", Status.PENDING, plan)])) == ["n1/api.yaml"]


@pytest.mark.parametrize(
    "names",
    [
        lambda: changed_names(
            [results.outcome("n1", Status.CHANGED, applied=(Applied(PLANTED, "written"),))]
        ),
        lambda: status_names(
            results.status_report(
                results.shown("n1", pods=(PodStatus("n1", PLANTED, "", "other", None, "", ""),))
            )
        ),
        lambda: drift_names(
            results.drift_report(
                results.checked(
                    "n1", (Finding("n1", Drift.FILE_UNWANTED, PLANTED, because(Drift.FILE_UNWANTED)),) * 2
                )
            )
        ),
    ],
)
def test_a_planted_name_is_one_printable_line(names):
    assert list(names()) == [f"n1/{SHOWN}"]


def test_the_nodes_name_is_escaped_too():
    applied = (Applied("web.yaml", "written"),)
    assert list(changed_names([results.outcome("n\x1b1", Status.CHANGED, applied=applied)])) == [
        r"n\x1b1/web.yaml"
    ]
