"""Each kind of drift has words and a command that exists."""

from __future__ import annotations

import click
import pytest

from podwright.cli.main import cli
from podwright.plan.drift import Finding
from podwright.plan.reasons import Condition, Difference, Drift, because
from podwright.reports.drift_remedies import is_on_node, remedies, remedy, remedy_of


@pytest.mark.parametrize("kind", list(Drift))
@pytest.mark.parametrize("file_name", ["web.yaml", ""])
def test_a_remedy_is_a_command_of_ours_with_its_options(kind: Drift, file_name: str) -> None:
    words, remedied = remedy(Finding("n1", kind, "default/web-n1", because(kind)), file_name)
    assert words
    if is_on_node(remedied):
        return
    group, name, *rest = remedied
    command = cli.get_command(click.Context(cli), group)
    assert isinstance(command, click.Group)
    found = command.get_command(click.Context(command), name)
    if isinstance(found, click.Group):
        found = found.get_command(click.Context(found), rest.pop(0))
    assert found is not None
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word.partition("=")[0] for word in rest if word.startswith("-")} <= known
    assert group == "inventory" or "--limit" in known


def test_another_ones_file_of_the_wanted_pod_is_taken_over_as_it_lies() -> None:
    finding = Finding("n1", Drift.FILE_FOREIGN, "web.yaml", because(Difference.SAME_POD, pod="web"))
    assert remedy_of(finding)[1] == "podwright manifest adopt web --no-restart --limit n1"


def test_of_a_missing_mirror_it_is_not_told_that_the_pod_runs() -> None:
    """Nothing runs of a pod that is just started again, and the line above says so."""
    missing = because(Condition.NO_MIRROR, pod="default/web-n1")
    [(words, command)] = remedies(
        [Finding("n1", Drift.MIRROR_MISSING, "default/web-n1", missing, "web.yaml")]
    )
    assert command == "podwright drift check --limit n1"
    assert words == (
        "n1: mirror-missing: the API does not show it; while the pod runs, the kubelet creates it within 90 s if it reaches "
        "the API"
    )


def test_one_command_stands_for_many_nodes() -> None:
    findings = [
        Finding(node, Drift.POD_NOT_READY, f"default/web-{node}", because(Drift.POD_NOT_READY), "web.yaml")
        for node in ("n1", "n2")
    ]
    assert [command for _, command in remedies(findings)] == ["podwright manifest logs web --limit NODE"]


@pytest.mark.parametrize(
    ("kind", "subject", "command"),
    [
        (Drift.FILE_CHANGED, "web+2.yaml", "podwright manifest push --diff --only=web --limit n1"),
        (Drift.FILE_ORPHANED, "old.yaml", "podwright manifest remove old --limit n1"),
        # the inventory does not know the node
        (Drift.MIRROR_ELSEWHERE, "default/web-n1", "podwright inventory list"),
        (Drift.WAIVER_EXPIRED, "web.yaml", "podwright inventory explain n1 podwright_waivers"),
    ],
)
def test_a_command_can_be_pasted(kind: Drift, subject: str, command: str) -> None:
    assert remedy_of(Finding("n1", kind, subject, because(kind)))[1] == command
