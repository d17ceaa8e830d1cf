"""How the plan is shown, and what is asked before and while it is applied."""

from __future__ import annotations

import io
import json

import pytest
from tests.fakes.nouns import manifest
from tests.unit.cli.test_converge_output import WEB, run

# the node with a real shell that operations are tested on
from tests.unit.operations.conftest import site  # noqa: F401

from podwright.cli import converge_plan
from podwright.cli.run_options import RolloutOptions
from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.node import Connection, Node, NodeSettings
from podwright.inventory.rollout_settings import OnFailure, Strategy
from podwright.operations.desired import Desired
from podwright.operations.push import DeclinedError


@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_a_diff_beside_a_document_goes_to_standard_error(site, capsys, output) -> None:  # noqa: F811
    code, out, err = run(site, capsys, dry_run=True, diff=True, output=output)
    document = json.loads(out)
    assert (code, document["apiVersion"], document["kind"]) == (0, "podwright.dev/v1", "PushReport")
    assert document["nodes"][0]["status"] == "pending"
    assert "+++ b/web.yaml" in err


def test_a_diff_above_the_table_is_part_of_the_answer(site, capsys) -> None:  # noqa: F811
    _, out, err = run(site, capsys, dry_run=True, diff=True)
    assert "+++ b/web.yaml" in out
    assert "NODE   STATUS" in out
    assert err == "1 pending\n"


def test_a_dry_run_shows_what_the_question_would(site, capsys) -> None:  # noqa: F811
    site.place(WEB)
    (site.folder / "web.yaml").chmod(0o644)
    _, out, _ = run(site, capsys, dry_run=True, wait_for="file")
    assert out.index("n1     update   web.yaml   mode 644 instead of 600; no restart") < out.index(
        "NODE   STATUS"
    )
    site.folder.joinpath("web.yaml").chmod(0o600)
    _, out, _ = run(site, capsys, dry_run=True, wait_for="file")
    assert out.startswith("NODE   STATUS")


def test_the_plan_lists_what_changes_and_counts_what_stays(site, capsys, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr("podwright.cli.converge_plan.can_ask", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    site.place(WEB)
    site.runs(WEB)
    with pytest.raises(DeclinedError):
        run(site, capsys, site.desired(WEB, manifest("api")))
    err = capsys.readouterr().err
    assert "n1     create   api.yaml" in err
    assert "web.yaml" not in err
    assert "1 to create, 0 to update, 0 to delete, 1 to keep" in err


def test_the_question_before_a_change_names_the_inventory(site, capsys, monkeypatch) -> None:  # noqa: F811
    asked = []
    monkeypatch.setattr(converge_plan, "can_ask", lambda: True)
    monkeypatch.setattr(converge_plan, "confirm", asked.append)
    with pytest.raises(DeclinedError):
        run(site, capsys)
    assert asked == ["inventory `hosts.yaml`: go ahead?"]


def test_the_way_that_the_inventory_says_is_shown_before_the_question(site, capsys, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr("podwright.cli.converge_plan.can_ask", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    said = Strategy(soak=60.0, on_failure=OnFailure.REVERT_RUN, max_fail=Amount(2))
    nodes = [Node(f"n{at}", Connection("127.0.0.1"), settings=NodeSettings(rollout=said)) for at in (1, 2)]
    monkeypatch.setattr("podwright.operations.push.same_nodes", lambda *_, **__: {})
    with pytest.raises(DeclinedError):
        run(site, capsys, *(Desired(node, (WEB,)) for node in nodes), rollout=RolloutOptions(soak=5.0))
    err = capsys.readouterr().err
    assert "each batch is watched for 5 s; up to 1 node may fail; on failure: revert-run" in err
