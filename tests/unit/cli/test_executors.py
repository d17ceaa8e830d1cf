"""Where work on nodes is done."""

from __future__ import annotations

import pytest

from podwright.cli.executors import work_elsewhere
from podwright.cli.site_options import SiteOptions
from podwright.errors import UsageError
from podwright.plan.run import Run


def test_in_threads_there_is_nothing_elsewhere() -> None:
    with work_elsewhere("threads", "", 4, SiteOptions()) as found:
        assert found(Run("r", "me")) is None


@pytest.mark.parametrize(
    ("executor", "scheduler", "options", "message"),
    [
        ("dask", "", SiteOptions(), "needs a scheduler"),
        ("processes", "tcp://127.0.0.1:1", SiteOptions(), "is for `--executor dask`"),
        ("processes", "", SiteOptions(ask_pass=True), "does not travel"),
        ("dask", "tcp://10.0.0.1:1", SiteOptions(), "without TLS"),
    ],
)
def test_what_cannot_be_is_refused(executor, scheduler, options, message) -> None:
    with (
        pytest.raises(UsageError, match=message),
        work_elsewhere(executor, scheduler, 4, options),
    ):
        pass
