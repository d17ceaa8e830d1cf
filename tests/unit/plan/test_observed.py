"""What a node showed, and the questions that plans ask of it."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, observed_file, pod_text, running, written

from podwright.plan.observed import FileKind, FolderState
from podwright.pods.pod_ref import PodRef

WEB, DNS = manifest(), manifest("dns")


@pytest.mark.parametrize(
    ("kind", "content", "managed"),
    [
        (FileKind.REGULAR, WEB.text(1), True),
        (FileKind.LINK, WEB.text(1), False),
        (FileKind.REGULAR, pod_text(), False),
        (FileKind.REGULAR, "not: [a pod", False),
    ],
)
def test_only_a_regular_file_with_our_mark_is_ours(kind, content, managed):
    assert observed_file("web.yaml", content, kind=kind).managed is managed


def test_a_file_that_the_kubelet_refuses_defines_no_pod_but_may_name_one():
    refused = observed_file("web.yaml", pod_text(extra="  restartPolicy: always\n"))
    assert (refused.pod, refused.named) == (None, PodRef("default", "web"))
    assert (observed_file("web.yaml", pod_text()).pod, observed_file("x", b"\xff").named) == (
        PodRef("default", "web"),
        None,
    )


def test_a_file_is_found_by_its_whole_name():
    seen = observation(written(WEB), written(DNS))
    assert seen.file("dns.yaml") == written(DNS)
    assert seen.file("dns") is None


def test_only_ready_sandboxes_of_the_full_name_count_as_running():
    dead = running(WEB, uid="u0", ready=False)
    seen = replace(observation(), pods=(dead, running(WEB), running(DNS, uid="u2")))
    assert [pod.uid for pod in seen.ready_pods(WEB.pod.on("n1"))] == ["u1"]
    assert seen.ready_pods(WEB.pod) == ()


def test_a_runtime_that_cannot_be_asked_shows_no_pods():
    assert replace(observation(), pods=None).ready_pods(WEB.pod.on("n1")) == ()


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (FolderState.USABLE, True),
        (FolderState.READ_ONLY, True),
        (FolderState.MISSING, True),
        (FolderState.NOT_A_FOLDER, False),
        (FolderState.UNKNOWN, False),
    ],
)
def test_a_folder_that_cannot_be_listed_shows_nothing(state, seen):
    assert replace(observation(), folder_state=state).folder_seen is seen


def test_a_node_is_named_in_lower_case_as_the_kubelet_does():
    assert observation().named("Cp-1.Example").node_name == "cp-1.example"
