"""Checks for a person are grouped over the fleet; for programs each stands with all that it says."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from tests.fakes.copies import replace
from tests.fakes.machines import rights, subject
from tests.fakes.sarif_schema import sarif_faults
from tests.unit.reports.test_facts import ROOT

from podwright.inventory.waivers import Waiver
from podwright.operations.node_check import NodeChecked
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.facts import Cgroup, Swap
from podwright.plan.node_checks.check import Profile
from podwright.plan.node_checks.table import judge_nodes
from podwright.plan.unknown_fact import Unknown
from podwright.problem import Problem
from podwright.reports.junit import checks_junit
from podwright.reports.node_checks import check_lines, check_summary, checks_document
from podwright.reports.sarif import checks_sarif

SCHEMA = json.loads((ROOT / "src/podwright/reports/schemas/node-checks.json").read_text())


@pytest.fixture
def report() -> Report[NodeChecked]:
    """Of five nodes two swap, one of which may; one hides its control groups, and one is away."""
    swapping = Swap(("/dev/vda5",), ())
    accepted = {"waivers": (Waiver("", "old disks", "2027-01-31", check="swap-on"),)}
    hidden = subject(
        "n4", cgroup=subject().facts.cgroup.__class__(Unknown("not mounted"), Unknown("not mounted"))
    )
    subjects = [
        subject("n1", swap=swapping), subject("n2"), subject("n3", swap=swapping, settings=accepted), hidden,
    ]  # fmt: skip
    found = list(judge_nodes(subjects, [Profile.STATIC_PODS], "2026-11-30"))
    # what only the fleet shows is another test's
    found = [one for one in found if not one.check.id.startswith("duplicate")]
    nodes = [
        NodeResult(
            f"n{number}", Status.OBSERVED, NodeChecked(tuple(f for f in found if f.node == f"n{number}"))
        )
        for number in range(1, 5)
    ]
    away = NodeResult(
        "n5", Status.UNREACHABLE, NodeChecked(), (Problem("cannot connect", "try again", node="n5"),)
    )
    return Report("NodeChecks", (*nodes, away))


def test_each_node_is_told_its_own_setting_of_the_inventory() -> None:
    subjects = [
        subject(
            name, runtime=replace(subject().facts.runtime, crictl={}, endpoint=f"unix:///run/{name}.sock")
        )
        for name in ("n1", "n2")
    ]
    found = [
        one for one in judge_nodes(subjects, [Profile.STATIC_PODS], "2026-11-30") if "crictl" in one.check.id
    ]
    nodes = tuple(NodeResult(one.node, Status.OBSERVED, NodeChecked((one,))) for one in found)
    settings = [line for line in check_lines(Report("NodeChecks", nodes)) if "podwright_node:" in line]
    assert [line.split(": podwright_node")[0].strip() for line in settings] == ["n1", "n2"]
    assert "runtime-endpoint: unix:///run/n2.sock" in settings[1]


def test_a_person_sees_what_fails_first_grouped_with_its_remedy(report) -> None:
    assert list(check_lines(report)) == [
        "fail     1 of 4 nodes: swap is on [swap-on]",
        "         n1: /dev/vda5; expected none (/proc/swaps)",
        "         why: the kubelet does not start again while swap is on",
        "         mend: `swapoff -a`, or `podwright node provision` with this in the inventory:",
        "         podwright_node: {swap: off}",
        "unknown  1 of 4 nodes: cannot tell: control groups are of version 1 [cgroup-v1]",
        "         n4: not mounted",
        "unknown  1 of 4 nodes: cannot tell: controllers of control groups are missing [cgroup-controllers]",
        "         n4: not mounted",
        "waived   1 of 4 nodes: swap is on [swap-on]",
        "         n3: /dev/vda5; expected none; waived until 2027-01-31: old disks (/proc/swaps)",
        "unknown  1 of 5 nodes: not reached",
        "         n5: cannot connect",
    ]


def test_what_is_waived_and_unknown_is_not_told_as_a_fact() -> None:
    waiver = Waiver("", "old", "2027-01-31", check="cgroup-v1")
    hidden = subject(cgroup=Cgroup(Unknown("not mounted"), ()), settings={"waivers": (waiver,)})
    assert "waived   1 of 1 node: cannot tell: control groups are of version 1 [cgroup-v1]" in lines_of(
        hidden
    )


def lines_of(*subjects, today: str = "2026-11-30", **more) -> list[str]:
    found = list(judge_nodes(subjects, [more.get("profile", Profile.STATIC_PODS)], today))
    nodes = [
        NodeResult(
            one.node.name, Status.OBSERVED, NodeChecked(tuple(f for f in found if f.node == one.node.name))
        )
        for one in subjects
    ]
    return list(check_lines(Report("NodeChecks", tuple(nodes))))


def test_a_waiver_that_is_over_says_so() -> None:
    waivers = (Waiver("", "old disks", "2026-11-29", check="swap-on"),)
    lines = lines_of(subject("n1", swap=Swap(("/dev/vda5",), ()), settings={"waivers": waivers}))
    assert (
        "         n1: /dev/vda5; expected none; its waiver ended on 2026-11-29: old disks (/proc/swaps)"
        in lines
    )


def test_what_machines_share_is_one_line() -> None:
    lines = lines_of(*(subject(f"n{number}") for number in range(1, 5)))
    at = next(at for at, line in enumerate(lines) if line.endswith("[duplicate-host-name]"))
    assert lines[at + 1] == (
        "         n1, n2, n3 and 1 more node: n1, shared by n1, n2, n3 and 1 more node; expected one of its own"
    )


def test_a_command_that_is_known_needs_nothing_filled_in() -> None:
    files = tuple(rights(f"/etc/kubernetes/pki/{name}.key", "644") for name in ("ca", "sa"))
    lines = lines_of(subject("n1", files=files), profile=Profile.CIS)
    assert "         mend: `chmod 600 /etc/kubernetes/pki/ca.key /etc/kubernetes/pki/sa.key`" in lines


def test_warnings_come_before_what_is_unknown() -> None:
    hidden = subject("n1", name_servers=(), swap=Swap(Unknown("hidden"), ()))
    words = [line.split()[0] for line in lines_of(hidden) if not line.startswith(" ")]
    assert words == ["warn", "unknown"]


def test_the_summary_counts_everything(report) -> None:
    count = sum(len(node.value.findings) for node in report.nodes)
    said = f"5 nodes, 1 not reached: of {count} results 1 fail, 2 unknown, 1 waived, "
    assert check_summary(report).startswith(said)
    failed = NodeResult("n1", Status.FAILED, NodeChecked(), (Problem("it has no awk", node="n1"),))
    assert check_summary(Report("NodeChecks", (failed,))) == "1 node, 1 not checked: nothing checked"
    assert check_summary(Report("NodeChecks", ())) == "0 nodes: nothing checked"


def test_equal_findings_of_many_nodes_stand_once() -> None:
    subjects = [subject(f"n{number}", swap=Swap(("/swap.img",), ())) for number in range(40)]
    found = list(judge_nodes(subjects, [Profile.STATIC_PODS], "2026-11-30"))
    nodes = [
        NodeResult(
            s.node.name, Status.OBSERVED, NodeChecked(tuple(f for f in found if f.node == s.node.name))
        )
        for s in subjects
    ]
    lines = list(check_lines(Report("NodeChecks", tuple(nodes))))
    assert "fail     40 of 40 nodes: swap is on [swap-on]" in lines
    assert "         n0, n1, n2 and 37 more nodes: /swap.img; expected none (/proc/swaps)" in lines


def test_a_document_fits_the_shipped_schema(report) -> None:
    document = json.loads(json.dumps(checks_document(report)))
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)] == []
    [swap] = [one for one in document["nodes"][0]["checks"] if one["check"] == "swap-on"]
    assert (swap["result"], swap["seen"], swap["provision"]) == ("fail", "/dev/vda5", "swap: off")


def test_junit_fails_what_fails_and_skips_what_is_waived(report) -> None:
    root = ElementTree.fromstring(checks_junit(report))
    counts = {
        suite.get("name"): tuple(int(suite.get(key)) for key in ("failures", "errors")) for suite in root
    }
    assert counts == {"n1": (1, 0), "n2": (0, 0), "n3": (0, 0), "n4": (0, 2), "n5": (0, 1)}
    [waived] = root.findall("testsuite[@name='n3']/testcase[@name='swap-on']/skipped")
    assert waived.get("message") == "old disks"
    [failed] = root.findall("testsuite[@name='n1']/testcase[@name='swap-on']/failure")
    assert (failed.get("message"), failed.text) == ("swap is on: /dev/vda5", "`swapoff -a`")


def test_sarif_has_a_level_and_a_suppression(report) -> None:
    log = checks_sarif(report, "1.0", "inventory/hosts.yaml")
    assert sarif_faults(log) == []
    [run] = log["runs"]
    assert [(one["ruleId"], one["level"], "suppressions" in one) for one in run["results"]] == [
        ("swap-on", "error", False), ("swap-on", "error", True), ("cgroup-v1", "note", False),
        ("cgroup-controllers", "note", False),
    ]  # fmt: skip
    assert len({one["partialFingerprints"]["podwright/v1"] for one in run["results"]}) == 4
    said = [one["message"]["text"] for one in run["results"] if one["ruleId"] == "cgroup-v1"]
    assert said == ["n4: cannot tell: control groups are of version 1: not mounted"]
    [invocation] = run["invocations"]
    assert not invocation["executionSuccessful"]
    assert [one["message"]["text"] for one in invocation["toolExecutionNotifications"]] == [
        "n5: cannot connect"
    ]
    for one in run["results"]:
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
