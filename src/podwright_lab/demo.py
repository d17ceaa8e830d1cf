"""The story of `podwright lab demo`: what podwright is for, shown on a lab of three nodes and checked step by step."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from podwright_lab.cluster import Lab, LabNode
from podwright_lab.lab_error import LabError
from podwright_lab.storyteller import Say, Storyteller

_CONFIG_MIRROR = "kubernetes.io/config.mirror"
_GREETING = "good morning"
_NEW_GREETING = "good evening"
_DRIFT_EXIT_STATUS = 3


def tell(say: Say, *, speed: float = 1.0) -> None:
    """Start a lab, tell the story, end the lab; raises LabError at the first step that does not happen."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="podwright-demo-") as folder, Lab(folder, speed=speed) as lab:
        _introduce(lab, say)
        story = Storyteller(lab, say)
        for step in (_render, _push, _push_again, _update, _delete_mirror, _drift, _remove):
            step(lab, story)
    seconds = time.monotonic() - started
    say(f"\nEvery step happened and was checked, in {seconds:.0f} s. The lab is gone again.")


def _introduce(lab: Lab, say: Say) -> None:
    nodes = ", ".join(node.name for node in lab.nodes)
    say(f"A lab runs on this machine's loopback: {nodes}.")
    say("Each node has SSH, a stand-in kubelet and a stand-in crictl; one API serves them all.")
    say("These variables name its inventory, templates and kubeconfig:")
    for name, value in lab.layout.environment().items():
        say(f"   {name}={value}")


def _render(_lab: Lab, story: Storyteller) -> None:
    story.chapter("A template and a node's variables make a manifest")
    text = story.podwright("manifest", "render", "--limit", "cp-1", "--only", "hello")
    story.happened("the manifest greets as the inventory says", _GREETING in text and "cp-1" in text)


def _push(lab: Lab, story: Storyteller) -> None:
    story.chapter("Push: every node gets its manifests, and podwright waits until the pods are proven to run")
    story.podwright("manifest", "push", "-y")
    for node in lab.nodes:
        files = sorted(_files(node))
        story.happened(f"{node.name} has its two files", files == ["hello.yaml", "watchdog.yaml"])
        running = [sandbox["metadata"]["uid"] for sandbox in story.ready_sandboxes("hello", node)]
        mirrored = [_static_uid(_mirror(story, node))]
        story.happened(
            f"{node.name} runs one `hello`, and its mirror pod names that very one", running == mirrored
        )
    story.aside("The API shows the mirror pods as any others:")
    listing = story.podwright("lab", "kubectl", "get", "pods", "-A")
    story.happened("all six are listed", sum(node.name in listing for node in lab.nodes) == len(lab.nodes))


def _push_again(lab: Lab, story: Storyteller) -> None:
    story.chapter("Push again: nothing changed, so nothing is written")
    before = [_files(node) for node in lab.nodes]
    story.podwright("manifest", "push", "-y")
    story.happened(
        "every file has the inode and the time it had", [_files(node) for node in lab.nodes] == before
    )


def _update(lab: Lab, story: Storyteller) -> None:
    story.chapter("Update: a new greeting, and as little time as can be in which nothing runs")
    variables = lab.inventory / "group_vars/all.yaml"
    variables.write_text(variables.read_text().replace(_GREETING, _NEW_GREETING))
    story.aside(f"In {variables.name}: hello_greeting is `{_NEW_GREETING}` now.")
    before = {node.name: _static_uid(_mirror(story, node)) for node in lab.nodes}
    difference = story.podwright("manifest", "diff", "--limit", "cp-1")
    story.happened("the diff shows both greetings", _GREETING in difference and _NEW_GREETING in difference)
    story.podwright("manifest", "push", "-y")
    for node in lab.nodes:
        mirror = _mirror(story, node)
        replaced = _static_uid(mirror) != before[node.name] and _NEW_GREETING in str(mirror["spec"])
        story.happened(f"{node.name} runs another pod, with the new greeting", replaced)


def _delete_mirror(lab: Lab, story: Storyteller) -> None:
    story.chapter("A mirror pod is only a mirror: deleted through the API, it comes back, and nothing stops")
    node = lab.nodes[1]
    before = _mirror(story, node)
    story.podwright("lab", "kubectl", "delete", "pod", f"hello-{node.name}")
    story.soon("the mirror pod is back, a new object", lambda: _is_back(story, node, before))
    after = _mirror(story, node)
    story.happened("it mirrors the same static pod", _static_uid(after) == _static_uid(before))
    story.soon(
        "its container never stopped", lambda: _containers(_mirror(story, node)) == _containers(before)
    )


def _is_back(story: Storyteller, node: LabNode, before: Mapping[str, Any]) -> bool:
    found = story.mirror("hello", node)
    return found is not None and found["metadata"]["uid"] != before["metadata"]["uid"]


def _drift(lab: Lab, story: Storyteller) -> None:
    story.chapter("Drift: somebody edits a file on a node by hand, and podwright finds it")
    story.podwright("drift", "check")
    node = lab.nodes[2]
    file = node.manifest_dir / "hello.yaml"
    file.write_text(file.read_text().replace(_NEW_GREETING, "good grief"))
    story.aside(f"On {node.name}, somebody changes the greeting in {file.name}.")
    findings = story.podwright("drift", "check", exit_status=_DRIFT_EXIT_STATUS)
    named = node.name in findings and "hello" in findings
    story.happened(f"the finding names {node.name} and `hello`", named)
    story.aside("A push repairs it:")
    story.podwright("manifest", "push", "-y")
    story.podwright("drift", "check")
    story.happened("the file greets as it should again", _NEW_GREETING in file.read_text())


def _remove(lab: Lab, story: Storyteller) -> None:
    story.chapter("Remove: the file goes, then podwright waits until the pod and its mirror are truly gone")
    story.podwright("manifest", "remove", "hello", "-y")
    for node in lab.nodes:
        gone = "hello.yaml" not in _files(node) and not story.ready_sandboxes("hello", node)
        story.happened(
            f"{node.name}: no file, no sandbox, no mirror pod", gone and not story.mirror("hello", node)
        )
    story.podwright("lab", "kubectl", "get", "pods", "-A")


def _files(node: LabNode) -> Mapping[str, tuple[int, int]]:
    """Inode and modification time of each file in the node's manifest folder."""
    entries = ((entry.name, entry.stat()) for entry in Path(node.manifest_dir).iterdir())
    return {name: (status.st_ino, status.st_mtime_ns) for name, status in entries}


def _mirror(story: Storyteller, node: LabNode) -> Mapping[str, Any]:
    found = story.mirror("hello", node)
    if found is None:
        raise LabError(f"{node.name}: the API shows no mirror pod of `hello`")
    return found


def _static_uid(mirror: Mapping[str, Any]) -> str:
    return str(mirror["metadata"]["annotations"][_CONFIG_MIRROR])


def _containers(mirror: Mapping[str, Any]) -> list[tuple[str, int]]:
    statuses = mirror["status"].get("containerStatuses") or ()
    return [(status.get("containerID", ""), status.get("restartCount", 0)) for status in statuses]
