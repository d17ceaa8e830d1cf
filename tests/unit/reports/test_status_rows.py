"""What runs as rows of a table."""

from __future__ import annotations

from tests.fakes import results
from tests.fakes.copies import replace

from podwright.operations.status import PodStatus
from podwright.problem import Problem
from podwright.reports.status_rows import status_rows, with_problems


def test_status_has_a_row_for_every_node_asked():
    pod = PodStatus(
        "n2",
        "web.yaml",
        "default/web-n2",
        "podwright",
        1,
        "running 1/1",
        "Ready",
        restarts=0,
        age=7_300,
        since=200_000,
        images=("busybox:1",),
    )
    nodes = (
        results.shown("n1", problems=(Problem("cannot connect", node="n1"),)),
        results.shown("n2", pods=(pod,)),
        results.shown("n3"),
    )
    assert status_rows(results.status_report(*nodes))[1:] == [
        (
            "n2",
            "web.yaml",
            "default/web-n2",
            "podwright",
            "1 (2d)",
            "busybox:1",
            "running 1/1",
            "0",
            "2h",
            "Ready",
        ),
        ("n3", "none", *"--------"),
        ("n1", "not observed", *"--------"),
    ]


def test_a_crash_loop_shows_how_often_when_last_and_why():
    pod = PodStatus("n1", "web.yaml", "default/web-n1", "podwright", 1, "crash-looping", "Running")
    pod = replace(pod, restarts=4, restarted=12.4, age=119.9, reason="CrashLoopBackOff")
    [_, row] = status_rows(results.status_report(results.shown("n1", pods=(pod,))))
    assert row[6:] == ("crash-looping", "4 (12s ago)", "119s", "Running: CrashLoopBackOff")


def test_only_problems_are_what_is_not_well_and_what_is_not_known():
    well = PodStatus(
        "n1", "web.yaml", "default/web-n1", "podwright", 1, "running 1/1", "Ready", runs=True, shown=True
    )
    named = {
        "dead": replace(well, file="dead.yaml", runs=False),
        "unseen": replace(well, file="unseen.yaml", runs=None),
        "no mirror": replace(well, file="no-mirror.yaml", shown=False),
        "no API": replace(well, file="no-api.yaml", shown=None),
        "orphan": replace(well, file="orphan.yaml", orphaned=True),
    }
    report = results.status_report(
        results.shown("n1", pods=(well, *named.values())),
        results.shown("n2", pods=(well,)),
        results.shown("n3", problems=(Problem("cannot connect", node="n3"),)),
    )
    kept = with_problems(report, without_api=False)
    assert [node.node for node in kept.nodes] == ["n1", "n3"]
    assert [pod.file for pod in kept.nodes[0].value.pods] == [pod.file for pod in named.values()]
    left = with_problems(report, without_api=True).nodes[0].value.pods
    assert named["no API"] not in left
