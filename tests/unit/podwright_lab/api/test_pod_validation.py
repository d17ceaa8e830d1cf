"""Pods that the API server would call invalid are; the recorded ones are in test_recorded.py."""

import pytest

from podwright_lab.api.api_error import ApiError


def problems(store, *, spec=None, **container):
    body = {"name": "c", "image": "i:1"} | container
    with pytest.raises(ApiError) as caught:
        store.create("pods", {"metadata": {"name": "p"}, "spec": {"containers": [body]} | (spec or {})})
    assert caught.value.code == 422
    return [f"{cause['field']}: {cause['message']}" for cause in caught.value.details["causes"]]


@pytest.mark.parametrize(
    ("container", "problem"),
    [
        ({"ports": [{"hostPort": 1}]}, "spec.containers[0].ports[0].containerPort: Required value"),
        ({"env": [{"value": "x"}]}, "spec.containers[0].env[0].name: Required value"),
        (
            {"volumeMounts": [{"mountPath": "/a"}]},
            "spec.containers[0].volumeMounts[0].name: Required value",
        ),
        (
            {"resources": {"requests": {"cpu": "-1"}}},
            'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        ),
        ({"imagePullPolicy": "Often"}, 'supported values: "Always", "IfNotPresent", "Never"'),
    ],
)
def test_a_fault_is_named_with_its_field(store, container, problem):
    assert any(problem in found for found in problems(store, **container))


def test_mounts_need_paths_of_their_own(store):
    mounts = [{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/a"}, {"name": "v"}]
    assert problems(store, spec={"volumes": [{"name": "v"}]}, volumeMounts=mounts) == [
        'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
        "spec.containers[0].volumeMounts[2].mountPath: Required value",
    ]


def test_a_resource_name_must_be_whole(store):
    found = problems(store, resources={"limits": {"/": "1"}})
    assert "name part must be non-empty" in found[1]


def test_hugepages_and_extended_resources_are_taken(store):
    resources = {"limits": {"hugepages-2Mi": "4Mi", "example.com/gpu": "1", "cpu": "1"}}
    container = {"name": "c", "image": "i", "resources": resources}
    store.create("pods", {"metadata": {"name": "p"}, "spec": {"containers": [container]}})


def test_an_image_is_checked_when_it_changes(store):
    store.create("pods", {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}})
    patch = {"spec": {"containers": [{"name": "c", "image": " j"}]}}
    with pytest.raises(ApiError, match="must not have leading or trailing whitespace"):
        store.patch("pods", "default", "p", patch, patch_type="strategic")
