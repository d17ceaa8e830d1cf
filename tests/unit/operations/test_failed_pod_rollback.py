"""What failed on a node goes back to what was last good, and whatever is not known to have failed stays."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror
from tests.fakes.shell_host import stand_in
from tests.unit.operations.conftest import SETTINGS, FakeNode, sandbox
from tests.unit.operations.test_history_records import history

from podwright.cli.journaling import entry_of
from podwright.inventory.node import NodeSettings, StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.manifests.manifest import Manifest
from podwright.operations.push import converge_fleet
from podwright.operations.report import Outcome, Reverted, Status
from podwright.plan.expectations import WaitFor
from podwright.plan.history import Fate
from podwright.reports.documents import outcome_document
from podwright.reports.run_rows import outcome_rows

WEB = manifest()
BAD = manifest(image="example.com/web:bad")
LAZY = manifest(image="example.com/web:lazy")
ETCD = {version: manifest(image=f"registry.k8s.io/etcd:{version}") for version in ("3.5.9-0", "3.6.4-0")}
NEXT = manifest(image="example.com/web:2")
KNOWN = (WEB, BAD, LAZY, NEXT, *ETCD.values())


@contextmanager
def kubelet_on(site: FakeNode, *crashing: Manifest) -> Iterator[None]:
    """Runs whatever lies there; the pods of `crashing` end again and again, and that of LAZY never gets ready."""
    stop = threading.Event()
    seen = {one.text(number): (one, number) for one in KNOWN for number in range(1, 20)}

    def start(desired: Manifest, number: int) -> None:
        if desired not in crashing:
            site.runs(desired, uid=f"u{number}", generation=number, ready=desired is not LAZY)
            return
        pod = sandbox(desired, uid=f"u{number}", generation=number, attempt=3, state="CONTAINER_EXITED")
        site.mirrors.pods[desired.pod.on("n1")] = mirror(
            desired, uid=f"u{number}", generation=number, ready=False
        )
        site.show(pod)

    before = site.file()

    def work() -> None:
        last = before
        while not stop.is_set():
            text = site.file()
            if text != last:
                last = text
                if text:
                    start(*seen[text])
                else:
                    site.stops(WEB)
            time.sleep(0.02)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def push(site: FakeNode, desired: Manifest, crashing: tuple[Manifest, ...] = (BAD,), **settings) -> Outcome:
    pods, own = settings.pop("pods", ()), settings.pop("node", NodeSettings())
    node = replace(site.node, settings=own, static_pods=pods)
    with kubelet_on(site, *crashing):
        wanted = replace(site.desired(desired), node=node)
        [outcome] = converge_fleet("PushReport", (wanted,), site.world, replace(SETTINGS, **settings)).nodes
    return outcome


@pytest.fixture
def running(site: FakeNode) -> FakeNode:
    assert push(site, WEB).status is Status.CHANGED
    return site


def told(outcome: Outcome) -> str:
    problems = (f"{one.message}: {one.hint}" for one in outcome.problems)
    return "\n".join((*problems, *outcome.warnings))


def test_an_update_that_crashes_goes_back_to_what_was_good_and_says_both(running) -> None:
    outcome = push(running, BAD)
    assert outcome.status is Status.FAILED
    assert outcome.value.reverted == (Reverted("web.yaml", 1, proven=True),)
    failed, restored = outcome.problems
    assert "`default/web-n1` is not proven ready" in failed.message
    assert restored.message == "`web.yaml` was rolled back to revision 1, which is proven"
    assert running.file() in [WEB.text(number) for number in range(3, 9)]
    assert [one.fate for one in history(running)] == [Fate.GOOD, Fate.REVERTED, Fate.GOOD]
    assert "is not proven ready" in history(running)[1].proof
    document = outcome_document(outcome)
    assert document["reverted"] == [{"file": "web.yaml", "revision": 1, "proven": True}]
    assert "wrote web.yaml, rolled back web.yaml" in outcome_rows([outcome])[1]
    assert "reverted web.yaml" in entry_of(outcome).applied
    assert any("was rolled back to revision 1" in text for text in entry_of(outcome).problems)


@pytest.mark.parametrize("first", [{"wait_for": WaitFor.FILE}, {"timeout": 1}], ids=["written", "failed"])
def test_what_a_later_push_proves_is_good_and_comes_back(running, first) -> None:
    # no kubelet runs it yet
    converge_fleet("PushReport", (running.desired(NEXT),), running.world, replace(SETTINGS, **first))
    generation = next(number for number in range(9) if running.file() == NEXT.text(number))
    running.runs(NEXT, uid="u9", generation=generation)
    assert history(running)[-1].fate is not Fate.GOOD
    assert push(running, NEXT, wait_for=WaitFor.FILE).status is Status.UNCHANGED
    assert history(running)[-1].fate is not Fate.GOOD, "a file is no proof"
    before = running.file()
    assert push(running, NEXT).status is Status.UNCHANGED
    assert running.file() == before
    assert [one.fate for one in history(running)] == [Fate.GOOD, Fate.GOOD]
    [back] = push(running, BAD).value.reverted
    assert (back.revision, back.proven) == (history(running)[1].number, True)


def test_what_was_taken_back_is_refused_there_without_retry(running) -> None:
    assert push(running, BAD).value.reverted
    before = running.file()
    again = push(running, BAD)
    assert again.status is Status.REFUSED
    assert "this content of `web.yaml` failed here in the run r1 and was taken back" in told(again)
    assert running.file() == before
    assert push(running, BAD, crashing=(), retry=True).status is Status.CHANGED
    assert push(running, WEB).status is Status.CHANGED
    assert push(running, BAD, crashing=()).status is Status.CHANGED, "it was good since"


@pytest.mark.parametrize("change", [{"silent": "the API does not answer"}, {"cut_off": True}])
def test_if_the_api_cannot_be_asked_of_it_nothing_goes_back(running, change) -> None:
    for name, value in change.items():
        setattr(running.mirrors, name, value)
    outcome = push(running, BAD)
    assert outcome.status is Status.FAILED
    assert "`web.yaml` stays as it was written: not every source could be asked" in told(outcome)
    assert (outcome.value.reverted, "web:bad" in (running.file() or "")) == ((), True)
    assert history(running)[-1].fate is Fate.FAILED


def test_a_run_without_any_api_goes_by_the_node_alone(running) -> None:
    running.mirrors.silent = "--no-api"
    running.world = replace(running.world, without_api=True)
    assert push(running, BAD, without_api=True).value.reverted[0].proven


def test_what_is_only_late_stays(running) -> None:
    outcome = push(running, LAZY, timeout=3)
    assert "stays as it was written: nothing shows that its pod failed" in told(outcome)
    assert (outcome.value.reverted, "web:lazy" in (running.file() or "")) == ((), True)


@pytest.mark.parametrize(
    "settings",
    [
        {"rollback_on_failure": False},
        {"node": NodeSettings(rollback_on_failure=False)},
        {
            "node": NodeSettings(rollback_on_failure=True),
            "pods": (StaticPod("web", settings=PodSettings(rollback_on_failure=False)),),
        },
    ],
    ids=["option", "variable", "pod"],
)
def test_nothing_goes_back_if_nobody_wants_it(running, settings) -> None:
    outcome = push(running, BAD, **settings)
    assert (outcome.value.reverted, "stays" in told(outcome)) == ((), False)
    assert "web:bad" in (running.file() or "")


def test_if_what_was_good_fails_too_that_is_said_and_nothing_else_is_tried(running) -> None:
    outcome = push(running, BAD, crashing=(BAD, WEB))
    assert outcome.value.reverted == (Reverted("web.yaml", 1, proven=False),)
    assert "`web.yaml` was rolled back to revision 1, which is not proven either" in told(outcome)
    assert [one.fate for one in history(running)] == [Fate.GOOD, Fate.REVERTED, Fate.FAILED]


def test_without_anything_good_what_failed_stands(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    outcome = push(site, BAD)
    assert "what failed was not taken back: the history of `web.yaml` has no other content" in told(outcome)
    assert "web:bad" in (site.file() or "")


def test_a_rollback_that_the_node_cannot_make_is_not_told_as_one(running) -> None:
    full = 'for at; do :; done; ! grep -qs web:bad "$at" || { echo "No space left on device" >&2; exit 1; }; /bin/mv "$@"'
    stand_in(running.host.bin, "mv", full)
    outcome = push(running, BAD)
    assert "what failed was not taken back: " in told(outcome)
    assert "No space left on device" in told(outcome)
    assert (outcome.value.reverted, history(running)[1].fate) == ((), Fate.FAILED)
    assert "web:bad" in (running.file() or "")


def test_a_new_pod_that_fails_is_kept_by_default(site) -> None:
    outcome = push(site, BAD)
    assert (outcome.status, outcome.value.reverted) == (Status.FAILED, ())
    assert site.file() == BAD.text(1)


def test_a_new_pod_that_fails_can_be_removed_again(site) -> None:
    outcome = push(site, BAD, remove_first=True)
    assert outcome.status is Status.FAILED
    assert outcome.value.reverted == (Reverted("web.yaml", None, proven=True),)
    assert "`web.yaml` was removed again, which is proven" in told(outcome)
    assert site.file() is None
    assert push(site, BAD).status is Status.REFUSED


def test_a_pod_that_is_new_again_and_fails_is_removed_whatever_its_history_has(site) -> None:
    assert push(site, WEB).status is Status.CHANGED
    (site.folder / "web.yaml").unlink()
    site.stops(WEB)
    outcome = push(site, BAD, remove_first=True)
    assert outcome.value.reverted == (Reverted("web.yaml", None, proven=True),)
    assert "`web.yaml` was removed again, which is proven" in told(outcome)
    assert site.file() is None


def test_an_etcd_never_goes_back_below_its_data_by_itself(site) -> None:
    old, new = ETCD.values()
    assert push(site, old).status is Status.CHANGED
    outcome = push(site, new, crashing=(new,))
    assert "what failed was not taken back: `web.yaml` would take back main from 3.6 to 3.5" in told(outcome)
    assert "--accept-data-downgrade" in told(outcome)
    assert "etcd:3.6" in (site.file() or "")
