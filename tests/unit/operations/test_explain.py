"""Words for the person at 3 a.m.: what is missing, what holds it up, what to do."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, running, written
from tests.unit.operations.conftest import FakeMirrors, mirror, sandbox

from podwright.operations.explain import explain
from podwright.operations.mirror_evidence import with_mirrors
from podwright.plan.admission import Refusal, RefusalSeen
from podwright.plan.compare import compare
from podwright.plan.events import JournalRead, KubeletGone, Written
from podwright.plan.observed import ContainerState, ObservedContainer
from podwright.plan.proof import Proof
from podwright.plan.stages import make_plan

WEB = manifest()
OTHER = manifest(image="example.com/web:9")


def explained(*, pods=(), mirrors=None, journal="", gone_kubelet=False):
    """What is said of WEB, whose file is in place."""
    mirrors = mirrors or FakeMirrors()
    look = observation(written(WEB), pods=tuple(pods), clock=0.0)
    proof = begun(look).advance(JournalRead(journal))
    if gone_kubelet:
        proof = proof.advance(KubeletGone())
    [problem] = explain(with_mirrors(proof, mirrors, 0.0), look, mirrors)
    return problem


def begun(look) -> Proof:
    return Proof.begin(make_plan("n1", compare([WEB], [], look)).expectations, look, hold=3)


def test_nothing_came_up() -> None:
    problem = explained()
    assert problem.message == (
        "`default/web-n1` is not proven ready: sandbox: no pod of that name runs;"
        " mirror: the API has no pod `default/web-n1`"
    )
    assert problem.hint == (
        "nothing shows whether the kubelet has read the file: see what it reports about it on the node"
        " (`journalctl -b | grep web.yaml`)"
    )


def test_the_old_pod_still_runs() -> None:
    assert explained(pods=[running(OTHER)]).hint == (
        "the kubelet has not ended the old pod: read why on the node (`journalctl -b | grep web-n1`)"
    )


def test_the_api_is_a_cause_only_if_it_does_not_answer() -> None:
    hint = explained(pods=[running(OTHER)], mirrors=FakeMirrors(silent="connection refused")).hint
    assert "while it is down, a kubelet that was started meanwhile ends nothing" in hint
    assert "crictl stopp" in hint


def test_it_runs_without_a_mirror() -> None:
    assert explained(pods=[running(WEB)]).hint == (
        "the kubelet tries again every 60-90 s; see what the API answers to such a pod:"
        " `podwright manifest render -l n1 --only web | kubectl create --dry-run=server -f -`"
    )


def test_a_missing_namespace_or_node_is_why_there_is_no_mirror() -> None:
    mirrors = FakeMirrors()
    mirrors.lacks_namespace = lambda name: name == "default"
    hint = explained(pods=[running(WEB)], mirrors=mirrors).hint
    assert hint == "there is no namespace `default`: create it (`kubectl create namespace default`)"
    mirrors = FakeMirrors()
    mirrors.node = lambda name: None
    assert explained(pods=[running(WEB)], mirrors=mirrors).hint.startswith("the API has no node `n1`")


@pytest.mark.parametrize(
    ("mounting", "words", "hint"),
    [(True, "cannot mount the volumes of", "create what is missing"), (False, "refused", "change what")],
)
def test_a_volume_that_cannot_be_mounted_is_no_refusal(mounting, words, hint) -> None:
    look = observation(written(WEB))
    refusal = Refusal("u9", "FailedMount: x", mounting)
    [problem] = explain(begun(look).advance(RefusalSeen(WEB.pod.on("n1"), refusal)), look, FakeMirrors())
    assert problem.message == f"the kubelet {words} `default/web-n1`: FailedMount: x"
    assert problem.hint.startswith(hint)


def test_it_runs_under_another_node_name() -> None:
    stray = running(WEB, ref=WEB.pod.on("other-name"))
    assert "it runs as `default/web-other-name`: set `podwright_node_name`" in explained(pods=[stray]).hint


@pytest.mark.parametrize("ready", [True, False])
def test_a_crash_loop_is_told_with_its_exit_code_whether_the_last_instant_was_well_or_not(ready) -> None:
    ended = ContainerState("main", "running", ready=ready, restart_count=2, exit_code=3)
    pod = running(WEB)
    pod = replace(pod, containers=tuple(replace(entry, attempt=2) for entry in pod.containers))
    mirrors = FakeMirrors({WEB.pod.on("n1"): mirror(WEB, ready=ready, containers=(ended,))})
    what = (
        "did not stay well for as long as it has to hold: "
        if ready
        else "is not proven ready: mirror: `main` is not ready; "
    )
    end = "container `main` ended with exit code 3 and was started 3 times"
    assert explained(pods=[pod], mirrors=mirrors).message == f"`default/web-n1` {what}{end}"


def test_what_was_given_up_early_says_how_to_wait_on() -> None:
    ended = ContainerState("main", "waiting", reason="ErrImageNeverPull", message="no such image")
    mirrors = FakeMirrors({WEB.pod.on("n1"): mirror(WEB, ready=False, containers=(ended,))})
    assert "`--patience` waits longer" in explained(pods=[running(WEB)], mirrors=mirrors).hint


def test_what_did_not_stay_well_is_told_with_what_was_wrong_meanwhile() -> None:
    look = observation(written(WEB), pods=(running(WEB),), clock=0.0)
    mirrors = FakeMirrors({WEB.pod.on("n1"): mirror(WEB)})
    proof = begun(look)
    waiting = ContainerState("main", "waiting", reason="CrashLoopBackOff", message="back-off 10s")
    for shown in (mirror(WEB), mirror(WEB, ready=False, containers=(waiting,)), mirror(WEB)):
        mirrors.pods[WEB.pod.on("n1")] = shown
        proof = with_mirrors(proof, mirrors, 0.0)
    [problem] = explain(proof, look, mirrors)
    assert problem.message == (
        "`default/web-n1` did not stay well for as long as it has to hold:"
        " mirror: container `main` is waiting: CrashLoopBackOff: back-off 10s"
    )


ENDED = ObservedContainer("main", "CONTAINER_EXITED", attempt=2, id="c0ffee")


def test_a_crash_loop_is_told_once_with_what_the_container_printed() -> None:
    look = observation(written(WEB), pods=(running(WEB, containers=(ENDED,)),))
    waiting = ContainerState("main", "waiting", reason="CrashLoopBackOff", restart_count=2, exit_code=3)
    mirrors = FakeMirrors({WEB.pod.on("n1"): mirror(WEB, ready=False, containers=(waiting,))})
    proof = replace(
        with_mirrors(begun(look), mirrors, 0.0), logs={"c0ffee": ("starting", "FATAL: no such option")}
    )
    [problem] = explain(proof, look, mirrors)
    assert problem.message == (
        "`default/web-n1` is not proven ready: mirror: container `main` is waiting: CrashLoopBackOff:"
        " 2 restarts, last exit code 3"
    )
    assert problem.hint.splitlines() == [
        "container `main` printed:",
        "  starting",
        "  FATAL: no such option",
        "waiting does not repair this, so podwright stopped waiting early; `--patience` waits longer",
        "`podwright manifest rollback web` brings back the newest good content, if there is any other",
    ]
    [alone] = explain(replace(proof, logs={"c0ffee": ("FATAL: no such option",)}), look, mirrors)
    assert alone.hint.startswith("container `main` printed: FATAL: no such option\n")
    # what this run wrote goes back by itself
    written_now = with_mirrors(proof.advance(Written(0.0, "web.yaml")), mirrors, 0.0)
    assert "rollback" not in next(explain(written_now, look, mirrors)).hint


def test_how_to_read_what_a_container_printed_is_told_if_the_node_does_not() -> None:
    pod = running(WEB, containers=(ENDED,))
    assert "`kubectl logs -n default web-n1 -c main`" in explained(pods=[pod]).hint
    pod = running(WEB, containers=(replace(ENDED, state="CONTAINER_RUNNING"),))
    assert "`kubectl logs -n default web-n1 -c main --previous`" in explained(pods=[pod]).hint


def test_the_kubelet_went_away() -> None:
    assert explained(gone_kubelet=True).hint.startswith("the kubelet ended or restarted meanwhile")


def test_the_last_lines_of_the_journal_about_this_pod_are_shown_and_no_others() -> None:
    line = 'E1 "Could not process manifest file" err="bad %d" path="/etc/kubernetes/manifests/web.yaml"'
    journal = "\n".join(
        [
            *(line % number for number in range(5)),
            "E1 invalid pod other.yaml",
            "I1 web-n1 is fine",
            "x" * 9000,
        ]
    )
    said = [part for part in explained(journal=journal).hint.splitlines() if "the kubelet reports" in part]
    assert [part[-60:] for part in said] == [(line % number)[-60:] for number in (2, 3, 4)]


def test_the_warnings_of_the_api_are_shown() -> None:
    assert (
        "FailedMount: no such disk"
        in explained(mirrors=FakeMirrors(events=("FailedMount: no such disk",))).hint
    )


def test_stand_ins_agree_with_the_nouns() -> None:
    assert mirror(WEB).config_mirror == sandbox(WEB)["sandbox"]["metadata"]["uid"]


def test_what_the_journal_says_of_another_write_of_the_pod_is_not_shown() -> None:
    line = '"Pod admission denied" podUID="{}" pod="default/web-n1" reason="OutOfcpu"'
    old = running(manifest(image="example.com/web:0"), uid="before", ready=False)
    journal = "\n".join(line.format(uid) for uid in ("before", "mine"))
    shown = explained(journal=journal, pods=(old,)).hint
    assert "mine" in shown
    assert "before" not in shown
