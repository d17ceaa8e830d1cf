"""What a program reports after its writes, until it has nothing more to tell."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.unit.remote.node.test_apply import (
    WEB,
    carry_out,
    kinds,
    only,
    order,
)
from tests.unit.remote.node.test_apply_second_write import ignoring_sigpipe

from podwright.plan.events import (
    Ended,
    Event,
    FilesSeen,
    KubeletGone,
    RuntimeSeen,
    RuntimeUnavailable,
    Ticked,
)


def put(path: Path, text: str) -> None:
    """Whole at every instant, as it is read meanwhile."""
    staged = path.with_suffix(".staged")
    staged.write_text(text)
    staged.replace(path)


def test_the_watch_ends_with_its_deadline(node) -> None:
    events = carry_out(node, order(node, WEB, watch_seconds=1))
    assert kinds(events)[-1] is Ended
    assert Ticked in kinds(events)


def test_the_watch_ends_when_the_caller_hangs_up_even_where_sigpipe_is_ignored(node) -> None:
    watching = order(node, watch_seconds=600)
    carry_out(node, watching, lambda event: not isinstance(event, Ticked), host=ignoring_sigpipe(node))


def test_the_watch_shows_the_files_and_the_runtime_as_they_change(node) -> None:
    node.crictl(f"cat {node.root}/$1.json")
    (node.root / "pods.json").write_text('{"items": []}')
    (node.root / "ps.json").write_text('{"containers": []}')
    shown = []

    def on_event(event: Event) -> bool:
        if isinstance(event, FilesSeen | RuntimeSeen):
            shown.append(event)
            if len(shown) == 2:
                put(node.root / "pods.json", '{"items": [{}]}')
                (node.folder / "stray").write_text("x")
        return len(shown) < 4

    carry_out(node, order(node, watch_seconds=60), on_event)
    files = [event.sums for event in shown if isinstance(event, FilesSeen)]
    assert [len(sums) for sums in files] == [0, 1]
    assert files[1].keys() == {"stray"}
    assert [len(event.pods) for event in shown if isinstance(event, RuntimeSeen)] == [0, 1]
    assert isinstance(shown[0], FilesSeen)


def test_a_runtime_that_fails_and_comes_back_unchanged_speaks_again(node) -> None:
    node.crictl(
        f'[ ! -e {node.root}/down ] || {{ echo "no socket" >&2; exit 1; }}; echo \'{{"items": [], "containers": []}}\''
    )
    shown = []

    def on_event(event: Event) -> bool:
        if isinstance(event, RuntimeSeen | RuntimeUnavailable):
            shown.append(type(event))
            (node.root / "down").touch() if len(shown) == 1 else (node.root / "down").unlink(missing_ok=True)
            assert event == RuntimeUnavailable("crictl failed: no socket") or isinstance(event, RuntimeSeen)
        return shown.count(RuntimeSeen) < 2

    carry_out(node, order(node, watch_seconds=60), on_event)
    assert shown[0] is RuntimeSeen
    assert RuntimeUnavailable in shown
    assert shown[-1] is RuntimeSeen


def test_a_crictl_that_hangs_is_ended_and_told(dash_node) -> None:
    dash_node.crictl("exec sleep 1000")
    events = carry_out(
        dash_node, order(dash_node, watch_seconds=60), lambda event: not isinstance(event, RuntimeUnavailable)
    )
    assert only(events, RuntimeUnavailable).reason == "crictl failed: no answer within 5 s"


def test_no_crictl_is_told(node) -> None:
    events = carry_out(
        node, order(node, watch_seconds=60), lambda event: not isinstance(event, RuntimeUnavailable)
    )
    assert only(events, RuntimeUnavailable).reason == "there is no crictl on the node"


def test_a_fifo_odd_names_and_hundreds_of_files_do_not_stop_the_watch(dash_node) -> None:
    os.mkfifo(dash_node.folder / "fifo")
    (dash_node.folder / "a\nb").write_text("x")
    (dash_node.folder / "-n").write_text("x")
    for number in range(300):
        (dash_node.folder / f"stray-{number}").write_text("x")
    events = carry_out(
        dash_node, order(dash_node, watch_seconds=60), lambda event: not isinstance(event, Ticked)
    )
    assert len(only(events, FilesSeen).sums) == 302


def test_a_kubelet_that_ends_meanwhile_is_told(node) -> None:
    look = node.seen(pid=4194303)
    events = carry_out(
        node, order(node, look=look, watch_seconds=60), lambda event: not isinstance(event, KubeletGone)
    )
    assert KubeletGone in kinds(events)


def crowd(state: str) -> tuple[str, str]:
    """The pod `web-n1`, whose container is in `state`, among 300 others, which change with every call."""
    names = [*(f"other-{number}-n1" for number in range(300)), "web-n1"]
    labels = {name: {"io.kubernetes.pod.name": name, "noise": state, "more": "x" * 200} for name in names}
    pods = [{"id": name, "metadata": {"name": name}, "labels": labels[name]} for name in names]
    containers = [
        {"podSandboxId": name, "metadata": {"name": "main"}, "state": state, "labels": labels[name]}
        for name in names
    ]
    # as crictl lays it out
    return (
        json.dumps({"items": pods}, indent=2) + "\n",
        json.dumps({"containers": containers}, indent=2) + "\n",
    )


@pytest.mark.parametrize(("concerns", "shown"), [(("web-n1", "sha256:aa"), 1), ((), 301), (("web'n1",), 301)])
def test_only_the_pods_that_concern_the_run_are_sent(node, concerns, shown) -> None:
    node.crictl(f"cat {node.root}/$1.json")
    for name, text in zip(("pods", "ps"), crowd("CONTAINER_RUNNING"), strict=True):
        (node.root / f"{name}.json").write_text(text)
    events = carry_out(
        node,
        order(node, watch_seconds=60, concerns=concerns),
        lambda event: not isinstance(event, RuntimeSeen),
    )
    pods = [pod for pod in only(events, RuntimeSeen).pods if pod.ref.name]
    assert len(pods) == shown
    [web] = [pod for pod in pods if pod.ref.name == "web-n1"]
    assert [container.running for container in web.containers] == [True]


def test_what_changes_of_other_pods_is_not_sent(dash_node) -> None:
    node = dash_node
    node.crictl(f"cat {node.root}/$1.json")
    pods, containers = crowd("CONTAINER_RUNNING")
    (node.root / "pods.json").write_text(pods)
    (node.root / "ps.json").write_text(containers)
    shown = []

    def on_event(event: Event) -> bool:
        shown.append(type(event))
        changes = shown.count(Ticked)
        put(node.root / "pods.json", pods.replace('"noise": "CONTAINER_RUNNING"', f'"noise": "{changes}"', 9))
        return changes < 4

    carry_out(node, order(node, watch_seconds=60, concerns=("web-n1",)), on_event)
    assert shown.count(RuntimeSeen) == 1
