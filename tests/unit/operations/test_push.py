"""Many nodes, one plan, one question, and outcomes that tell what was done."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, pod_text
from tests.unit.operations.conftest import SETTINGS
from tests.unit.operations.test_fleet import Finished

from podwright.errors import HostUnreachableError, UsageError
from podwright.exit_codes import ExitCode
from podwright.inventory.node import NodeSettings, StaticPod
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.operations.push import DeclinedError, converge_fleet
from podwright.operations.remove import nothing_desired
from podwright.operations.report import Status, convergence_code
from podwright.operations.world import Settings
from podwright.plan.expectations import WaitFor
from podwright.remote.kube.cluster import NodeStatus
from podwright.reports.documents import report_document
from podwright.reports.run_rows import outcome_rows

WEB = manifest()
FILE_ONLY = Settings(wait_for=WaitFor.FILE)


def push(site, *desired, **options):
    return converge_fleet("PushReport", desired or (site.desired(WEB),), site.world, FILE_ONLY, **options)


def with_a_dead_node(site):
    """`n2` cannot be reached; what was connected to is counted."""
    good, connected = site.world.connect, []

    @contextmanager
    def connect(node):
        if node.name == "n2":
            raise HostUnreachableError("n2: cannot connect to 10.0.0.2:22: timed out")
        connected.append(node.name)
        with good(node) as host:
            yield host

    site.world = replace(site.world, connect=connect)
    return replace(site.desired(WEB), node=replace(site.node, name="n2")), connected


def test_a_dead_node_costs_its_own_outcome_only(site) -> None:
    dead, _ = with_a_dead_node(site)
    report = push(site, dead, site.desired(WEB))
    assert [outcome.status for outcome in report.nodes] == [Status.UNREACHABLE, Status.CHANGED]
    assert convergence_code(report) is ExitCode.FAILED
    assert site.file() == WEB.text(1)


def test_a_bug_on_one_node_is_told_with_its_trace_and_keeps_the_others(site) -> None:
    broken = replace(site.desired(), node=replace(site.node, name="n0"), manifests=(None,))
    report = push(site, broken, site.desired(WEB))
    assert [outcome.status for outcome in report.nodes] == [Status.FAILED, Status.CHANGED]
    assert "a bug in podwright: AttributeError" in report.nodes[0].problems[0].message
    assert "Traceback" in report.nodes[0].trace


def test_nothing_is_written_unless_the_plan_is_confirmed(site) -> None:
    asked = []

    def no(plans, _rollout):
        asked.extend(plans)
        return False

    with pytest.raises(DeclinedError):
        push(site, confirm=no)
    assert [plan.status for plan in asked] == [Status.PENDING]
    assert site.file() is None


def test_a_confirmed_plan_is_carried_out_over_the_same_connection(site) -> None:
    _, connected = with_a_dead_node(site)
    report = push(site, confirm=lambda plans, _rollout: True)
    assert report.nodes[0].status is Status.CHANGED
    assert connected == ["n1"]


def test_nobody_is_asked_when_there_is_nothing_to_do(site) -> None:
    site.place(WEB)
    report = push(site, confirm=lambda plans, _rollout: pytest.fail("asked"))
    assert report.nodes[0].status is Status.UNCHANGED


def test_what_changed_while_the_person_read_the_plan_is_left_alone(site) -> None:
    def yes(plans, _rollout):
        (site.folder / "web.yaml").write_text("theirs")
        return True

    report = push(site, confirm=yes)
    assert report.nodes[0].status is Status.FAILED
    assert site.file() == "theirs"


def test_a_dry_run_asks_nobody_and_its_pending_changes_can_be_an_exit_code(site) -> None:
    report = push(site, dry_run=True, confirm=lambda plans, _rollout: pytest.fail("asked"))
    assert (convergence_code(report), convergence_code(report, pending_is_drift=True)) == (
        ExitCode.DONE,
        ExitCode.DRIFT,
    )
    assert site.file() is None


@pytest.mark.parametrize("placed", [False, True])
@pytest.mark.parametrize(
    ("silent", "without_api", "wait_for", "told"),
    [
        ("the API refused the connection", False, WaitFor.READY, True),
        ("the API refused the connection", False, WaitFor.FILE, False),
        ("there is no kubeconfig", True, WaitFor.READY, False),
        ("", False, WaitFor.READY, False),
    ],
    ids=["down", "not asked", "nobody gave one", "there"],
)
def test_a_dry_run_says_where_the_api_was_to_be_asked_and_could_not(
    site, placed, silent, without_api, wait_for, told
) -> None:
    if placed:
        site.place(WEB)
        site.runs(WEB)
    site.mirrors.silent = silent
    world = replace(site.world, without_api=without_api)
    report = converge_fleet(
        "PushReport", (site.desired(WEB),), world, Settings(wait_for=wait_for), dry_run=True
    )
    assert report.nodes[0].status is (Status.UNCHANGED if placed else Status.PENDING)
    note = f"the API was not checked ({silent}); the result relies on the nodes alone"
    assert report.notes == ((note,) if told else ())


def test_nothing_is_written_before_every_node_was_observed(site) -> None:
    """With -y, too: a plan may be refused for what another node is."""
    good, seen = site.world.connect, []

    @contextmanager
    def connect(node):
        with good(node) as host:
            seen.append(site.file())
            yield host

    site.world = replace(site.world, connect=connect)
    other = replace(site.desired(), node=replace(site.node, name="n2", settings=named("n2")))
    push(site, site.desired(WEB), other)
    assert seen == [None, None]
    assert site.file() == WEB.text(1)


def named(node_name):
    return NodeSettings(node_name=node_name)


def test_two_inventory_names_of_one_node_are_refused_before_the_first_write(site) -> None:
    again = replace(site.desired(WEB), node=replace(site.node, name="n1-again"))
    report = push(site, site.desired(WEB), again)
    assert [outcome.status for outcome in report.nodes] == [Status.REFUSED] * 2
    assert [str(problem) for problem in report.problems] == [
        "n1: it is the same Kubernetes node `n1` as `n1-again`",
        "n1-again: it is the same Kubernetes node `n1` as `n1`",
    ]
    assert site.file() is None


def test_each_outcome_is_shown_as_it_comes(site) -> None:
    shown = []
    push(site, processors=[Finished(shown.append)])
    assert [outcome.node for outcome in shown] == ["n1"]


def test_the_report_says_what_was_applied(site) -> None:
    document = report_document(push(site))
    [node] = document["nodes"]
    assert node["applied"] == [{"file": "web.yaml", "what": "written"}]
    assert node["changes"][0]["digest"] == WEB.digest
    assert document["apiVersion"] == "podwright.dev/v1"


def test_remove_is_a_push_of_nothing_within_its_names(site) -> None:
    site.place(WEB)
    site.place(manifest("other"))
    report = push(site, *nothing_desired([site.node], ["web", "web.yaml"]))
    assert [change.name for change in report.nodes[0].value.plan.changes] == ["web.yaml"]
    assert (site.file(), site.file("other.yaml")) == (None, manifest("other").text(1))


def test_remove_means_every_instance_of_a_template_or_one(site) -> None:
    pods = (StaticPod("vip", instance="a"), StaticPod("vip", instance="b"))
    node = replace(site.node, static_pods=pods)
    assert nothing_desired([node], ["vip"])[0].absent == ("vip.yaml", "vip.a.yaml", "vip.b.yaml")
    assert nothing_desired([node], ["vip.a.yaml"])[0].absent == ("vip.a.yaml",)


@pytest.mark.parametrize("name", ["../web", ".hidden", "a b", "", "a/b", "x" * 300, "web\n"])
def test_a_name_no_template_can_have_is_a_usage_error(site, name) -> None:
    with pytest.raises(UsageError):
        nothing_desired([site.node], [name])


def probed():
    text = pod_text() + "    readinessProbe: {tcpSocket: {port: 80}}\n"
    return Manifest.parse(Workload("web"), text)


@pytest.mark.parametrize(
    ("desired", "silent", "settings", "expected"),
    [
        (probed(), "there is no kubeconfig", SETTINGS, ExitCode.UNCHECKED),
        (probed(), "", SETTINGS, ExitCode.DONE),
        (probed(), "--no-api", replace(SETTINGS, without_api=True), ExitCode.DONE),
        (probed(), "the API is down", replace(SETTINGS, wait_for=WaitFor.RUNNING), ExitCode.DONE),
        # without probes a pod that runs is ready
        (WEB, "there is no kubeconfig", SETTINGS, ExitCode.DONE),
    ],
    ids=["no API", "an API", "--no-api", "running is enough", "no probes"],
)
def test_ready_needs_a_source_for_what_the_probes_found(site, desired, silent, settings, expected) -> None:
    site.place(desired)
    site.runs(desired)
    site.mirrors.silent = silent
    report = converge_fleet("PushReport", (site.desired(desired),), site.world, settings)
    assert convergence_code(report) is expected
    [outcome] = report.nodes
    assert outcome.status is Status.UNCHANGED
    unchecked = expected is ExitCode.UNCHECKED
    assert any("its readiness was not checked" in warning for warning in outcome.warnings) is unchecked
    assert ("1 running, readiness not checked" in outcome_rows(report.nodes)[1][3]) is unchecked
    assert report_document(report)["nodes"][0]["pods"][0]["proven"] is not unchecked


def test_a_node_name_that_contradicts_the_kubelet_is_told_before_anything_is_written(site) -> None:
    named = replace(site.node, settings=NodeSettings(node_name="n9"))
    desired = replace(site.desired(WEB), node=named)
    site.mirrors.node = lambda name: NodeStatus(name) if name == "n1" else None
    report = converge_fleet("PushReport", (desired,), site.world, SETTINGS)
    assert [outcome.status for outcome in report.nodes] == [Status.REFUSED]
    assert [problem.message for problem in report.problems] == [
        "its kubelet's name for the node is `n1`, not `n9` as in `podwright_node_name`"
    ]
    assert site.file() is None
    site.mirrors.silent = "the API is down"
    [outcome] = converge_fleet("PushReport", (desired,), site.world, SETTINGS, dry_run=True).nodes
    assert outcome.status is Status.PENDING
    assert any("name for the node is `n1`" in warning for warning in outcome.warnings)


def test_a_name_that_the_api_shows_is_right_whatever_the_host_is_called(site) -> None:
    named = replace(site.node, settings=NodeSettings(node_name="n9"))
    site.mirrors.node = NodeStatus
    desired = replace(site.desired(WEB), node=named)
    [outcome] = converge_fleet("PushReport", (desired,), site.world, SETTINGS, dry_run=True).nodes
    assert (outcome.status, outcome.problems) == (Status.PENDING, ())
