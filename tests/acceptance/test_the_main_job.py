"""Push, push again, update, drift, remove: as a person runs them, on the lab or a real cluster."""

from __future__ import annotations

import time

from tests.acceptance.conftest import NAME, Site, full_name

from podwright.plan.observed import MirrorPod

FILE = f"{NAME}.yaml"


def push(site: Site, *arguments: str):
    return site.podwright("manifest", "push", "-y", "--only", NAME, "-o", "json", *arguments)


def mirrors(site: Site) -> dict[str, MirrorPod]:
    with_api = site.cluster
    try:
        return {node: with_api.pod(full_name(pod)) for node, pod in site.statuses().items()}
    finally:
        with_api.close()


def test_a_push_is_proven_by_file_sandbox_and_mirror_on_every_node(site: Site) -> None:
    answer = push(site)
    assert answer.code == 0, answer.err
    for node in answer.document["nodes"]:
        [pod] = node["pods"]
        assert node["status"] == "changed"
        assert pod["proven"]
        assert {name: entry["result"] for name, entry in pod["evidence"].items()} == dict.fromkeys(
            ("file", "sandbox", "mirror"), "yes"
        )
    running = {node: pod["uid"] for node, pod in site.statuses().items()}
    assert {node: mirror.config_mirror for node, mirror in mirrors(site).items()} == running
    assert set(running) == {node.name for node in site.nodes}


def test_a_second_push_writes_nothing(site: Site) -> None:
    assert push(site).code == 0
    look = "stat -c '%i %Y %Z' {}/" + FILE
    before = {node.name: site.shell(node, look.format(site.folder_of(node))) for node in site.nodes}
    answer = push(site)
    assert answer.code == 0, answer.err
    assert [(node["status"], node["applied"]) for node in answer.document["nodes"]] == [
        ("unchanged", []) for _ in site.nodes
    ]
    assert before == {node.name: site.shell(node, look.format(site.folder_of(node))) for node in site.nodes}


def test_an_update_ends_with_the_new_pod_and_says_how_long_nothing_ran(site: Site) -> None:
    assert push(site).code == 0
    old = {node: pod["uid"] for node, pod in site.statuses().items()}
    site.greet("good evening")
    answer = push(site)
    assert answer.code == 0, answer.err
    new = {node: pod["uid"] for node, pod in site.statuses().items()}
    assert all(old[node] != new[node] for node in old)
    assert {node: mirror.config_mirror for node, mirror in mirrors(site).items()} == new
    for node in answer.document["nodes"]:
        [seconds] = node["nothingRanSeconds"].values()
        assert seconds > 0
        # without the second write the kubelet takes 10 s or more
        assert seconds < 10, node
        assert [entry["what"] for entry in node["applied"]] == ["written", "second"]


def test_drift_made_by_hand_is_found_told_in_one_line_and_repaired(site: Site) -> None:
    assert push(site).code == 0
    assert site.podwright("drift", "check", "--only", NAME, "--quiet").out == ""
    victim = site.nodes[-1]
    file = f"{site.folder_of(victim)}/{FILE}"
    site.shell(victim, f"cd / && sed 's/hello/by hand/' {file} >{file}.new && mv {file}.new {file}")
    found = site.podwright("drift", "check", "--only", NAME, "--quiet")
    assert found.code == 3
    assert found.out == f"{victim.name}: file-changed: {FILE}: the file was changed by hand\n"
    assert push(site).code == 0
    assert site.podwright("drift", "check", "--only", NAME).code == 0


def test_a_mirror_deleted_through_the_api_comes_back_and_is_no_drift(site: Site) -> None:
    assert push(site).code == 0
    node, before = next(iter(mirrors(site).items()))
    site.kubectl("-n", before.ref.namespace, "delete", "pod", before.ref.name, "--wait=false")
    deadline = time.monotonic() + 60
    while (after := mirrors(site)[node]) is None or after.uid == before.uid or not after.ready:
        assert time.monotonic() < deadline, "the mirror pod did not come back"
        time.sleep(0.2)
    assert after.config_mirror == before.config_mirror
    assert site.podwright("drift", "check", "--only", NAME).code == 0


def test_a_removal_works_without_template_and_inventory_entry_and_truly_removes(site: Site) -> None:
    assert push(site).code == 0
    pods = {node: full_name(pod) for node, pod in site.statuses().items()}
    (site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2").unlink()
    (site.folder / "inventory" / "zz-acceptance.yaml").unlink()
    answer = site.podwright("manifest", "remove", NAME, "-y", "-o", "json")
    assert answer.code == 0, answer.err
    assert all(node["pods"][0]["proven"] for node in answer.document["nodes"])
    assert site.statuses() == {}
    cluster = site.cluster
    assert [cluster.pod(pod) for pod in pods.values()] == [None for _ in pods]
    cluster.close()
    again = site.podwright("manifest", "remove", NAME, "-y", "-o", "json")
    assert again.code == 0
    assert {node["status"] for node in again.document["nodes"]} == {"unchanged"}


def test_a_dry_run_says_what_would_happen_and_does_nothing(site: Site) -> None:
    answer = push(site, "--dry-run", "--exit-code")
    assert answer.code == 3
    assert {node["status"] for node in answer.document["nodes"]} == {"pending"}
    assert site.statuses() == {}


def test_without_a_kubeconfig_the_nodes_carry_the_verdict_and_the_report_says_so(site: Site) -> None:
    answer = push(site, "--no-api")
    assert answer.code == 0, answer.err
    assert "the API was not checked (--no-api)" in answer.err
    [pod] = answer.document["nodes"][0]["pods"]
    assert (pod["expected"], pod["proven"], sorted(pod["evidence"])) == ("running", True, ["file", "sandbox"])
