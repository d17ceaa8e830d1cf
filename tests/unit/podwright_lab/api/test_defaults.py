"""What the API server fills in."""

import pytest

from podwright_lab.api.defaults import default_pod, pull_policy, quality_of_service


def completed(*, volumes=(), **container):
    spec = {"containers": [{"name": "c", "image": "i:1"} | container], "volumes": list(volumes)}
    default_pod(spec)
    return spec


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("busybox", "Always"),
        ("busybox:latest", "Always"),
        ("registry:5000/busybox", "Always"),
        ("registry:5000/busybox:1", "IfNotPresent"),
        ("busybox@sha256:00", "IfNotPresent"),
    ],
)
def test_an_image_is_pulled_always_unless_it_has_a_tag(image, policy):
    assert pull_policy(image) == policy


def test_probes_and_handlers_are_completed():
    spec = completed(
        readinessProbe={"httpGet": {"port": 80}},
        livenessProbe={"grpc": {"port": 9}, "periodSeconds": 3},
        lifecycle={"preStop": {"httpGet": {"port": 80, "path": "/stop"}}},
    )
    (container,) = spec["containers"]
    assert container["readinessProbe"] == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }
    assert container["livenessProbe"]["grpc"] == {"port": 9, "service": ""}
    assert container["livenessProbe"]["periodSeconds"] == 3
    assert container["lifecycle"]["preStop"]["httpGet"] == {"port": 80, "path": "/stop", "scheme": "HTTP"}


def test_ports_follow_the_hosts_network():
    spec = {"hostNetwork": True, "containers": [{"name": "c", "ports": [{"containerPort": 80}]}]}
    default_pod(spec)
    assert spec["containers"][0]["ports"] == [{"containerPort": 80, "protocol": "TCP", "hostPort": 80}]


def test_volumes_get_modes_types_and_versions():
    item = {"path": "name", "fieldRef": {"fieldPath": "metadata.name"}}
    volumes = completed(
        volumes=[
            {"name": "a"},
            {"name": "b", "hostPath": {"path": "/b"}},
            {"name": "c", "downwardAPI": {"items": [dict(item, fieldRef=dict(item["fieldRef"]))]}},
            {"name": "d", "image": {"reference": "busybox"}},
            {"name": "e", "projected": {"sources": []}},
        ]
    )["volumes"]
    assert volumes[0] == {"name": "a", "emptyDir": {}}
    assert volumes[1]["hostPath"] == {"path": "/b", "type": ""}
    assert volumes[2]["downwardAPI"]["defaultMode"] == 0o644
    assert volumes[2]["downwardAPI"]["items"][0]["fieldRef"]["apiVersion"] == "v1"
    assert volumes[3]["image"]["pullPolicy"] == "Always"
    assert volumes[4]["projected"] == {"sources": None, "defaultMode": 0o644}


def test_a_limit_is_a_request_and_quantities_are_canonical():
    (container,) = completed(resources={"limits": {"cpu": "1000m", "memory": "x"}, "requests": {"cpu": 0.5}})[
        "containers"
    ]
    assert container["resources"] == {
        "limits": {"cpu": "1", "memory": "x"},
        "requests": {"cpu": "500m", "memory": "x"},
    }


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        ({}, "BestEffort"),
        ({"requests": {"example.com/gpu": "1"}}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1"}, "requests": {"cpu": "1", "memory": "1"}}, "Guaranteed"),
        ({"limits": {"cpu": "2", "memory": "1"}, "requests": {"cpu": "1", "memory": "1"}}, "Burstable"),
    ],
)
def test_a_pod_has_a_quality_of_service(resources, quality):
    assert quality_of_service({"containers": [{"name": "c", "resources": resources}]}) == quality


def test_a_negative_grace_is_one_second():
    spec = {"containers": [], "terminationGracePeriodSeconds": -5}
    default_pod(spec)
    assert spec["terminationGracePeriodSeconds"] == 1
