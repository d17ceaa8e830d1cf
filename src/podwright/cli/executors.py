"""Where work on nodes is done: in threads of this process, in other processes, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from podwright.errors import UsageError

if TYPE_CHECKING:
    from podwright.cli.site_options import SiteOptions
    from podwright.operations.node_work import NodeWork
    from podwright.operations.worker_tasks import Workers
    from podwright.plan.run import Run


@contextmanager
def work_elsewhere(
    executor: str, scheduler: str, forks: int, options: SiteOptions
) -> Iterator[Callable[[Run], NodeWork | None]]:
    """What does the work of a run; None: threads do it here. Raises UsageError."""
    _refuse(executor, scheduler, options)
    if executor == "threads":
        yield lambda _run: None
        return
    # a run in threads pays for none of it
    from podwright.cli.worker import login_of
    from podwright.operations.worker_tasks import Elsewhere

    with _workers(executor, scheduler, forks) as workers:
        yield partial(Elsewhere, workers, login_of(options))


@contextmanager
def _workers(executor: str, scheduler: str, forks: int) -> Iterator[Workers]:
    if executor == "dask":
        from podwright.cli.dask_workers import dask_workers

        with dask_workers(scheduler) as cluster:
            yield cluster
    else:
        from podwright.cli.process_workers import process_workers

        with process_workers(forks) as processes:
            yield processes


def _refuse(executor: str, scheduler: str, options: SiteOptions) -> None:
    if executor == "dask" and not scheduler:
        raise UsageError(
            "`--executor dask` needs a scheduler", "give its address: `--scheduler tls://HOST:8786`"
        )
    if scheduler and executor != "dask":
        raise UsageError("`--scheduler` is for `--executor dask`", "give both, or leave it out")
    if executor != "threads" and (options.ask_pass or options.ask_become_pass):
        raise UsageError(
            "a password that is asked for does not travel to workers",
            "let them log in with an agent or key files of their own, or leave `--executor` out",
        )
