"""Which fields of a pod are kept, dropped, and named to a client that wants to know."""

import pytest

from podwright_lab.api.pod_fields import known_spec, unknown_fields


@pytest.mark.parametrize(
    ("pod", "paths"),
    [
        ({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {"containers": [{"name": "c"}]}}, []),
        ({"spec": {"hostNetwrok": True}}, ["spec.hostNetwrok"]),
        ({"spec": {"containers": [{}, {"imagePulPolicy": "Always"}]}}, ["spec.containers[1].imagePulPolicy"]),
        ({"spec": {"initContainers": [{"cmd": []}]}}, ["spec.initContainers[0].cmd"]),
        ({"extra": 1, "spec": {"b": 1, "a": 1}}, ["extra", "spec.a", "spec.b"]),
        ({"spec": "no mapping"}, []),
        ({"spec": {"containers": ["no mapping"]}}, []),
    ],
)
def test_unknown_fields_are_named_by_path(pod, paths):
    assert unknown_fields(pod) == paths


@pytest.mark.parametrize(
    ("spec", "kept"),
    [
        ({"hostNetwork": False, "hostNetwrok": True}, {"hostNetwork": False}),
        ({"nodeName": "", "serviceAccountName": "", "restartPolicy": "Never"}, {"restartPolicy": "Never"}),
        ({"volumes": None, "priority": 0}, {"priority": 0}),
        ({"containers": [{"name": "c", "tty": None, "cmd": ["x"]}]}, {"containers": [{"name": "c"}]}),
        ({"containers": "not a list"}, {"containers": "not a list"}),
    ],
)
def test_a_stored_spec_has_known_fields_with_a_value(spec, kept):
    assert known_spec(spec) == kept


def test_the_clients_own_object_is_left_as_it_was():
    spec = {"containers": [{"name": "c", "cmd": []}]}
    known_spec(spec)
    assert spec == {"containers": [{"name": "c", "cmd": []}]}
