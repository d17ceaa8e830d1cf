"""What is restarted is what lies on the node, with the next generation."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, observed_file, running, written
from tests.unit.operations.conftest import SETTINGS, sandbox
from tests.unit.operations.test_converge import runs_already

from podwright.inventory.node import Connection, Node
from podwright.operations.converge import apply_plan
from podwright.operations.desired import Desired, Release, Restart, Rollback, Withdraw
from podwright.operations.desired_from_node import filled_in, parts_for
from podwright.operations.prepare import prepare
from podwright.operations.report import Status
from podwright.plan.changes import Action
from podwright.plan.compare import compare
from podwright.plan.history import Fate, Revision
from podwright.plan.node_image import NodeImage
from podwright.plan.reasons import Difference
from podwright.remote.node.observe import EVERY_DAY, Part

WEB = manifest()
NODE = Node("n1", Connection("127.0.0.1"))


def restarting(*names: str, stale: bool = False) -> Desired:
    return Desired(NODE, from_node=Restart(names, stale=stale))


def test_a_restart_is_two_writes_of_the_same_content_with_the_generation_counted_up(site) -> None:
    worker = runs_already(site)

    def end_the_old() -> None:
        site.show()
        worker.rmdir()

    prepared = prepare(restarting("web.yaml"), site.host, site.world, SETTINGS)
    with (
        site.when_written(WEB.text(2), end_the_old),
        site.when_written(WEB.text(3), lambda: site.runs(WEB, uid="u3", generation=3)),
    ):
        outcome = apply_plan(prepared, site.host, site.world, SETTINGS)
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())
    assert [entry.what for entry in outcome.value.applied] == ["written", "second"]
    assert site.file() == WEB.text(3)


def test_what_is_not_on_the_node_is_not_restarted() -> None:
    filled, problems = filled_in(restarting("other.yaml"), observation(written(WEB)))
    assert (filled.manifests, problems) == ((), ())


@pytest.mark.parametrize("text", ["apiVersion: v1\nkind: Pod\n", WEB.text(1).replace("web:1", "web:9")])
def test_what_podwright_did_not_write_is_not_written_once_more(text) -> None:
    there = observation(replace(written(WEB), content=text.encode(), manifest=None))
    from podwright.operations.observation import with_manifests

    filled, [problem] = filled_in(restarting("web.yaml"), with_manifests(there, (), None))
    assert filled.manifests == ()
    assert problem.node == "n1"
    assert "by hand" in problem.message or "not written by podwright" in problem.message


@pytest.mark.parametrize(("now", "restarted"), [("sha256:old", 0), ("sha256:new", 1)])
def test_stale_is_what_runs_another_image_than_the_node_has_by_that_name_now(now, restarted) -> None:
    pod = running(WEB)
    pod = replace(pod, containers=tuple(replace(entry, image="sha256:old") for entry in pod.containers))
    there = observation(
        written(WEB),
        pods=(pod,),
        images=(NodeImage(now, ("example.com/web:1",)), NodeImage("sha256:old", ())),
    )
    filled, problems = filled_in(restarting(stale=True), there)
    assert (len(filled.manifests), problems) == (restarted, ())


def test_images_are_asked_for_only_when_they_matter() -> None:
    assert parts_for(Desired(NODE)) == parts_for(restarting("web.yaml")) == EVERY_DAY
    assert parts_for(restarting(stale=True)) == EVERY_DAY | {Part.IMAGES}


def test_what_is_stale_cannot_be_told_without_the_nodes_images() -> None:
    _, [problem] = filled_in(restarting(stale=True), observation(written(WEB), pods=(running(WEB),)))
    assert "images are not known" in problem.message


@pytest.mark.parametrize("accepted", [False, True])
def test_an_etcd_goes_back_below_its_datas_version_only_if_that_is_accepted(accepted) -> None:
    old, new = (manifest(image=f"registry.k8s.io/etcd:3.{minor}.1-0") for minor in (5, 6))
    history = (Revision("web.yaml", 1, old.text(1).encode(), old.digest, fate=Fate.GOOD),)
    wanted = Desired(NODE, from_node=Rollback(("web.yaml",), accept_data_downgrade=accepted))
    filled, problems = filled_in(wanted, observation(written(new, 2), history=history))
    assert (len(filled.manifests), len(problems)) == ((1, 0) if accepted else (0, 1))
    assert all("main from 3.6 to 3.5" in problem.message for problem in problems)


def test_what_is_given_up_is_written_without_the_mark_and_proven(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    released = Desired(NODE, from_node=Release(("web.yaml",)))
    prepared = prepare(released, site.host, site.world, SETTINGS)
    [change] = prepared.plan.changes
    assert (change.action, change.restarts, change.reason) == (
        Action.RELEASE,
        True,
        "podwright's mark goes, which restarts the pod",
    )

    def unmarked() -> None:
        shown = sandbox(WEB, uid="u2")
        shown["sandbox"]["annotations"] = {"kubernetes.io/config.source": "file"}
        site.show(shown)
        site.mirrors.pods[WEB.pod.on("n1")] = mirror(WEB, uid="u2", generation=None, digest=None)

    with site.when_written(change.subject.text, unmarked):
        outcome = apply_plan(prepared, site.host, site.world, SETTINGS)
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())
    there = observed_file("web.yaml", site.file())
    assert (there.managed, there.manifest.digest, "podwright" in site.file()) == (False, WEB.digest, False)
    again = prepare(released, site.host, site.world, SETTINGS)
    assert (again.stopped, again.plan.pending) == (None, ())


def test_the_old_pod_with_the_mark_proves_no_release(site) -> None:
    soon = replace(SETTINGS, timeout=2)
    site.place(WEB)
    site.runs(WEB)
    prepared = prepare(Desired(NODE, from_node=Release(("web.yaml",))), site.host, site.world, soon)
    outcome = apply_plan(prepared, site.host, site.world, soon)
    assert outcome.status is Status.FAILED


def test_what_was_given_up_is_foreign_and_no_orphan() -> None:
    bare = replace(WEB, marked=False)
    there = observation(observed_file("web.yaml", bare.text(0)))
    [named] = compare([WEB], (), there, owner="")
    assert (named.action, [reason.kind for reason in named.reasons]) == (Action.KEEP, [Difference.SAME_POD])
    assert compare([], (), there, owner="", prune=True) == ()


def test_what_no_kubelet_runs_is_not_given_up() -> None:
    there = observation(observed_file("web.yaml", "kind: Pod\n"))
    filled, [problem] = filled_in(Desired(NODE, from_node=Release(("web.yaml",))), there)
    assert (filled.manifests, problem.node) == ((), "n1")


def test_the_data_of_a_removed_etcd_are_those_of_its_newest_revision() -> None:
    old, new = (manifest(image=f"registry.k8s.io/etcd:3.{minor}.1-0") for minor in (5, 6))
    history = tuple(
        Revision("web.yaml", number, one.text(number).encode(), one.digest, fate=Fate.GOOD)
        for number, one in enumerate((old, new), 1)
    )
    for number, refused in ((1, True), (2, False)):
        wanted = Desired(NODE, from_node=Rollback(("web.yaml",), number))
        _, problems = filled_in(wanted, observation(history=history))
        assert bool(problems) is refused


def test_what_a_run_started_beside_the_old_goes_back_to_that_and_not_to_what_was_there_long_ago() -> None:
    new, second = manifest(image="example.com/web:2"), "web+2.yaml"
    history = (
        Revision("web.yaml", 1, WEB.text(1).encode(), WEB.digest, run="r1", fate=Fate.GOOD, created=True),
        Revision(second, 2, new.text(2).encode(), new.digest, run="r2", fate=Fate.GOOD),
    )
    there = observation(replace(written(new, 2), name=second), history=history)
    wanted = Desired(NODE, from_node=Withdraw("r2", ("web.yaml",)))
    filled, problems = filled_in(wanted, there)
    assert ([one.digest for one in filled.manifests], filled.absent, problems) == ([WEB.digest], (), ())
