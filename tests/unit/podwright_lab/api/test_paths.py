"""What a request is about, from its path and its method."""

import pytest

from podwright_lab.api.access import Attributes
from podwright_lab.api.api_error import ApiError
from podwright_lab.api.messages import Request
from podwright_lab.api.paths import target_of, verb_of


def target(path):
    return target_of(tuple(path.strip("/").split("/")))


@pytest.mark.parametrize(
    ("path", "kind", "namespace", "name", "subresource"),
    [
        ("/api/v1/pods", "Pod", None, "", ""),
        ("/api/v1/namespaces/kube-system/pods", "Pod", "kube-system", "", ""),
        ("/api/v1/namespaces/kube-system/pods/web-n1", "Pod", "kube-system", "web-n1", ""),
        ("/api/v1/namespaces/kube-system/pods/web-n1/status", "Pod", "kube-system", "web-n1", "status"),
        ("/api/v1/namespaces/kube-system", "Namespace", None, "kube-system", ""),
        ("/api/v1/namespaces/kube-system/status", "Namespace", None, "kube-system", "status"),
        ("/api/v1/nodes/n1", "Node", None, "n1", ""),
        ("/apis/coordination.k8s.io/v1/namespaces/x/leases/n1", "Lease", "x", "n1", ""),
    ],
)
def test_a_path_names_a_resource(path, kind, namespace, name, subresource):
    found = target(path)
    assert (found.kind.kind, found.namespace, found.name, found.subresource) == (
        kind,
        namespace,
        name,
        subresource,
    )


def test_what_follows_the_subresource_is_kept():
    assert target("/api/v1/nodes/n1/proxy/configz").extra == ("configz",)


@pytest.mark.parametrize(
    "path", ["/api", "/api/v1", "/version", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"]
)
def test_a_path_that_is_not_a_resource_is_left_to_others(path):
    assert target(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/secrets",
        "/api/v1/leases",
        "/apis/apps/v1/pods",
        "/api/v1/namespaces/x/nodes",
        "/api/v1/pods/web-n1",
        "/api/v1/namespaces/x/events/e/status",
    ],
)
def test_a_resource_that_is_not_served_is_not_found(path):
    with pytest.raises(ApiError) as caught:
        target(path)
    assert (caught.value.code, caught.value.reason) == (404, "NotFound")


@pytest.mark.parametrize(
    ("method", "query", "named", "verb"),
    [
        ("GET", {}, False, "list"),
        ("GET", {"watch": "true"}, False, "watch"),
        ("GET", {"watch": "true"}, True, "get"),
        ("HEAD", {"watch": "1"}, False, "list"),
        ("POST", {}, False, "create"),
        ("PUT", {}, True, "update"),
        ("PATCH", {}, True, "patch"),
        ("DELETE", {}, True, "delete"),
        ("DELETE", {}, False, "deletecollection"),
    ],
)
def test_the_verb_that_rights_are_asked_for(method, query, named, verb):
    found = target("/api/v1/namespaces/x/pods/p" if named else "/api/v1/namespaces/x/pods")
    assert verb_of(Request(method, (), query), found) == verb


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "pods"), ("PATCH", "pods"), ("POST", "pods/p"), ("TRACE", "pods")]
)
def test_a_method_that_does_not_fit_is_refused(method, path):
    with pytest.raises(ApiError) as caught:
        verb_of(Request(method, (), {}), target(f"/api/v1/namespaces/x/{path}"))
    assert caught.value.code == 405


def test_rights_are_of_the_resource_with_its_subresource():
    found = target("/api/v1/namespaces/x/pods/p/status")
    assert found.attributes("patch") == Attributes("patch", "pods/status", "", "x", "p")
