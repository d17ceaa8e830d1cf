"""One node from look to proof: real programs and files, a runtime and an API that say what the test says."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelets import show_processes
from tests.fakes.nouns import manifest, mirror, pod_text
from tests.fakes.shell_host import stand_in
from tests.unit.operations.conftest import SETTINGS, sandbox
from tests.unit.remote.node.test_apply import until

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.operations.converge import apply_plan
from podwright.operations.prepare import prepare
from podwright.operations.report import Applied, Status
from podwright.operations.world import Settings
from podwright.plan.expectations import WaitFor
from podwright.plan.health import Agreement

WEB = manifest()
NEXT = manifest(image="example.com/web:2")
FILE_ONLY = Settings(wait_for=WaitFor.FILE)


def converge(site, desired, settings=SETTINGS):
    return apply_plan(prepare(desired, site.host, site.world, settings), site.host, site.world, settings)


def runs_already(site, desired=WEB) -> Path:
    """It runs; returns the folder that the kubelet keeps for it, and removes when its worker is done."""
    site.place(desired)
    site.runs(desired)
    worker = site.root / "kubelet" / "pods" / "u1"
    worker.mkdir()
    return worker


def says(outcome) -> dict[str, Agreement]:
    return {state.source: state.agrees for state in outcome.value.healths[0].sources}


def test_a_first_push_is_proven_by_file_sandbox_and_mirror(site) -> None:
    with site.when_written(WEB.text(1), lambda: site.runs(WEB)):
        outcome = converge(site, site.desired(WEB))
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())
    assert outcome.value.applied == (Applied("web.yaml", "written"),)
    assert says(outcome) == {"file": Agreement.YES, "sandbox": Agreement.YES, "mirror": Agreement.YES}


def test_the_node_keeps_as_many_revisions_as_the_inventory_says(site) -> None:
    few = replace(site.node, settings=replace(site.node.settings, history_revisions=1))
    for number in range(1, 4):
        desired = replace(site.desired(manifest(image=f"example.com/web:{number}")), node=few)
        assert converge(site, desired, FILE_ONLY).status is Status.CHANGED
    kept = (site.root / ".podwright" / site.folder.name / "history" / "web.yaml").glob("[0-9]*")
    assert sorted(path.name[:12] for path in kept) == ["000000000003"]


def changed_at(path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def test_the_same_content_again_writes_nothing_and_is_proven(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    before = changed_at(site.folder / "web.yaml"), changed_at(site.folder)
    outcome = converge(site, site.desired(WEB))
    assert (outcome.status, outcome.value.applied) == (Status.UNCHANGED, ())
    assert outcome.value.healths[0].proven
    assert (changed_at(site.folder / "web.yaml"), changed_at(site.folder)) == before
    assert not (site.root / ".podwright").exists()


def test_the_stale_mirror_of_an_update_never_passes_for_success(site) -> None:
    """The old pod is gone, nothing runs, and the API still says that the old one is Ready."""
    site.place(WEB)
    site.runs(WEB)
    with site.when_written(NEXT.text(2), site.show):
        outcome = converge(site, site.desired(NEXT), replace(SETTINGS, timeout=2))
    assert outcome.status is Status.FAILED
    assert outcome.value.applied == (Applied("web.yaml", "written"),)
    assert says(outcome) == {"file": Agreement.YES, "sandbox": Agreement.NOT_YET, "mirror": Agreement.NOT_YET}


def test_an_update_makes_its_second_write_and_tells_how_long_nothing_ran(site) -> None:
    worker = runs_already(site)

    def end_the_old() -> None:
        site.show()
        worker.rmdir()

    with (
        site.when_written(NEXT.text(2), end_the_old),
        site.when_written(NEXT.text(3), lambda: site.runs(NEXT, uid="u3", generation=3)),
    ):
        outcome = converge(site, site.desired(NEXT))
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())
    assert [entry.what for entry in outcome.value.applied] == ["written", "second"]
    assert outcome.value.healths[0].uid == "u3"
    assert [gap.pod for gap in outcome.value.gaps] == ["default/web-n1"]
    assert site.file() == NEXT.text(3)


def test_a_pod_that_is_about_to_be_replaced_by_the_second_write_proves_nothing(site) -> None:
    """The kubelet started it by itself, while a volume kept the old pod's folder there for longer than usual."""
    worker = runs_already(site)

    def start_by_itself() -> None:
        site.runs(NEXT, uid="u2", generation=2)
        asked, deadline = len(site.mirrors.asked), time.monotonic() + 10
        while len(site.mirrors.asked) < asked + 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        worker.rmdir()

    with (
        site.when_written(NEXT.text(2), start_by_itself),
        site.when_written(NEXT.text(3), lambda: site.runs(NEXT, uid="u3", generation=3)),
    ):
        outcome = converge(site, site.desired(NEXT), replace(SETTINGS, hold=0))
    assert [entry.what for entry in outcome.value.applied] == ["written", "second"]
    assert (outcome.status, outcome.value.healths[0].uid) == (Status.CHANGED, "u3")


def test_a_push_beside_another_of_the_same_content_is_proven_by_what_that_one_writes(site) -> None:
    """Two operators: the first has written once and will write again, the second finds nothing to do."""
    site.place(NEXT, generation=2)
    prepared = prepare(site.desired(NEXT), site.host, site.world, SETTINGS)
    site.place(NEXT, generation=3)
    site.runs(NEXT, uid="u3", generation=3)
    outcome = apply_plan(prepared, site.host, site.world, SETTINGS)
    assert (outcome.status, outcome.value.applied, outcome.problems) == (Status.UNCHANGED, (), ())
    assert outcome.value.healths[0].uid == "u3"


def test_a_file_changed_while_it_is_watched_is_told_as_that(site) -> None:
    site.place(WEB)
    prepared = prepare(site.desired(WEB), site.host, site.world, SETTINGS)
    (site.folder / "web.yaml").write_text(pod_text())
    # for as long as that nobody waits
    outcome = apply_plan(prepared, site.host, site.world, replace(SETTINGS, timeout=600))
    assert outcome.status is Status.FAILED
    assert "`web.yaml` has different content" in outcome.problems[0].message
    assert "see what is there now" in outcome.problems[0].hint


def test_a_container_that_restarts_while_it_should_hold_starts_the_time_anew(site) -> None:
    site.place(WEB)
    attempts = iter(range(1000))
    done = threading.Event()

    def crash_loop() -> None:
        while not done.is_set():
            site.show(sandbox(WEB, attempt=next(attempts), age=0))
            time.sleep(0.15)

    site.mirrors.pods[WEB.pod.on("n1")] = mirror(WEB)
    crashing = threading.Thread(target=crash_loop)
    crashing.start()
    try:
        prepared = prepare(
            site.desired(WEB), site.host, site.world, replace(SETTINGS, timeout=5, hold=60, patience=60)
        )
        outcome = apply_plan(
            prepared, site.host, site.world, replace(SETTINGS, timeout=5, hold=60, patience=60)
        )
    finally:
        done.set()
        crashing.join()
    assert outcome.status is Status.FAILED
    assert re.fullmatch(
        "`default/web-n1` did not stay well for as long as it has to hold: .*container `main` was started [0-9]+ times",
        outcome.problems[0].message,
    )


def test_without_an_api_the_node_carries_the_verdict(site) -> None:
    site.mirrors.silent = "there is no kubeconfig"
    with site.when_written(WEB.text(1), lambda: site.runs(WEB)):
        outcome = converge(site, site.desired(WEB))
    assert outcome.status is Status.CHANGED
    assert says(outcome)["mirror"] is Agreement.UNKNOWN


def test_without_any_source_of_evidence_nothing_is_written(site) -> None:
    site.mirrors.silent = "there is no kubeconfig"
    (site.host.bin / "crictl").unlink()
    outcome = converge(site, site.desired(WEB))
    assert outcome.status is Status.REFUSED
    assert "cannot verify what runs" in outcome.problems[0].message
    assert site.file() is None


def test_a_kubelet_that_is_down_is_found_before_the_write(site) -> None:
    show_processes(site.host.proc, [])
    outcome = converge(site, site.desired(WEB))
    assert outcome.status is Status.REFUSED
    assert site.file() is None


def test_with_wait_for_file_a_missing_kubelet_is_a_warning(site) -> None:
    show_processes(site.host.proc, [])
    desired = site.desired(WEB)
    node = replace(desired.node, settings=replace(desired.node.settings, manifest_dir=str(site.folder)))
    outcome = converge(site, replace(desired, node=node), FILE_ONLY)
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())
    assert "no pod starts or ends until one does" in outcome.warnings[0]
    assert site.file() == WEB.text(1)


def test_a_regular_pod_that_owns_the_name_stops_the_push(site) -> None:
    site.mirrors.pods[WEB.pod.on("n1")] = mirror(WEB, config_mirror=None)
    outcome = converge(site, site.desired(WEB))
    assert outcome.status is Status.REFUSED
    assert "a regular pod owns the name `default/web-n1`" in outcome.problems[0].message
    assert site.file() is None


def test_a_conflict_stops_everything_on_the_node(site) -> None:
    (site.folder / "web.yaml").write_text(pod_text(image="example.com/theirs:1"))
    outcome = converge(site, site.desired(WEB, manifest("other")))
    assert outcome.status is Status.CONFLICT
    assert site.file("other.yaml") is None
    assert site.file() == pod_text(image="example.com/theirs:1")


def test_a_dry_run_writes_nothing(site) -> None:
    outcome = prepare(site.desired(WEB), site.host, site.world, SETTINGS).outcome()
    assert outcome.status is Status.PENDING
    assert list(site.folder.iterdir()) == []
    assert not (site.root / ".podwright").exists()


# --- removal


def test_a_removal_is_done_when_file_sandbox_and_mirror_are_gone(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    with site.when_written(None, lambda: site.stops(WEB)):
        outcome = converge(site, site.desired(absent=("web.yaml",)))
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())
    assert outcome.value.applied == (Applied("web.yaml", "deleted"),)
    assert (WEB.pod.on("n1"), True) in site.mirrors.asked


def test_a_mirror_that_only_lost_its_label_is_not_gone(site) -> None:
    """The watch does not show it any more; asked for by name it is there."""
    site.place(WEB)
    site.runs(WEB)
    hidden = site.mirrors.pods[WEB.pod.on("n1")]
    see = site.mirrors.see

    def without_label(ref, *, fresh=False):
        answer = see(ref, fresh=fresh)
        return hidden if fresh else None if site.file() is None else answer

    site.mirrors.see = without_label
    with site.when_written(None, site.show):
        outcome = converge(site, site.desired(absent=("web.yaml",)), replace(SETTINGS, timeout=2))
    assert outcome.status is Status.FAILED
    assert (
        outcome.problems[0].message == "`default/web-n1` is not gone: mirror: the mirror pod is still there"
    )
    assert site.file() is None


@pytest.mark.parametrize(
    ("stays", "word", "hint"),
    [
        ("sandbox", "sandbox: the pod still runs", "the old pod may take"),
        ("mirror", "mirror: the mirror pod is still there", "`kubectl get node n1`"),
        ("finalizer", "the finalizer `example.com/hold` holds the mirror pod", "remove the finalizer"),
    ],
)
def test_what_stays_after_a_removal_is_named_with_its_remedy(site, stays, word, hint) -> None:
    site.place(WEB)
    site.runs(WEB, finalizers=("example.com/hold",) if stays == "finalizer" else ())

    def half_way() -> None:
        if stays == "sandbox":
            site.mirrors.pods.clear()
        else:
            site.show()

    with site.when_written(None, half_way):
        outcome = converge(site, site.desired(absent=("web.yaml",)), replace(SETTINGS, timeout=2))
    assert outcome.status is Status.FAILED
    assert outcome.value.applied == (Applied("web.yaml", "deleted"),)
    [problem] = outcome.problems
    assert word in problem.message
    assert hint in problem.hint


def test_a_removal_while_the_kubelet_is_down_deletes_the_file_and_names_the_blocker(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    show_processes(site.host.proc, [])
    desired = site.desired(absent=("web.yaml",))
    settings = replace(desired.node.settings, manifest_dir=str(site.folder))
    # neither the inventory's name nor the host's is the one the kubelet gave its pods
    outcome = converge(site, replace(desired, node=replace(desired.node, name="edge-7", settings=settings)))
    assert outcome.status is Status.FAILED
    assert site.file() is None
    assert "`default/web-n1` is not gone: sandbox: the pod still runs; mirror:" in outcome.problems[0].message
    assert "start it, then run the same command again" in outcome.problems[0].hint


def test_gone_already_is_success(site) -> None:
    outcome = converge(site, site.desired(absent=("web.yaml",)))
    assert (outcome.status, outcome.value.applied, outcome.problems) == (Status.UNCHANGED, (), ())


def test_a_pod_that_gets_another_name_is_proven_once_the_old_one_is_gone(site) -> None:
    """The file that defined the old pod is the very one that defines the new."""
    site.place(WEB)
    site.runs(WEB)
    renamed = manifest("web2", template="web")

    def kubelet_sees() -> None:
        site.mirrors.pods.clear()
        site.runs(renamed, uid="u2", generation=2)

    with (
        site.when_written(None, lambda: site.stops(WEB)),
        site.when_written(renamed.text(2), kubelet_sees),
    ):
        outcome = converge(site, site.desired(renamed))
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())
    assert [entry.what for entry in outcome.value.applied] == ["deleted", "written"]
    assert [str(health.expectation.pod) for health in outcome.value.healths] == [
        "default/web-n1",
        "default/web2-n1",
    ]


def test_a_pipe_in_the_folder_makes_the_kubelet_deaf(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    os.mkfifo(site.folder / "stray")
    (site.folder / "led.yaml").symlink_to("stray")
    outcome = converge(site, site.desired(NEXT))
    assert outcome.status is Status.REFUSED
    assert [problem.message[:9] for problem in outcome.problems] == ["`led.yaml", "`stray` i"]
    assert site.file() == WEB.text(1)
    removal = converge(site, site.desired(absent=("web.yaml",)), replace(SETTINGS, timeout=1))
    assert removal.status is Status.FAILED
    assert "`stray` in the manifest folder is a pipe" in removal.problems[0].hint
    assert "restart the kubelet" in removal.problems[0].hint


def test_a_file_gone_already_is_no_success_while_its_mirror_stays(site) -> None:
    """What a first removal failed for, a second one must not call gone."""
    held = replace(mirror(WEB), finalizers=("example.com/hold",))
    site.mirrors.pods[held.ref] = held
    outcome = converge(site, site.desired(absent=("web.yaml",)), replace(SETTINGS, timeout=1))
    assert outcome.status is Status.FAILED
    assert (
        "`default/web-n1` is not gone: mirror: the finalizer `example.com/hold`"
        in outcome.problems[0].message
    )


def test_what_could_not_be_looked_for_is_not_gone_already(site) -> None:
    for path in site.folder.iterdir():
        path.unlink()
    site.folder.rmdir()
    site.folder.write_text("no folder")
    outcome = converge(site, site.desired(absent=("web.yaml",)))
    assert outcome.status is Status.REFUSED


# --- stages

PORTS = "example.com/web:1\n    ports: [{containerPort: 8443}]"
HOLDER, TAKER = manifest(image=PORTS), manifest("taker", image=PORTS)


def test_a_pod_gives_its_port_up_and_is_proven_gone_before_another_takes_it(site) -> None:
    site.place(HOLDER)
    site.runs(HOLDER)
    early = []

    def ends() -> None:
        time.sleep(0.5)
        early.append(site.file("taker.yaml"))
        site.stops(HOLDER)

    def starts() -> None:
        while site.file("taker.yaml") is None:
            time.sleep(0.02)
        site.runs(TAKER, uid="u2")

    with site.when_written(None, lambda: (ends(), starts())):
        outcome = converge(site, site.desired(TAKER, absent=("web.yaml",)))
    assert (outcome.status, outcome.problems, early) == (Status.CHANGED, (), [None])
    assert outcome.value.applied == (Applied("web.yaml", "deleted"), Applied("taker.yaml", "written"))
    assert [health.proven for health in outcome.value.healths] == [True, True]


def test_a_stage_is_not_begun_while_the_one_before_it_is_not_proven(site) -> None:
    site.place(HOLDER)
    site.runs(HOLDER)
    outcome = converge(site, site.desired(TAKER, absent=("web.yaml",)), replace(SETTINGS, timeout=1))
    assert (outcome.status, site.file("taker.yaml")) == (Status.FAILED, None)
    assert outcome.value.applied == (Applied("web.yaml", "deleted"),)
    assert "`default/web-n1` is not gone" in outcome.problems[0].message
    assert (
        outcome.problems[1].message
        == "`taker.yaml` was left alone: what must be gone first is not proven gone"
    )


# --- what goes wrong


def test_a_file_changed_between_look_and_write_is_left_alone_and_told(site) -> None:
    prepared = prepare(site.desired(WEB), site.host, site.world, FILE_ONLY)
    (site.folder / "web.yaml").write_text("theirs")
    outcome = apply_plan(prepared, site.host, site.world, FILE_ONLY)
    assert (outcome.status, outcome.value.applied) == (Status.FAILED, ())
    assert "`web.yaml` changed between the observation and the write" in outcome.problems[0].message
    assert site.file() == "theirs"


def test_a_file_that_another_run_has_made_the_same_meanwhile_is_no_failure(site) -> None:
    """It would be told as failed, and as proven."""
    prepared = prepare(site.desired(WEB), site.host, site.world, SETTINGS)
    site.place(WEB)
    site.runs(WEB)
    outcome = apply_plan(prepared, site.host, site.world, SETTINGS)
    assert (outcome.status, outcome.problems) == (Status.UNCHANGED, ())
    assert outcome.value.healths[0].proven


def test_a_file_that_another_run_has_removed_meanwhile_is_no_failure(site) -> None:
    site.place(WEB)
    prepared = prepare(site.desired(absent=("web.yaml",)), site.host, site.world, SETTINGS)
    (site.folder / "web.yaml").unlink()
    outcome = apply_plan(prepared, site.host, site.world, SETTINGS)
    assert (outcome.status, outcome.problems) == (Status.UNCHANGED, ())


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("wait_for", [WaitFor.FILE, WaitFor.READY])
def test_what_a_killed_run_left_goes_with_the_next_even_if_nothing_is_to_change(site, wait_for, held) -> None:
    site.place(WEB)
    site.runs(WEB)
    stale = site.folder / ".podwright.dead.0.1"
    stale.write_text("x")
    if held:
        leave_lock(site)
    outcome = converge(site, site.desired(WEB), replace(SETTINGS, wait_for=wait_for))
    assert (outcome.status, outcome.problems) == (Status.UNCHANGED, ())
    assert stale.exists() is held
    state = site.folder.parent / ".podwright" / site.folder.name
    assert [path.name for path in state.iterdir()] == (["lock"] if held else [])


def leave_lock(site) -> None:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    expiry = int(float(Path("/proc/uptime").read_text().split()[0])) + 60
    state = site.folder.parent / ".podwright" / site.folder.name
    state.mkdir(parents=True)
    (state / "lock").write_text(f"theirs {expiry} {boot} 1 grace@laptop\n")


def test_another_run_at_work_is_named(site) -> None:
    leave_lock(site)
    outcome = converge(site, site.desired(WEB), FILE_ONLY)
    assert outcome.status is Status.FAILED
    assert re.fullmatch(
        r"another run holds the lock of this node: grace@laptop; `theirs` expires in [456][0-9] s",
        outcome.problems[0].message,
    )
    assert "`podwright node lock break theirs --reason TEXT`" in outcome.problems[0].hint
    assert converge(site, site.desired(WEB), replace(FILE_ONLY, break_lock="other")).failed
    assert converge(site, site.desired(WEB), replace(FILE_ONLY, break_lock="theirs")).status is Status.CHANGED


@pytest.mark.parametrize("wait_for", [WaitFor.FILE, WaitFor.READY])
def test_a_program_that_is_killed_says_what_it_had_written(site, wait_for) -> None:
    stand_in(
        site.host.bin, "mv", 'case $* in *other.yaml) sleep 0.3; kill -9 $PPID;; *) exec /bin/mv "$@";; esac'
    )
    outcome = converge(site, site.desired(WEB, manifest("other")), replace(SETTINGS, wait_for=wait_for))
    assert outcome.status is Status.FAILED
    assert "ended before its time" in outcome.problems[0].message
    assert site.file() == WEB.text(1)
    assert site.file("other.yaml") is None


def test_a_change_that_nothing_was_to_prove_is_no_success(site) -> None:
    prepared = prepare(site.desired(WEB), site.host, site.world, FILE_ONLY)
    nothing = replace(prepared.plan.stages[0], expectations=())
    prepared = replace(prepared, plan=replace(prepared.plan, stages=(nothing,)))
    outcome = apply_plan(prepared, site.host, site.world, FILE_ONLY)
    assert (outcome.status, outcome.value.applied) == (Status.FAILED, (Applied("web.yaml", "written"),))
    assert outcome.problems[0].message == "cannot verify that `web.yaml` was changed"


def test_a_program_that_is_killed_before_its_writes_is_no_success(site) -> None:
    stand_in(site.host.bin, "dd", "kill -9 $PPID; sleep 1")
    outcome = converge(site, site.desired(WEB), FILE_ONLY)
    assert (outcome.status, outcome.value.applied) == (Status.FAILED, ())


def test_garbage_from_the_runtime_after_the_write_keeps_what_was_applied(site) -> None:
    def spoil() -> None:
        stand_in(site.host.bin, "crictl", "echo garbage")

    with site.when_written(WEB.text(1), spoil):
        outcome = converge(site, site.desired(WEB), replace(SETTINGS, timeout=2))
    assert outcome.status is Status.FAILED
    assert outcome.value.applied == (Applied("web.yaml", "written"),)


def twice(site) -> None:
    site.world.interruption.ask()
    site.world.interruption.ask()


def test_an_interrupted_run_finishes_the_node_and_proves_it(site) -> None:
    with site.when_written(WEB.text(1), lambda: (site.world.interruption.ask(), site.runs(WEB))):
        outcome = converge(site, site.desired(WEB))
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())
    assert outcome.value.healths[0].proven


def test_a_run_that_is_cut_between_an_updates_two_writes_leaves_the_second_to_the_node(site) -> None:
    """A grace period may be of ten minutes. Left there, nothing of the pod would run for 10-15 s after it."""
    worker = runs_already(site)
    ended = threading.Timer(6, lambda: (site.show(), worker.rmdir()))
    with site.when_written(NEXT.text(2), lambda: (ended.start(), twice(site))):
        outcome = converge(site, site.desired(NEXT))
    assert not outcome.value.healths[0].proven
    assert outcome.problems[0].message == (
        "interrupted before it was proven: `web.yaml` is written,"
        " and the node starts the new pod by itself once the old one has ended"
    )
    ended.join()
    until(lambda: site.file() == NEXT.text(3))


def test_a_run_that_is_cut_finishes_its_writes_and_tells_them(site) -> None:
    stand_in(site.host.bin, "mv", 'exec /bin/mv "$@"; sleep 0.2')
    with site.when_written(WEB.text(1), lambda: twice(site)):
        outcome = converge(site, site.desired(WEB, manifest("other")))
    assert outcome.status is Status.FAILED
    assert [entry.file_name for entry in outcome.value.applied] == ["web.yaml", "other.yaml"]
    assert outcome.problems[0].message == "interrupted before it was proven"


@pytest.mark.parametrize("there", [False, True])
def test_a_run_that_is_interrupted_before_its_first_write_writes_nothing(site, there) -> None:
    if there:
        site.place(WEB)
    prepared = prepare(site.desired(WEB), site.host, site.world, SETTINGS)
    site.world.interruption.ask()
    outcome = apply_plan(prepared, site.host, site.world, SETTINGS)
    assert (outcome.status, outcome.value.applied) == (Status.FAILED, ())
    assert site.file() == (WEB.text(1) if there else None)
    assert outcome.problems[0].message == (
        "interrupted before it was proven" if there else "`web.yaml` was left alone: interrupted"
    )


def test_a_kubelet_that_ends_meanwhile_is_the_blocker(site) -> None:
    prepared = prepare(site.desired(WEB), site.host, site.world, SETTINGS)
    pid = prepared.observation.kubelet.pid
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    # a zombie still has its /proc entry: only a kubelet that was reaped is gone
    facts = replace(prepared.observation.kubelet, pid=4194303)
    prepared = replace(prepared, observation=replace(prepared.observation, kubelet=facts))
    outcome = apply_plan(
        with_deadline(prepared, 1),
        site.host,
        site.world,
        SETTINGS,
    )
    assert outcome.status is Status.FAILED
    assert "kubelet" in outcome.problems[0].hint


def with_deadline(prepared, seconds):
    [stage] = prepared.plan.stages
    soon = tuple(replace(entry, deadline=seconds) for entry in stage.expectations)
    return replace(prepared, plan=replace(prepared.plan, stages=(replace(stage, expectations=soon),)))


NEWER = "    restartPolicy: OnFailure\n"


def test_what_the_nodes_own_kubelet_is_too_old_for_is_refused_where_nobody_named_its_version(site) -> None:
    newer = Manifest.parse(Workload("web"), pod_text() + NEWER)
    site.mirrors.version = "v1.33.4"
    outcome = converge(site, site.desired(newer))
    assert outcome.status is Status.REFUSED
    assert "before Kubernetes 1.35" in outcome.problems[0].message
    assert "its kubelet is v1.33.4" in outcome.problems[0].hint
    assert site.file() is None


@pytest.mark.parametrize("version", ["", "v1.36.2", "a new one"])
def test_a_kubelet_that_is_new_enough_or_unknown_stops_nothing(site, version) -> None:
    site.mirrors.version = version
    newer = Manifest.parse(Workload("web"), pod_text() + NEWER)
    with site.when_written(newer.text(1), lambda: site.runs(newer)):
        assert converge(site, site.desired(newer)).status is Status.CHANGED
