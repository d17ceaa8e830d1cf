"""Label and field selectors choose what Kubernetes' own would."""

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.selectors import selector

POD = {
    "metadata": {
        "name": "web-n1",
        "namespace": "default",
        "labels": {"app": "web", "tier": "front", "empty": ""},
    },
    "spec": {"nodeName": "n1", "hostNetwork": True},
    "status": {"phase": "Running"},
}


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app = web", True),
        ("app=db", False),
        ("app!=db", True),
        ("app!=web", False),
        ("other!=web", True),
        ("app", True),
        ("other", False),
        ("!other", True),
        ("!app", False),
        ("app in (web, db)", True),
        ("app in (db)", False),
        ("app notin (db,cache)", True),
        ("app notin (web)", False),
        ("other notin (web)", True),
        ("other in (web)", False),
        ("app=web,tier=front", True),
        ("app=web,tier in (back),!other", False),
        ("empty=", True),
        ("app=", False),
        ("podwright.dev/managed=true", False),
    ],
)
def test_a_label_selector_chooses(text, chosen):
    assert selector("pods", label_selector=text)(POD) is chosen


@pytest.mark.parametrize(
    "text", ["app=web tier=front", "app in web", "=web", "app=(web)", "app in (a", "!!app", ",", "a=b,,c=d"]
)
def test_a_broken_label_selector_is_refused(text):
    with pytest.raises(ApiError, match="unable to parse requirement") as caught:
        selector("pods", label_selector=text)
    assert caught.value.code == 400


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("metadata.name=web-n1", True),
        ("metadata.name==web-n1,metadata.namespace=default", True),
        ("metadata.name!=web-n1", False),
        ("spec.nodeName=n1", True),
        ("spec.nodeName=", False),
        ("status.phase!=Succeeded,status.phase!=Failed", True),
        ("spec.hostNetwork=true", True),
        ("status.podIP=", True),
    ],
)
def test_a_field_selector_chooses(text, chosen):
    assert selector("pods", field_selector=text)(POD) is chosen


@pytest.mark.parametrize("text", ["spec.containers=x", "metadata.labels=x", "status.phase"])
def test_a_field_without_an_index_is_refused(text):
    with pytest.raises(ApiError) as caught:
        selector("pods", field_selector=text)
    assert caught.value.code == 400


def test_events_are_chosen_by_what_they_are_about():
    event = {
        "metadata": {"name": "e", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": "web-n1", "uid": "u"},
        "source": {"component": "kubelet"},
        "type": "Warning",
    }
    assert selector("events", field_selector="involvedObject.uid=u,involvedObject.kind=Pod,type!=Normal")(
        event
    )
    assert selector("events", field_selector="source=kubelet")(event)


def test_an_unschedulable_node_is_found_by_either_word():
    node = {"metadata": {"name": "n1"}, "spec": {}}
    assert selector("nodes", field_selector="spec.unschedulable=false")(node)
    assert not selector("nodes", field_selector="spec.unschedulable=true")(node)
    assert selector("nodes", field_selector="spec.unschedulable=true")(
        node | {"spec": {"unschedulable": True}}
    )
