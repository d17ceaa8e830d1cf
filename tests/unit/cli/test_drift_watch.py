"""`drift watch` on a node: what it prints, what it serves, and that it ends."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from urllib.request import urlopen

import pytest
from tests.cli.conftest import Site
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import FakeNode

from podwright.cli import drift_server, drift_watch
from podwright.operations import drift_watch as watching
from podwright.operations.interruption import Interruption

WATCH = ("drift", "watch", "--wait-for", "file")


@pytest.fixture
def sleeps(node: FakeNode, monkeypatch):
    """Each sleep does the next of these instead; the watch ends after the last."""
    steps: list = []

    def sleep(_seconds: float) -> None:
        time.sleep(0.005)  # the next round's time has come
        if steps:
            steps.pop(0)()
        if not steps:
            node.world.interruption.ask()

    monkeypatch.setattr(drift_watch, "sleep", sleep)
    monkeypatch.setattr(watching, "JITTER", 0)
    return steps


def test_it_prints_what_changes(one_node: Site, node: FakeNode, sleeps: list) -> None:
    sleeps += [lambda: node.place(manifest()), lambda: None]
    answer = one_node.run(*WATCH, "--interval", "0.001")
    lines = [line.partition(" ")[2] for line in answer.out.splitlines()]
    assert (answer.code, lines[0]) == (0, "n1: file-missing: web.yaml: it should be there")
    assert lines[1].startswith("n1: mended: web.yaml: file-missing (since 20")
    assert answer.err == "note: watching 1 node, each every 0.001 s; Ctrl-C ends\n"


def test_a_second_run_does_not_tell_again(one_node: Site, node: FakeNode, sleeps: list) -> None:
    assert "file-missing" in one_node.run(*WATCH).out
    node.world = replace(node.world, interruption=Interruption())
    assert one_node.run(*WATCH).out == ""


def test_records_are_of_what_changed(one_node: Site, sleeps: list) -> None:
    document = json.loads(one_node.run(*WATCH, "-o", "jsonl").out)
    assert document["nodes"][0]["findings"][0]["drift"] == "file-missing"


def test_it_serves_metrics_and_the_report(one_node: Site, sleeps: list, monkeypatch) -> None:
    found: dict[str, str] = {}

    def ask() -> None:
        for path in ("metrics", "report.json", ""):
            with urlopen(f"http://127.0.0.1:{ports[0]}/{path}", timeout=60) as answer:
                found[path] = answer.read().decode()

    ports: list[int] = []
    served = drift_server.served

    @contextmanager
    def noted(host, port, pages):
        with served(host, port, pages) as found:
            ports.append(found)
            yield found

    sleeps.append(ask)
    monkeypatch.setattr(drift_server, "served", noted)
    assert one_node.run(*WATCH, "--listen", "127.0.0.1:0").code == 0
    assert 'podwright_drift_findings{kind="file-missing"} 1\n' in found["metrics"]
    assert json.loads(found["report.json"])["nodes"][0]["findings"][0]["drift"] == "file-missing"
    assert "file-missing" in found[""]


def test_an_inventory_that_is_broken_at_the_start_ends_it(one_node: Site) -> None:
    one_node.inventory.write_text("all: [")
    assert one_node.run(*WATCH).code == 1


def test_one_that_breaks_later_does_not(one_node: Site, node: FakeNode, sleeps: list, monkeypatch) -> None:
    monkeypatch.setattr(drift_watch, "AGAIN_SECONDS", 0.0001)
    whole = one_node.inventory.read_text()
    sleeps += [
        lambda: one_node.inventory.write_text("all: ["),
        lambda: one_node.inventory.write_text(whole),
        lambda: None,
    ]
    answer = one_node.run(*WATCH, "--interval", "0.001")
    assert answer.code == 0
    assert "error: " in answer.err
