"""What is waited for at each level, and what an expectation is about."""

from __future__ import annotations

import pytest

from podwright.plan.expectations import Expectation, WaitFor
from podwright.pods.pod_ref import PodRef

POD = PodRef("default", "web-n1")


def test_each_level_includes_those_before_it() -> None:
    assert [level for level in WaitFor if WaitFor.MIRROR.includes(level)] == [
        WaitFor.FILE,
        WaitFor.RUNNING,
        WaitFor.MIRROR,
    ]


@pytest.mark.parametrize(
    ("sha256s", "wait_for", "gone", "observes"),
    [
        ((), WaitFor.RUNNING, True, True),
        ((), WaitFor.FILE, True, False),
        (("aa",), WaitFor.RUNNING, False, False),
        (("aa",), WaitFor.MIRROR, False, True),
    ],
)
def test_a_mirror_is_observed_for_what_must_be_gone_and_from_its_own_level_on(
    sha256s, wait_for, gone, observes
) -> None:
    wanted = Expectation("web.yaml", POD, sha256s=sha256s, wait_for=wait_for)
    assert (wanted.gone, wanted.observes_mirror, wanted.subject) == (gone, observes, "default/web-n1")


def test_a_file_that_defines_no_pod_stands_for_itself() -> None:
    wanted = Expectation("web.yaml", None)
    assert (wanted.subject, wanted.observes_mirror) == ("web.yaml", False)
