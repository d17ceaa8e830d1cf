"""Workers that are processes of this machine."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from podwright.cli.process_workers import process_workers
from podwright.operations.worker_tasks import LostWorkerError


def test_each_task_gets_its_answer_and_they_end_with_the_run() -> None:
    with process_workers(4) as workers, ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda task: workers.do(task, ""), ["nonsense", "{}", "[]", "3"])
        assert all("error" in json.loads(answer) for answer in answers)
        processes = [worker.process for worker in workers._workers]
    assert all(process.poll() is not None for process in processes)


def test_a_worker_that_is_killed_loses_its_tasks_and_another_takes_its_place() -> None:
    with process_workers(1) as workers:
        [worker] = workers._workers
        worker.process.kill()
        worker.process.wait()
        lost = worker.send("nonsense")
        with pytest.raises(LostWorkerError):
            lost.result(60)
        assert "error" in json.loads(workers.do("nonsense", ""))
