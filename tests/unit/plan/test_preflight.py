"""What stops a write before it begins."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import FOLDER, manifest, mirror, observation

from podwright.plan.expectations import WaitFor
from podwright.plan.observed import Doubt, FolderRights, FolderState, KubeletFacts, Unavailable
from podwright.plan.preflight import name_owners, preflight, unverifiable, warnings
from podwright.plan.words import hint, message

DOWN = KubeletFacts(False, problem="no kubelet runs on it")
LOOK = observation()


def messages(look, *, configured=None, wait_for=WaitFor.READY, writes=True) -> list[str]:
    found = preflight(look, configured_folder=configured, wait_for=wait_for, writes=writes)
    assert all(hint(check) for check in found)
    return [message(check) for check in found]


def test_a_node_as_it_should_be_is_written_to() -> None:
    assert messages(LOOK) == []
    assert messages(LOOK, configured=FOLDER + "/") == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (FolderState.MISSING, "is missing"),
        (FolderState.NOT_A_FOLDER, "is not a folder"),
        (FolderState.UNREADABLE, "the login may not list the manifest folder"),
        (FolderState.READ_ONLY, "cannot be written to"),
    ],
)
def test_a_folder_that_cannot_be_used_is_a_refusal_with_its_name(state, words) -> None:
    [message] = messages(replace(LOOK, folder_state=state))
    assert words in message
    assert FOLDER in message


def test_a_login_without_the_right_to_write_is_told_whose_folder_it_is() -> None:
    look = replace(LOOK, folder_state=FolderState.READ_ONLY, rights=FolderRights("755", "0", "1000"))
    [check] = preflight(look, configured_folder=None, wait_for=WaitFor.READY)
    assert message(check) == (
        f"the login (uid 1000) may not write to the manifest folder `{FOLDER}` (owner 0, mode 755)"
    )
    assert hint(check) == "set `ansible_become: true`"


def test_without_a_write_only_a_folder_nobody_could_look_at_is_refused() -> None:
    assert messages(replace(LOOK, folder_state=FolderState.READ_ONLY), writes=False) == []
    assert messages(replace(LOOK, folder_state=FolderState.MISSING), writes=False) == []
    assert messages(replace(LOOK, folder_state=FolderState.NOT_A_FOLDER), writes=False) != []


def test_a_kubelet_that_is_down_is_a_refusal_but_for_files_alone() -> None:
    look = replace(LOOK, kubelet=DOWN)
    assert messages(look) == ["no kubelet runs on it"]
    assert messages(look, wait_for=WaitFor.FILE) == []
    assert warnings(look, WaitFor.FILE) == ("no kubelet runs on it; no pod starts or ends until one does",)
    assert warnings(look, WaitFor.READY) == ()


def test_a_kubelet_that_watches_another_folder_is_a_refusal_that_names_both() -> None:
    facts = replace(LOOK.kubelet, static_pod_path="/elsewhere")
    [message] = messages(replace(LOOK, kubelet=facts), configured=FOLDER)
    assert message == f"its kubelet reads `/elsewhere` (its flag), not `{FOLDER}`"


def test_a_kubelet_that_watches_no_folder_is_a_refusal() -> None:
    facts = replace(LOOK.kubelet, static_pod_path=None)
    assert "reads no manifest folder" in messages(replace(LOOK, kubelet=facts), configured=FOLDER)[0]
    nowhere = replace(LOOK, kubelet=facts, folder="", folder_state=FolderState.UNKNOWN)
    assert messages(nowhere) == ["its kubelet names no manifest folder"]


def test_without_kubelet_and_inventory_the_folder_is_never_guessed() -> None:
    look = replace(LOOK, kubelet=DOWN, folder="", folder_state=FolderState.UNKNOWN)
    assert messages(look, wait_for=WaitFor.FILE) == [
        "the manifest folder is not known: no kubelet runs on it"
    ]


def test_only_a_regular_pod_owns_a_name() -> None:
    web = manifest()
    owners = name_owners([None, Unavailable("x"), mirror(web), mirror(web, config_mirror=None)])
    assert [message(owner) for owner in owners] == [
        "a regular pod owns the name `default/web-n1`, so the static pod could have no mirror pod"
    ]
    assert hint(owners[0]).endswith("`kubectl -n default delete pod web-n1`")


def test_some_source_must_be_there_unless_files_are_enough() -> None:
    blind = replace(LOOK, pods=None, pods_problem="there is no crictl on the node")
    [check] = unverifiable(blind, api="no kubeconfig", wait_for=WaitFor.READY)
    assert message(check) == "cannot verify what runs: there is no crictl on the node; the API: no kubeconfig"
    assert unverifiable(blind, api="", wait_for=WaitFor.READY) == ()
    assert unverifiable(blind, api="no kubeconfig", wait_for=WaitFor.FILE) == ()
    assert unverifiable(LOOK, api="no kubeconfig", wait_for=WaitFor.READY) == ()


def test_a_runtime_that_cannot_be_asked_is_a_warning_since_the_api_stands_alone() -> None:
    look = observation(pods=None, pods_problem="there is no crictl on the node")
    assert warnings(look, WaitFor.READY) == (
        "there is no crictl on the node; the result relies on the API alone",
    )
    assert warnings(look, WaitFor.FILE) == ()


@pytest.mark.parametrize(
    ("doubt", "starts"),
    [
        (None, "start it (`systemctl start kubelet`"),
        (Doubt.UNREADABLE, "set `ansible_become: true`"),
        (Doubt.DISTRUSTED, "make root the owner"),
        (
            Doubt.ELSEWHERE,
            "start the node's own (`systemctl start kubelet`); if that one is this node's, set",
        ),
        (Doubt.SEVERAL, "to say which, set `podwright_manifest_dir`, and `podwright_kubelet_pid_file`"),
    ],
)
def test_only_a_kubelet_that_is_down_is_to_be_started(doubt, starts) -> None:
    look = replace(LOOK, kubelet=replace(DOWN, doubt=doubt))
    [check] = preflight(look, configured_folder=None, wait_for=WaitFor.READY)
    assert hint(check).startswith(starts)
