"""How long a pod may take, from its own manifest."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import manifest

from podwright.plan.deadlines import (
    removal_deadline,
    second_write_deadline,
    start_deadline,
)

WEB = manifest()


def probed(probes: str):
    return manifest(image=f"example.com/web:1\n{probes}")


def test_a_first_push_waits_for_no_old_pod() -> None:
    assert start_deadline(WEB, None) == 150


@pytest.mark.parametrize(("grace", "more"), [(0, 17), (2, 17), (30, 45), (600, 615)])
def test_an_update_waits_out_the_old_pods_grace_and_the_kubelets_queue(grace, more) -> None:
    assert start_deadline(WEB, grace) == 150 + more


@pytest.mark.parametrize(("grace", "seconds"), [(0, 32), (30, 60), (3600, 3630)])
def test_a_removal_waits_out_the_grace(grace, seconds) -> None:
    assert removal_deadline(grace) == seconds


@pytest.mark.parametrize(("grace", "seconds"), [(0, 12), (30, 40)])
def test_a_second_write_is_not_waited_for_longer_than_the_old_pod_can_take(grace, seconds) -> None:
    assert second_write_deadline(grace) == seconds


def test_probes_add_what_they_may_take() -> None:
    slow = probed(
        "    startupProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 30}\n"
        "    readinessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 7, successThreshold: 2}\n"
    )
    assert slow.readiness_seconds == 5 + 10 * 30 + 7 + 10 * 2
    assert start_deadline(slow, None) == 150 + slow.readiness_seconds


def test_without_probes_nothing_is_added() -> None:
    assert WEB.readiness_seconds == 0
