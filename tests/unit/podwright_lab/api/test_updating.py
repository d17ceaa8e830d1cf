"""What an update may change, and what comes of it."""

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.defaults import default_pod
from podwright_lab.api.kinds import KINDS
from podwright_lab.api.updating import MIRROR_ANNOTATION, released, updated


def pod(**changes):
    metadata = {
        "name": "web-n1",
        "namespace": "default",
        "uid": "u-1",
        "resourceVersion": "5",
        "generation": 1,
        "annotations": {MIRROR_ANNOTATION: "f00d"},
    }
    spec = {"containers": [{"name": "c", "image": "busybox:1"}], "nodeName": "n1"}
    status = {"phase": "Pending", "qosClass": "BestEffort"}
    return {
        "metadata": metadata | changes.pop("metadata", {}),
        "spec": spec | changes.pop("spec", {}),
        "status": changes.pop("status", status),
    }


def stored():
    made = pod()
    default_pod(made["spec"])
    return made


def update(after, before=None, *, status_only=False):
    return updated(KINDS["pods"], before or stored(), after, status_only=status_only)


def test_metadata_changes_but_not_who_the_object_is():
    result = update(pod(metadata={"labels": {"a": "b"}, "creationTimestamp": "never", "generation": 9}))
    assert result["metadata"]["labels"] == {"a": "b"}
    assert "creationTimestamp" not in result["metadata"]
    assert result["metadata"]["generation"] == 1


def test_a_status_is_written_through_its_own_door_only():
    running = {"phase": "Running"}
    assert update(pod(status=running))["status"]["phase"] == "Pending"
    through = update(pod(status=running, spec={"nodeName": "n2"}), status_only=True)
    assert through["status"] == {"phase": "Running", "qosClass": "BestEffort"}
    assert through["spec"]["nodeName"] == "n1"


def test_a_new_image_counts_the_generation_up():
    result = update(pod(spec={"containers": [{"name": "c", "image": "busybox:2"}]}))
    assert result["spec"]["containers"][0]["image"] == "busybox:2"
    assert result["metadata"]["generation"] == 2


@pytest.mark.parametrize(
    "spec",
    [
        {"nodeName": "n2"},
        {"hostNetwork": True},
        {"containers": [{"name": "d", "image": "busybox:1"}]},
        {"containers": [{"name": "c", "image": "busybox:1", "command": ["x"]}]},
    ],
)
def test_the_rest_of_a_spec_is_fixed(spec):
    with pytest.raises(ApiError, match="pod updates may not change fields other than") as caught:
        update(pod(spec=spec))
    assert caught.value.code == 422


def test_tolerations_may_be_added_and_not_taken_away():
    more = pod(spec={"tolerations": [{"operator": "Exists"}]})
    result = update(more)
    assert result["spec"]["tolerations"] == [{"operator": "Exists"}]
    with pytest.raises(ApiError, match="only additions"):
        update(pod(), result)


@pytest.mark.parametrize("annotations", [{}, {MIRROR_ANNOTATION: "beef"}])
def test_the_mirror_annotation_is_immutable(annotations):
    with pytest.raises(ApiError, match="may not remove or update mirror pod annotation"):
        update(pod(metadata={"annotations": annotations}))


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"resourceVersion": "4"}, "the object has been modified"),
        ({"uid": "u-2"}, "UID in precondition: u-2"),
    ],
)
def test_an_update_of_something_older_is_a_conflict(metadata, message):
    with pytest.raises(ApiError, match=message) as caught:
        update(pod(metadata=metadata))
    assert caught.value.code == 409


def test_an_update_may_leave_out_version_and_uid():
    assert update(pod(metadata={"resourceVersion": "", "uid": None}))["metadata"]["uid"] == "u-1"


@pytest.mark.parametrize(
    ("before", "after", "free"),
    [
        ({"deletionTimestamp": "t", "finalizers": ["f"]}, {}, True),
        ({"deletionTimestamp": "t", "finalizers": ["f"]}, {"finalizers": ["f"]}, False),
        ({"deletionTimestamp": "t", "finalizers": ["f"], "deletionGracePeriodSeconds": 30}, {}, False),
        ({"finalizers": ["f"]}, {}, False),
        ({"deletionTimestamp": "t"}, {}, False),
    ],
)
def test_the_last_finalizer_releases_what_it_alone_held(before, after, free):
    assert released({"metadata": before}, {"metadata": after}) is free
