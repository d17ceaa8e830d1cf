"""What kubectl is told that the API serves."""

import json

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.discovery import answer
from podwright_lab.api.kinds import KINDS
from podwright_lab.api.messages import Request


def get(path):
    found = answer(Request("GET", tuple(path.strip("/").split("/")), {}))
    return json.loads(found.body)


def resources(path):
    return {entry["name"]: entry for entry in get(path)["resources"]}


def test_the_version_is_that_of_the_recordings():
    assert get("/version")["gitVersion"] == "v1.36.2"


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/readyz/ping"])
def test_health_is_a_plain_ok(path):
    found = answer(Request("GET", tuple(path.strip("/").split("/")), {}))
    assert (found.code, found.body) == (200, b"ok")


def test_every_kind_is_listed_in_the_group_that_serves_it():
    listed = {}
    for group in ("", *(entry["name"] for entry in get("/apis")["groups"])):
        path = f"/apis/{group}/v1" if group else "/api/v1"
        for name, entry in resources(path).items():
            if name in KINDS:
                listed[name] = (entry["kind"], group, entry["namespaced"])
    assert listed == {name: (kind.kind, kind.group, kind.namespaced) for name, kind in KINDS.items()}


def test_a_resource_comes_with_its_short_names_and_subresources():
    core = resources("/api/v1")
    assert core["pods"]["shortNames"] == ["po"]
    assert core["pods"]["categories"] == ["all"]
    assert core["pods/status"]["verbs"] == ["get", "patch", "update"]
    assert core["nodes/proxy"]["namespaced"] is False
    assert "events/status" not in core


def test_reviews_can_only_be_created():
    reviews = resources("/apis/authorization.k8s.io/v1")
    assert reviews["selfsubjectaccessreviews"]["verbs"] == ["create"]


def test_a_group_names_its_preferred_version():
    group = get("/apis/scheduling.k8s.io")
    assert group["preferredVersion"] == {"groupVersion": "scheduling.k8s.io/v1", "version": "v1"}


@pytest.mark.parametrize("path", ["/apis/apps", "/apis/apps/v1", "/api/v2", "/metrics"])
def test_what_is_not_served_is_not_found(path):
    with pytest.raises(ApiError) as caught:
        get(path)
    assert caught.value.code == 404
