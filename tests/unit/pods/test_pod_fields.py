"""The few fields that others ask for have the API's defaults."""

from __future__ import annotations

import pytest

from podwright.pods.pod_fields import (
    container_names,
    grace_seconds,
    pod_ref,
    readiness_seconds,
    restart_policy,
    unready_seconds,
)
from podwright.pods.pod_ref import PodRef


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"name": "web"}, PodRef("default", "web")),
        ({"name": "web", "namespace": "team"}, PodRef("team", "web")),
        ({"name": "web", "namespace": ""}, PodRef("default", "web")),
        ({"name": ""}, None),
        ({"name": 5}, None),
        (None, None),
    ],
)
def test_a_pod_is_named_by_its_metadata(metadata, expected) -> None:
    assert pod_ref({"metadata": metadata}) == expected


@pytest.mark.parametrize(("given", "seconds"), [(5, 5), (0, 0), (-1, 1), ("5", 30), (True, 30), (None, 30)])
def test_the_grace_period_is_never_negative(given, seconds) -> None:
    assert grace_seconds({"spec": {"terminationGracePeriodSeconds": given}}) == seconds


def test_containers_and_the_restart_policy() -> None:
    document = {"spec": {"containers": [{"name": "a"}, {"name": "b"}, "odd"], "restartPolicy": "Never"}}
    assert container_names(document) == ("a", "b")
    assert restart_policy(document) == "Never"
    assert restart_policy({}) == "Always"


def test_readiness_may_take_as_long_as_the_slowest_containers_probes() -> None:
    slow = {
        "startupProbe": {"periodSeconds": 5, "failureThreshold": 4, "initialDelaySeconds": 3},
        "readinessProbe": {"periodSeconds": 2, "successThreshold": 3},
    }
    assert readiness_seconds({"spec": {"containers": [{}, slow]}}) == 3 + 5 * 4 + 2 * 3
    assert readiness_seconds({"spec": {"containers": [{"readinessProbe": {}}]}}) == 10
    assert readiness_seconds({}) == 0


@pytest.mark.parametrize(
    ("container", "seconds"),
    [
        (
            {"readinessProbe": {"initialDelaySeconds": 4, "periodSeconds": 0, "successThreshold": -1}},
            4 + 10 * 1,
        ),
        ({"startupProbe": {}}, 10 * 3),
        ({"startupProbe": {"successThreshold": 5, "failureThreshold": 1}}, 10 * 1),
        ({"readinessProbe": {"failureThreshold": 9}}, 10 * 1),
        ({"readinessProbe": "odd", "livenessProbe": {"periodSeconds": 99}}, 0),
        ({"readinessProbe": {"periodSeconds": "5"}}, 10),
        ("odd", 0),
    ],
)
def test_a_probe_without_numbers_has_those_of_the_api(container, seconds) -> None:
    assert readiness_seconds({"spec": {"containers": [container]}}) == seconds


@pytest.mark.parametrize("spec", [None, [], {"containers": {}}, {"containers": None, "restartPolicy": ""}])
def test_a_spec_of_any_shape_has_the_apis_defaults(spec) -> None:
    document = {"spec": spec}
    assert (container_names(document), restart_policy(document)) == ((), "Always")
    assert (readiness_seconds(document), grace_seconds(document)) == (0, 30)


def test_a_readiness_probe_may_fail_for_some_time_before_it_counts():
    quick = {"readinessProbe": {"periodSeconds": 2, "failureThreshold": 2, "timeoutSeconds": 3}}
    assert unready_seconds({"spec": {"containers": [{}, quick]}}) == 2 * 2 + 3 + 1
    assert unready_seconds({"spec": {"containers": [quick, {"readinessProbe": {}}]}}) == 10 * 3 + 1 + 1
    assert unready_seconds({"spec": {"containers": [{}]}}) == unready_seconds({}) == 0
