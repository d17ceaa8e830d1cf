"""What statuses say of resources, where no recording has more than one container."""

import pytest

from podwright_lab.kubelet.pod_resources import granted_to_container, granted_to_pod


def container(*, limits=None, **requests):
    return {"resources": {"requests": requests} | ({"limits": limits} if limits else {})}


def test_who_asks_for_nothing_was_granted_nothing():
    assert granted_to_container({"name": "c"}) == {"resources": {}}
    assert granted_to_container({"resources": {"requests": {}}}) == {"resources": {}}
    assert granted_to_pod({"containers": [{}]}) == {"resources": {}}


def test_a_container_was_granted_what_it_asks_for():
    asked = {"requests": {"cpu": "10m"}, "limits": {"memory": "1Gi"}}
    assert granted_to_container({"resources": asked}) == {
        "allocatedResources": {"cpu": "10m"},
        "resources": asked,
    }


SIDECAR = container(cpu="50m") | {"restartPolicy": "Always"}


@pytest.mark.parametrize(
    ("containers", "init", "requests"),
    [
        (
            [container(cpu="10m", memory="16Mi"), container(cpu="990m", memory="2032Mi")],
            [],
            {"cpu": "1", "memory": "2Gi"},
        ),
        ([container(cpu="10m")], [container(cpu="100m", memory="64M")], {"cpu": "100m", "memory": "64M"}),
        ([container(cpu="200m")], [container(cpu="100m")], {"cpu": "200m"}),
        ([container(cpu="10m")], [SIDECAR], {"cpu": "60m"}),
        ([container(cpu="10m")], [SIDECAR, container(cpu="100m")], {"cpu": "150m"}),
        ([container(cpu="10m")], [container(cpu="100m"), SIDECAR], {"cpu": "100m"}),
    ],
)
def test_a_pod_was_granted_the_sum_of_what_runs_at_a_time(containers, init, requests):
    told = granted_to_pod({"containers": containers, "initContainers": init})
    assert told == {"allocatedResources": requests, "resources": {"requests": requests}}


def test_limits_are_summed_beside_the_requests():
    told = granted_to_pod(
        {"containers": [container(limits={"cpu": "1"}, cpu="1"), container(limits={"cpu": "500m"})]}
    )
    assert told["resources"] == {"limits": {"cpu": "1500m"}, "requests": {"cpu": "1"}}
