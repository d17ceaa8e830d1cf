"""Work on nodes that other processes do: the same result, and a worker that is killed doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.acceptance.conftest import NAME, Answer, Site
from tests.fakes.sshd import free_port

distributed = pytest.importorskip("distributed")


@dataclass
class Cluster:
    """A scheduler and workers of Dask on loopback."""

    address: str
    site: Site
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *words: str) -> None:
        self.processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "dask", *words, "--no-dashboard"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        )

    def push(self, *more: str, **environment: str) -> Answer:
        words = ("manifest", "push", "-y", "--only", NAME, "--all-at-once", "-o", "json")
        dask = ("--executor", "dask", "--scheduler", self.address)
        return self.site.podwright(*words, *dask, *more, **environment)


@pytest.fixture
def cluster(site: Site) -> Iterator[Cluster]:
    port = free_port()
    made = Cluster(f"tcp://127.0.0.1:{port}", site)
    made.start("scheduler", "--host", "127.0.0.1", "--port", str(port))
    for _ in range(2):
        made.start(
            "worker", made.address, "--nthreads", "2", "--no-nanny", "--resources", "podwright-here=10"
        )
    # one that comes while a push goes on would find a part of its nodes done
    with distributed.Client(made.address, timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
    yield made
    for process in made.processes:
        process.kill()
        process.wait()


def statuses(answer: Answer) -> set[str]:
    return {node["status"] for node in answer.document["nodes"]}


def generations(site: Site) -> set[int]:
    return {pod["generation"] for pod in site.statuses().values()}


def revisions_of(site: Site) -> list[int]:
    history = site.podwright("manifest", "history", NAME, "-o", "json").document
    return [len(node["revisions"]) for node in history["nodes"]]


def test_processes_do_what_threads_do(site: Site) -> None:
    answer = site.podwright("manifest", "push", "-y", "--only", NAME, "-o", "json", "--executor", "processes")
    assert (answer.code, statuses(answer)) == (0, {"changed"}), answer.err
    assert all(pod["proven"] for node in answer.document["nodes"] for pod in node["pods"])


def test_a_dask_cluster_does_it_and_a_site_without_workers_is_told(cluster: Cluster) -> None:
    first = cluster.push()
    assert (first.code, statuses(first)) == (0, {"changed"}), first.err
    nowhere = cluster.push("-e", "podwright_site=nowhere")
    assert nowhere.code == 1
    assert "the Dask cluster has no worker of the site `nowhere`" in nowhere.err
    here = cluster.push("-e", "podwright_site=here")
    assert (here.code, statuses(here)) == (0, {"unchanged"}), here.err


def test_a_worker_that_is_killed_while_it_changes_nodes_doubles_nothing(cluster: Cluster) -> None:
    site = cluster.site
    assert cluster.push().code == 0
    before, revisions = generations(site), revisions_of(site)
    site.greet("again")
    answers: list[Answer] = []
    run = threading.Thread(target=lambda: answers.append(cluster.push()))
    run.start()
    deadline = time.monotonic() + 60
    while generations(site) == before and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(cluster.processes[1].pid, signal.SIGKILL)
    run.join()
    # told as done, as found done, or as not known; and written once, with the second write that ends the gap
    assert statuses(answers[0]) <= {"changed", "unchanged", "failed"}
    again = site.podwright("manifest", "push", "-y", "--only", NAME, "-o", "json")
    assert (again.code, statuses(again)) == (0, {"unchanged"}), again.err
    assert revisions_of(site) == [count + 1 for count in revisions]
    print(sorted((node["node"], node["status"]) for node in answers[0].document["nodes"]))
