"""The shapes that a client must keep to, and what Go's decoder says of others."""

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.decoding import check_types, decoding


def pod(metadata=None, spec=None, **rest):
    return {"metadata": metadata or {"name": "p"}, "spec": spec or {}} | rest


@pytest.mark.parametrize(
    "target",
    [
        pod(),
        pod(spec={"containers": [{"name": "c", "env": [{"name": "A"}]}], "priority": 5, "hostNetwork": True}),
        pod(spec={"containers": None, "terminationGracePeriodSeconds": None}),
        pod(status={"conditions": [{"type": "Ready"}]}),
        {},
    ],
)
def test_what_go_can_decode_passes(target):
    check_types("Pod", target)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (pod(spec={"priority": "5"}), "string into Go struct field PodSpec.spec.priority of type int32"),
        (pod(spec={"priority": True}), "bool into Go struct field PodSpec.spec.priority of type int32"),
        (pod(spec={"priority": 1.5}), "number 1.5 into Go struct field PodSpec.spec.priority of type int32"),
        (
            pod(spec={"hostNetwork": "yes"}),
            "string into Go struct field PodSpec.spec.hostNetwork of type bool",
        ),
        (
            pod(spec={"containers": {}}),
            "object into Go struct field PodSpec.spec.containers of type []v1.Container",
        ),
        (
            pod(spec={"containers": ["c"]}),
            "string into Go struct field PodSpec.spec.containers of type v1.Container",
        ),
        (
            pod(spec={"containers": [{"image": 1}]}),
            "number into Go struct field Container.spec.containers.image of type string",
        ),
        (pod(spec="x"), "string into Go struct field Pod.spec of type v1.PodSpec"),
        (
            pod({"labels": {"a": 1}}),
            "number into Go struct field ObjectMeta.metadata.labels of type string",
        ),
        (
            pod({"labels": []} | {"name": "p", "labels": ["x"]}),
            "array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
        ),
        (
            pod(status={"conditions": {}}),
            "object into Go struct field PodStatus.status.conditions of type []v1.Condition",
        ),
    ],
)
def test_anything_else_is_refused_in_gos_words(target, message):
    with pytest.raises(ApiError) as caught:
        check_types("Pod", target)
    assert caught.value.code == 400
    assert str(caught.value).endswith(f"json: cannot unmarshal {message}")


def test_the_spec_of_other_kinds_is_their_own():
    check_types("Node", {"spec": {"containers": "anything"}})


@pytest.mark.parametrize("error", [AttributeError, KeyError, TypeError, RecursionError])
def test_a_shape_that_nobody_foresaw_is_a_bad_request(error):
    with pytest.raises(ApiError) as caught, decoding("Pod"):
        raise error("x")
    assert caught.value.code == 400


def test_a_refusal_of_our_own_passes_through():
    with pytest.raises(ApiError) as caught, decoding("Pod"):
        raise ApiError(409, "Conflict", "taken")
    assert caught.value.code == 409
