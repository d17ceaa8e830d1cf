"""One broken node: its own outcome says what and what to do, the other node's work is done."""

from __future__ import annotations

import re

import pytest
from tests.faults.conftest import Faults


def one_node_fails(faults: Faults, *words: str, status: str) -> None:
    """A push whose first node is broken: exit 1, cp-1 says why, cp-2 is done."""
    answer = faults.push("--all-at-once", "--max-fail", "100%")
    assert answer.code == 1
    assert answer.node("cp-1")["status"] == status, answer.err
    assert answer.node("cp-2")["status"] == "changed", answer.err
    assert faults.file("cp-2").exists()
    for word in ("cp-1", *words):
        assert word in answer.err, answer.err


def test_no_kubelet_is_found_before_anything_is_written(faults: Faults) -> None:
    faults.breakages.break_node("cp-1", "kubelet-down")
    one_node_fails(faults, "no kubelet runs on it", "systemctl start kubelet", status="refused")
    assert not faults.file("cp-1").exists()


def test_a_full_disk_leaves_the_folder_as_it_was(faults: Faults) -> None:
    assert faults.push().code == 0
    before = faults.file("cp-1").read_bytes()
    faults.word("second")
    faults.breakages.break_node("cp-1", "disk-full")
    one_node_fails(faults, "cp-1", status="failed")
    assert faults.file("cp-1").read_bytes() == before
    assert [path.name for path in faults.file("cp-1").parent.iterdir()] == ["probe.yaml"]


def test_a_folder_that_cannot_be_written_to_is_named(faults: Faults) -> None:
    faults.breakages.break_node("cp-1", "folder-read-only")
    one_node_fails(faults, "cannot be written to", "findmnt", status="refused")


def test_a_node_that_hangs_costs_its_own_outcome_only(faults: Faults) -> None:
    faults.breakages.break_node("cp-1", "node-hung")
    answer = faults.run("--connect-timeout", "10", "manifest", "push", "-y", "--hold", "0", "-o", "json")
    assert answer.code == 1
    assert answer.node("cp-1")["status"] == "unreachable"
    assert answer.node("cp-2")["status"] == "changed", answer.err


def test_a_connection_cut_in_mid_command_is_told_with_what_may_have_been_done(faults: Faults) -> None:
    faults.breakages.break_node("cp-1", "ssh-cut")
    answer = faults.push()
    assert answer.code == 1
    assert answer.node("cp-1")["status"] in ("unreachable", "failed")
    assert answer.node("cp-2")["status"] == "changed", answer.err


def test_a_slow_link_is_only_slow(faults: Faults) -> None:
    faults.breakages.break_node("cp-1", "ssh-slow")
    answer = faults.push("--wait-for", "file")
    assert answer.code == 0, answer.err


def test_a_clock_an_hour_ahead_changes_nothing(faults: Faults) -> None:
    faults.breakages.break_node("cp-1", "clock-skew")
    assert faults.push().code == 0
    faults.word("second")
    answer = faults.push("--hold", "1")
    assert answer.code == 0, answer.err


def test_without_crictl_the_mirror_carries_the_verdict_and_the_report_says_so(faults: Faults) -> None:
    faults.breakages.break_node("cp-1", "crictl-missing")
    answer = faults.push()
    assert answer.code == 0, answer.err
    evidence = answer.node("cp-1")["pods"][0]["evidence"]
    assert (evidence["sandbox"]["result"], evidence["mirror"]["result"]) == ("unknown", "yes")
    found = faults.run("drift", "check")
    assert found.code == 4
    assert "cp-1: the sandbox could not be asked: there is no crictl on the node" in found.err


def test_without_crictl_and_api_nothing_is_written_since_nothing_could_be_proven(faults: Faults) -> None:
    faults.breakages.break_node("cp-1", "crictl-missing")
    answer = faults.push("--no-api")
    assert answer.code == 1
    assert answer.node("cp-1")["status"] == "refused"
    assert "cannot verify what runs" in answer.err
    assert not faults.file("cp-1").exists()


def test_with_the_api_down_the_nodes_carry_the_verdict_of_push_and_remove(faults: Faults) -> None:
    # a kubelet that has not reached the API since its start ends no pod
    assert faults.push().code == 0
    faults.word("second")
    faults.breakages.break_node("all", "api-down")
    pushed = faults.push()
    assert pushed.code == 0, pushed.err
    assert "the API was not checked" in pushed.err
    removed = faults.remove()
    assert removed.code == 0, removed.err
    assert removed.node("cp-1")["pods"][0]["evidence"]["mirror"]["result"] == "unknown"


def test_an_api_that_does_not_answer_is_never_clean(faults: Faults) -> None:
    assert faults.push().code == 0
    faults.breakages.break_node("all", "api-down")
    found = faults.run("drift", "check", "--quiet")
    assert (found.code, found.out) == (4, "")
    assert found.err.startswith("error: cp-1, cp-2: the mirror could not be asked: ")


def test_a_slow_api_is_only_slow(faults: Faults) -> None:
    faults.breakages.break_node("all", "api-slow")
    assert faults.push().code == 0


def test_a_removal_without_a_kubelet_takes_the_file_and_says_what_stays_and_why(faults: Faults) -> None:
    assert faults.push().code == 0
    folder = str(faults.file("cp-1").parent)
    hosts = faults.folder / "inventory" / "hosts.yaml"
    hosts.write_text(
        hosts.read_text() + "  vars: {}\n" if "vars:" not in hosts.read_text() else hosts.read_text()
    )
    host_vars = faults.folder / "inventory" / "host_vars"
    host_vars.mkdir()
    (host_vars / "cp-1.yaml").write_text(f"podwright_manifest_dir: {folder}\n")
    faults.breakages.break_node("cp-1", "kubelet-down")
    answer = faults.remove("-l", "cp-1")
    assert answer.code == 1
    assert not faults.file("cp-1").exists()
    assert "sandbox: the pod still runs; mirror: the mirror pod is still there" in answer.err
    assert "no kubelet runs on the node" in answer.err
    faults.breakages.mend_node("cp-1", "kubelet-down")
    again = faults.remove("-l", "cp-1")
    assert again.code == 0, again.err


def test_a_second_file_of_the_pod_stops_push_and_remove_and_is_named(faults: Faults) -> None:
    assert faults.push().code == 0
    stray = faults.file("cp-1").with_name("probe.yaml.bak")
    stray.write_bytes(faults.file("cp-1").read_bytes())
    try:
        faults.word("second")
        one_node_fails(
            faults, "`probe.yaml.bak` (a backup of podwright's `probe.yaml`) in `", status="conflict"
        )
        removed = faults.remove("-l", "cp-1")
        assert removed.code == 1
        assert removed.node("cp-1")["status"] == "conflict"
        found = faults.run("drift", "check", "-l", "cp-1")
        assert found.code == 3
        assert found.out.startswith("cp-1: pod-duplicate: probe.yaml: ")
    finally:
        stray.unlink()


def test_somebody_elses_file_is_a_conflict_until_it_is_adopted(faults: Faults) -> None:
    faults.file("cp-1").write_text(
        re.sub("{{ word }}", "theirs", (faults.folder / "templates" / "probe.yaml.j2").read_text())
    )
    one_node_fails(faults, "was not written by podwright", "--adopt", status="conflict")
    assert "theirs" in faults.file("cp-1").read_text()
    answer = faults.push("--adopt")
    assert answer.code == 0, answer.err
    assert "first" in faults.file("cp-1").read_text()


@pytest.mark.parametrize("word", ["second", "third"])
def test_a_regular_pod_that_owns_the_name_is_found_before_the_write(faults: Faults, word: str) -> None:
    from podwright_lab.api_client import ApiClient  # noqa: F401 - the lab's own client is the only thing that may create

    faults.word(word)
    faults.lab.store.create(
        "pods",
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "probe-cp-1", "namespace": "default"},
            "spec": {"containers": [{"name": "main", "image": "example.com/other:1"}]},
        },
    )
    try:
        one_node_fails(faults, "a regular pod owns the name `default/probe-cp-1`", status="refused")
        assert not faults.file("cp-1").exists()
    finally:
        faults.lab.store.delete("pods", "default", "probe-cp-1", grace_seconds=0)


def test_a_missing_namespace_is_found_before_any_node_is_touched(faults: Faults) -> None:
    template = faults.folder / "templates" / "probe.yaml.j2"
    template.write_text(
        template.read_text().replace("  name: probe\n", "  name: probe\n  namespace: ghost\n")
    )
    answer = faults.push()
    assert (answer.code, answer.out) == (1, "")
    assert (
        "there is no namespace `ghost`, so the pods of `probe.yaml` could have no mirror pods" in answer.err
    )
    assert not faults.file("cp-1").exists()
    alone = faults.push("--wait-for", "running")
    assert alone.code == 0, alone.err
    faults.lab.store.create(
        "namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ghost"}}
    )


@pytest.mark.parametrize(
    ("name", "image", "command", "words"),
    [
        ("no-image", "example.invalid/nowhere:1", "", ("ErrImagePull", "ImagePullBackOff")),
        (
            "crash",
            "docker.io/library/busybox:1.36",
            '["/bin/sh", "-c", "exit 3"]',
            ("container `main` ended with exit code 3", "last exit code 3"),
        ),
    ],
    ids=["image", "crash"],
)
def test_a_pod_that_cannot_start_is_told_with_the_kubelets_reason(
    faults: Faults, name, image, command, words
) -> None:
    template = faults.folder / "templates" / "probe.yaml.j2"
    # a name of its own: where the kubelet is not done with a pod of that name yet, it starts the next 10-15 s later
    text = template.read_text().replace("name: probe", f"name: {name}")
    lines = text.replace("docker.io/library/busybox:1.36", image).splitlines(keepends=True)
    own = f"      command: {command}\n" if command else ""
    template.write_text("".join(own if "command:" in line else line for line in lines))
    answer = faults.push("-l", "cp-1", "--timeout", "30", "--hold", "3")
    assert answer.code == 1
    assert answer.node("cp-1")["status"] == "failed"
    assert [entry["what"] for entry in answer.node("cp-1")["applied"]] == ["written"]
    # a crash loop is well at some instants, and may be so at the last one
    assert re.search(
        f"`default/{name}-cp-1` (is not proven ready|did not stay well for as long as it has to hold): ",
        answer.err,
    )
    assert any(word in answer.err for word in words), answer.err
