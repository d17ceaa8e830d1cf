"""What the folder of a node holds, who wrote it and what runs of it."""

from __future__ import annotations

import hashlib
import os

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelets import show_processes
from tests.fakes.nouns import manifest, mirror, pod_text
from tests.unit.operations.conftest import sandbox

from podwright.errors import HostUnreachableError
from podwright.operations.report import NodeResult, Report
from podwright.operations.status import NodeStatus, show_status
from podwright.plan.observed import ContainerState
from podwright.reports.documents import status_document

WEB = manifest()


def status(site) -> NodeResult[NodeStatus]:
    (found,) = show_status((site.node,), site.world, forks=1).nodes
    return found


def test_a_pod_that_runs_is_shown_with_all_its_evidence(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    (pod,) = status(site).value.pods
    assert (pod.file, pod.owner, pod.generation, pod.sandbox, pod.mirror) == (
        "web.yaml",
        "podwright",
        1,
        "running 1/1",
        "Ready",
    )


def test_files_of_others_are_shown_too_and_what_the_kubelet_does_not_accept(site) -> None:
    (site.folder / "stray.yaml").write_text("kind: [\n")
    (pod,) = status(site).value.pods
    assert (pod.owner, pod.sandbox) == ("other", "the kubelet does not accept it")


def test_a_file_that_was_adopted_as_it_lies_there_is_podwrights(site) -> None:
    (site.folder / "stray.yaml").write_text(pod_text())
    assert status(site).value.pods[0].owner == "other"
    notes = site.folder.parent / ".podwright" / site.folder.name / "adopted"
    notes.mkdir(parents=True)
    (notes / "stray.yaml").write_text(f"{hashlib.sha256(pod_text().encode()).hexdigest()}\n")
    assert status(site).value.pods[0].owner == "podwright"
    (site.folder / "stray.yaml").write_text(WEB.text(1))
    assert status(site).value.pods[0].owner == "podwright"
    (notes / "stray.yaml").write_text(f"{hashlib.sha256(WEB.text(1).encode()).hexdigest()}\n")
    assert status(site).value.pods[0].owner == "other", "released with its mark"


def test_a_link_is_shown_with_its_target_even_if_that_is_missing(site) -> None:
    (site.root / "store.yaml").write_text(WEB.text(1))
    (site.folder / "web.yaml").symlink_to(site.root / "store.yaml")
    assert status(site).value.pods[0].link == f"{site.root}/store.yaml"
    (site.root / "store.yaml").unlink()
    (pod,) = status(site).value.pods
    assert pod.pod == f"(a link to `{site.root}/store.yaml` (which is missing))"


def test_an_old_pod_is_told_from_the_files_own(site) -> None:
    site.place(WEB)
    site.runs(manifest(image="busybox:1"), uid="u0")
    (pod,) = status(site).value.pods
    assert pod.sandbox == "of another manifest"


def test_a_crash_loop_is_told_with_its_restarts_and_its_reason_although_its_phase_is_running(site) -> None:
    site.place(WEB)
    site.show(sandbox(WEB, attempt=4, state="CONTAINER_EXITED", age=60))
    waits = ContainerState("main", "waiting", reason="CrashLoopBackOff", restart_count=4)
    site.mirrors.pods[WEB.pod.on("n1")] = replace(mirror(WEB, ready=False), containers=(waits,))
    (pod,) = status(site).value.pods
    assert (pod.sandbox, pod.mirror, pod.restarts, pod.reason) == (
        "crash-looping",
        "Running",
        4,
        "CrashLoopBackOff",
    )
    assert pod.age == pytest.approx(60, abs=30)


def test_a_mirror_that_says_ready_of_a_pod_that_has_ended_is_not_taken_at_its_word(site) -> None:
    site.place(WEB)
    site.runs(WEB)
    site.show()
    (pod,) = status(site).value.pods
    assert (pod.sandbox, pod.mirror) == ("not running", "Ready, of a pod that has ended")


def test_a_pipe_in_the_folder_is_warned_of(site) -> None:
    site.place(WEB)
    os.mkfifo(site.folder / "stray")
    found = status(site)
    assert [pod.file for pod in found.value.pods] == ["web.yaml"]
    assert "`stray` in the manifest folder is a pipe" in found.warnings[0]


def test_without_a_kubelet_and_a_folder_nothing_is_shown_as_if_nothing_were_there(site) -> None:
    show_processes(site.host.proc, [])
    found = status(site)
    assert found.value.pods == ()
    assert "the manifest folder is not known" in found.problems[0].message
    assert "podwright_manifest_dir" in found.problems[0].hint


def test_without_a_kubelet_the_files_of_a_known_folder_are_shown_with_a_warning(site) -> None:
    site.place(WEB)
    show_processes(site.host.proc, [])
    node = replace(site.node, settings=replace(site.node.settings, manifest_dir=str(site.folder)))
    (found,) = show_status((node,), site.world, forks=1).nodes
    assert [pod.file for pod in found.value.pods] == ["web.yaml"]
    assert found.problems == ()
    assert found.warnings == ("no kubelet runs on it; what is shown may be stale",)
    assert status_document(Report("ManifestStatus", (found,)))["nodes"][0]["warnings"] == list(found.warnings)


@pytest.mark.parametrize("message", ["n1: connection refused", "connection refused"])
def test_a_node_that_cannot_be_reached_is_named_once(site, message) -> None:
    def refuse(_node):
        raise HostUnreachableError(message)

    (found,) = show_status((site.node,), replace(site.world, connect=refuse), forks=1).nodes
    assert [str(problem) for problem in found.problems] == ["n1: connection refused"]
