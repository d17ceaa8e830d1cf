"""Which kind of finding each difference is."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import (
    manifest,
    mirror,
    observation,
    observed_file,
    plan_of,
    pod_text,
    running,
    written,
)

from podwright.manifests.manifest import Manifest
from podwright.plan.drift import drift, is_critical
from podwright.plan.health import Evidence, judge
from podwright.plan.observed import FileKind, FolderRights, Observation, ObservedContainer
from podwright.plan.pending import Pending, SwitchState
from podwright.plan.reasons import Drift
from podwright.plan.selinux_labels import FileLabel
from podwright.reports.drift_remedies import remedy_of

WEB = manifest()
NEXT = manifest(image="example.com/web:2")
FOREIGN = observed_file("web.yaml", pod_text())
PORT = manifest(image="example.com/web:1\n    ports: [{containerPort: 8443}]")
TAKER = manifest("other", image="example.com/web:1\n    ports: [{containerPort: 8443}]")


@pytest.mark.parametrize(
    ("desired", "absent", "files", "kind", "detail"),
    [
        ([WEB], [], [], Drift.FILE_MISSING, "it should be there"),
        ([WEB], [], [written(manifest(image="x:2"))], Drift.FILE_CHANGED, "the content changes"),
        ([WEB], [], [written(WEB, mode="640")], Drift.FILE_RIGHTS, "mode 640 instead of 600"),
        ([], ["web.yaml"], [written(WEB)], Drift.FILE_UNWANTED, "it should be absent"),
        ([NEXT], [], [FOREIGN], Drift.FILE_FOREIGN, "was not written by podwright"),
        ([WEB], [], [FOREIGN], Drift.FILE_FOREIGN, "the same pod, not managed by podwright"),
        (
            [],
            ["web.yaml"],
            [observed_file("web.yaml", "a: [")],
            Drift.FILE_IGNORED,
            "cannot be read as a pod",
        ),
        ([WEB], [], [written(WEB, kind=FileKind.LINK)], Drift.FILE_FOREIGN, "is a symbolic link"),
        ([WEB], [], [written(manifest("web", template="copy"))], Drift.POD_DUPLICATE, "`copy.yaml`"),
        ([PORT], [], [written(TAKER)], Drift.PORT_TAKEN, "the pod of `other.yaml`"),
    ],
)
def test_each_difference_of_a_file_has_its_kind(desired, absent, files, kind, detail) -> None:
    look = observation(*files)
    [finding] = drift(plan_of(desired, absent, look), (), look, ())
    assert finding.drift is kind
    assert detail in finding.detail
    assert str(finding).startswith(f"n1: {kind.value}: web.yaml: ")


def test_a_pod_that_is_missing_and_a_mirror_that_is_are_told_apart() -> None:
    look = observation(written(WEB))
    plan = plan_of([WEB], [], look)
    [expectation] = plan.expectations
    health = judge(expectation, Evidence(written(WEB).sha256, (), None))
    assert [(finding.drift, finding.subject) for finding in drift(plan, [health], look, ())] == [
        (Drift.POD_NOT_RUNNING, "default/web-n1"),
        (Drift.MIRROR_MISSING, "default/web-n1"),
    ]


@pytest.mark.parametrize(
    ("desired", "state", "attempt", "kinds"),
    [
        ([NEXT], "EXITED", 7, [Drift.FILE_CHANGED, Drift.POD_CRASH_LOOPING]),
        ([], "EXITED", 7, [Drift.FILE_UNWANTED, Drift.POD_CRASH_LOOPING]),
        ([NEXT], "RUNNING", 0, [Drift.FILE_CHANGED]),
    ],
)
def test_a_crash_loop_is_found_whatever_the_inventory_wants_there(desired, state, attempt, kinds) -> None:
    container = ObservedContainer("main", f"CONTAINER_{state}", attempt, 999_000.0)
    look = observation(written(WEB), pods=(running(WEB, containers=(container,)),))
    found = drift(plan_of(desired, [] if desired else ["web.yaml"], look), (), look, ())
    assert [one.drift for one in found] == kinds
    if attempt:
        assert str(found[1]).endswith("default/web-n1: container `main` crash-loops: 7 restarts")


@pytest.mark.parametrize(
    ("spec", "containers"),
    [
        (
            "",
            (
                ObservedContainer("main", "CONTAINER_RUNNING"),
                ObservedContainer("setup", "CONTAINER_EXITED", 1),
            ),
        ),
        ("  restartPolicy: OnFailure\n", (ObservedContainer("main", "CONTAINER_EXITED", 1),)),
    ],
)
def test_what_ended_after_it_was_started_again_is_not_a_crash_loop(spec, containers) -> None:
    there = Manifest.parse(WEB.workload, pod_text(extra=spec))
    look = observation(written(there), pods=(running(there, containers=containers),))
    assert [one.drift for one in drift(plan_of([NEXT], [], look), (), look, ())] == [Drift.FILE_CHANGED]


def test_a_crash_loop_of_a_pod_of_two_files_is_found_once() -> None:
    copy = manifest("web", template="copy")
    container = ObservedContainer("main", "CONTAINER_EXITED", 7, 999_000.0)
    look = observation(written(WEB), written(copy), pods=(running(WEB, containers=(container,)),))
    found = drift(plan_of([WEB, copy], [], look), (), look, ())
    assert [one.drift for one in found].count(Drift.POD_CRASH_LOOPING) == 1


def test_what_no_file_defines_is_found_once_whether_it_runs_or_is_shown() -> None:
    look = observation(pods=(running(WEB),))
    other = mirror(manifest("other"), finalizers=("example.com/hold",))
    found = drift(plan_of([], [], look), (), look, (mirror(WEB), other))
    assert [(finding.drift, finding.subject) for finding in found] == [
        (Drift.POD_ORPHANED, "default/web-n1"),
        (Drift.MIRROR_ORPHANED, "default/other-n1"),
    ]
    assert found[1].detail == "the finalizer `example.com/hold` holds the mirror pod"


@pytest.mark.parametrize(
    ("rights", "found"),
    [
        (FolderRights("755", "0", "0"), []),
        (FolderRights("775", "0", "0"), ["others can put manifests into it (owner 0, mode 775)"]),
        (FolderRights("775", "500", "500"), []),
        (FolderRights("777", "500", "500"), ["others can put manifests into it (owner 500, mode 777)"]),
        (FolderRights("700", "1000", "0"), ["others can put manifests into it (owner 1000, mode 700)"]),
    ],
)
def test_a_folder_that_others_may_write_to_is_a_finding(rights, found) -> None:
    look = observation(rights=rights)
    findings = drift(plan_of([], [], look), (), look, ())
    assert [finding.detail for finding in findings] == found
    assert all((finding.drift, finding.subject) == (Drift.FOLDER_OPEN, look.folder) for finding in findings)


def test_pods_are_no_orphans_of_a_folder_that_their_kubelet_does_not_read() -> None:
    look = observation(pods=(running(WEB),))
    assert [finding.drift for finding in drift(plan_of([], [], look), (), look, ())] == [Drift.POD_ORPHANED]
    elsewhere = replace(look, folder="/etc/kubernetes/elsewhere")
    assert drift(plan_of([], [], elsewhere), (), elsewhere, ()) == ()


@pytest.mark.parametrize(
    ("state", "kind", "detail"),
    [
        (SwitchState.ARMED, Drift.SWITCH_ARMED, "the run r1 that wrote it is not confirmed (ada@desk)"),
        (SwitchState.LEFT, Drift.SWITCH_ARMED, "the run r1 that wrote it is not confirmed (ada@desk)"),
        (
            SwitchState.FIRED,
            Drift.SWITCH_FIRED,
            "the node took it back: the run r1 was not confirmed in time",
        ),
        (SwitchState.SUPERSEDED, None, ""),
    ],
)
def test_what_nobody_confirmed_is_a_kind_of_its_own_as_long_as_it_lies_there(state, kind, detail) -> None:
    file, wanted = written(WEB), manifest(image="example.com/web:2")
    one = Pending("r1", "web.yaml", state, who="ada@desk", left=20, sha256s=(file.sha256,))
    look = observation(file, pending=(one,))

    def switches(look: Observation, wanted: Manifest) -> list[tuple[Drift, str]]:
        found = drift(plan_of([wanted], [], look), (), look, ())
        return [(entry.drift, entry.detail) for entry in found if entry.drift is not Drift.FILE_CHANGED]

    assert switches(look, wanted) == ([(kind, detail)] if kind else [])
    # what went back is what the inventory wants again: nothing is left to do
    assert bool(switches(look, WEB)) == (kind is Drift.SWITCH_ARMED)
    assert switches(replace(look, pending=(replace(one, sha256s=("0" * 64,)),)), wanted) == []


def test_a_label_that_the_policy_does_not_want_is_drift_of_the_files_that_the_inventory_names() -> None:
    bad, good = "unconfined_u:object_r:user_tmp_t:s0", "system_u:object_r:kubernetes_file_t:s0"
    labels = tuple(FileLabel(name, bad, good) for name in ("web.yaml", "etcd.yaml"))
    look = observation(written(WEB), labels=labels)
    [finding] = drift(plan_of([WEB], [], look), (), look, ())
    assert str(finding) == f"n1: file-label: web.yaml: SELinux label `{bad}` instead of `{good}`"
    assert remedy_of(finding)[1] == "podwright manifest push --diff --only=web --limit n1"
    # it stands beside what else is written
    found = drift(plan_of([manifest(image="x:2")], [], look), (), look, ())
    assert [one.drift for one in found] == [Drift.FILE_CHANGED, Drift.FILE_LABEL]
    # what is to go needs none
    assert [one.drift for one in drift(plan_of([], ["web.yaml"], look), (), look, ())] == [
        Drift.FILE_UNWANTED
    ]


@pytest.mark.parametrize(
    ("wanted", "file", "kinds"),
    [
        (WEB, replace(FOREIGN, noted=True), [Drift.FILE_LABEL]),
        (WEB, FOREIGN, [Drift.FILE_FOREIGN, Drift.FILE_LABEL]),
        (NEXT, FOREIGN, [Drift.FILE_FOREIGN, Drift.FILE_LABEL]),
    ],
)
def test_a_wrong_label_of_a_file_that_no_push_writes_is_drift_too(wanted, file, kinds) -> None:
    """The kubelet can read neither the adopted file nor another's."""
    labels = (FileLabel("web.yaml", "u:r:user_tmp_t:s0", "u:r:kubernetes_file_t:s0"),)
    look = observation(file, labels=labels)
    found = drift(plan_of([wanted], [], look), (), look, ())
    assert [one.drift for one in found] == kinds
    assert found[-1].detail == "SELinux label `u:r:user_tmp_t:s0` instead of `u:r:kubernetes_file_t:s0`"
    assert remedy_of(found[-1])[1] == f"restorecon -Fv {look.folder}/web.yaml"


def test_a_mirror_of_what_should_be_there_is_no_orphan_unless_something_holds_it() -> None:
    look = observation(pods=())
    for shown, kinds in (
        (mirror(WEB), [Drift.FILE_MISSING]),
        (mirror(WEB, finalizers=("x/y",)), [Drift.FILE_MISSING, Drift.MIRROR_ORPHANED]),
        (mirror(TAKER), [Drift.FILE_MISSING, Drift.MIRROR_ORPHANED]),
    ):
        assert [one.drift for one in drift(plan_of([WEB], [], look), (), look, (shown,))] == kinds


BROKEN = observed_file("web.yaml", written(WEB).content.decode() + "junk\n")


@pytest.mark.parametrize("runs", [True, False])
def test_a_wanted_file_that_the_kubelet_cannot_read_is_not_called_anothers(runs) -> None:
    """podwright may have written it: its mark is in what nobody can read."""
    look = observation(BROKEN, pods=(running(WEB),) if runs else ())
    found = drift(plan_of([WEB], [], look), (), look, ())
    kinds = [Drift.FILE_IGNORED, *(() if runs else [Drift.POD_NOT_RUNNING])]
    assert [one.drift for one in found if one.drift is not Drift.POD_ORPHANED] == kinds
    assert found[0].detail.startswith("`web.yaml` cannot be read as a pod (yaml: ")
    assert remedy_of(found[0])[1] == "podwright manifest push --diff --adopt --only=web --limit n1"
    if not runs:
        assert is_critical(found[1].drift)
        assert (found[1].subject, remedy_of(found[1])) == ("default/web-n1", remedy_of(found[0]))


def test_of_pods_that_nobody_could_ask_for_none_is_called_missing() -> None:
    look = observation(BROKEN, pods=None)
    [finding] = drift(plan_of([WEB], [], look), (), look, ())
    assert finding.drift is Drift.FILE_IGNORED


@pytest.mark.parametrize(("pods", "found"), [((running(TAKER),), ["port-taken"]), ((), [])])
def test_a_port_that_a_pod_which_runs_has_is_why_another_does_not(pods, found) -> None:
    look = observation(written(PORT), written(TAKER), pods=pods)
    plan = plan_of([PORT, TAKER], [], look)
    [mine] = [one for one in plan.expectations if one.file_name == "web.yaml"]
    health = judge(mine, Evidence(written(PORT).sha256, (), None))
    of_ports = [one for one in drift(plan, [health], look, ()) if one.drift is Drift.PORT_TAKEN]
    assert [one.drift.value for one in of_ports] == found
    assert all("the pod of `other.yaml`" in one.detail for one in of_ports)
