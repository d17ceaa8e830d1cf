"""A new object as it is stored."""

from datetime import UTC, datetime

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.creation import prepared
from podwright_lab.api.kinds import KINDS

NOW = datetime(2026, 11, 23, 12, 0, 0, 999999, tzinfo=UTC)
POD = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "busybox:1"}]}}


def create(plural, obj, uid="u-1"):
    return prepared(KINDS[plural], obj, NOW, uid)


def test_an_object_gets_its_kind_uid_and_time():
    event = create("events", {"metadata": {"name": "e"}, "reason": "Killing"})
    assert (event["kind"], event["apiVersion"], event["reason"]) == ("Event", "v1", "Killing")
    assert event["metadata"] == {
        "name": "e",
        "namespace": "default",
        "uid": "u-1",
        "creationTimestamp": "2026-11-23T12:00:00Z",
    }


def test_an_object_without_a_namespace_of_its_kind_has_none():
    assert "namespace" not in create("nodes", {"metadata": {"name": "n1", "namespace": "x"}})["metadata"]


@pytest.mark.parametrize("field", ["deletionTimestamp", "deletionGracePeriodSeconds", "generation"])
def test_what_only_the_server_says_is_not_taken_from_a_client(field):
    made = create("pods", POD | {"metadata": {"name": "p", field: 77}})
    assert made["metadata"].get(field) != 77


def test_a_pod_starts_pending_and_with_defaults_whatever_its_client_sends():
    pod = create("pods", POD | {"status": {"phase": "Running"}, "extra": 1})
    assert pod["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    assert pod["spec"]["restartPolicy"] == "Always"
    assert pod["metadata"]["generation"] == 1
    assert "extra" not in pod


def test_a_namespace_is_labelled_and_active():
    made = create("namespaces", {"metadata": {"name": "x", "labels": {"a": "b"}}})
    assert made["metadata"]["labels"] == {"a": "b", "kubernetes.io/metadata.name": "x"}
    assert made["status"] == {"phase": "Active"}


def test_a_generated_name_follows_from_the_uid():
    def name(uid):
        return create("events", {"metadata": {"generateName": "e-"}}, uid)["metadata"]["name"]

    assert name("one") == name("one") != name("two")
    assert len(name("one")) == len("e-") + 5
    assert not set(name("one")[2:]) & set("aeiou")


@pytest.mark.parametrize(
    ("plural", "obj", "code"),
    [
        ("events", {"metadata": {"name": "e", "resourceVersion": "5"}}, 500),
        ("events", {"metadata": {"name": "E!"}}, 422),
        ("events", {}, 422),
        ("pods", POD | {"spec": {"containers": []}}, 422),
    ],
)
def test_what_is_not_valid_is_refused(plural, obj, code):
    with pytest.raises(ApiError) as caught:
        create(plural, obj)
    assert caught.value.code == code


def test_the_clients_object_is_not_kept():
    given = {"metadata": {"name": "e"}, "list": [{"a": 1}]}
    made = create("events", given)
    given["list"][0]["a"] = 2
    assert made["list"] == [{"a": 1}]
