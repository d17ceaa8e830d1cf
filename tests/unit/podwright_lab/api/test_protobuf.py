"""The bodies that newer kubectls send are read, and damaged ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright_lab.api import protobuf
from podwright_lab.api.api_error import ApiError


def field(number, content):
    data = content.encode() if isinstance(content, str) else content
    return bytes([number << 3 | 2, len(data)]) + data


def envelope(kind, raw, api_version="v1"):
    return b"k8s\0" + field(1, field(1, api_version) + field(2, kind)) + field(2, raw)


def test_a_namespace_is_read():
    entry = field(1, "a") + field(2, "b")
    metadata = field(1, "later") + field(2, "") + field(11, entry) + field(14, "x/y") + field(14, "z")
    assert protobuf.decode(envelope("Namespace", field(1, metadata))) == {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "later", "labels": {"a": "b"}, "finalizers": ["x/y", "z"]},
    }


def test_the_options_of_a_delete_are_read():
    raw = b"\x08\x07" + field(2, field(1, "uid-1")) + field(4, "Background") + field(5, "All")
    assert protobuf.decode(envelope("DeleteOptions", raw)) == {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "gracePeriodSeconds": 7,
        "preconditions": {"uid": "uid-1"},
        "propagationPolicy": "Background",
        "dryRun": ["All"],
    }


def test_a_quota_and_a_priority_class_are_read():
    hard = field(1, "pods") + field(2, field(1, "5"))
    quota = protobuf.decode(envelope("ResourceQuota", field(1, field(1, "q")) + field(2, field(1, hard))))
    assert (quota["metadata"], quota["spec"]) == ({"name": "q"}, {"hard": {"pods": "5"}})
    raw = b"\x10\x07\x18\x01" + field(5, "Never")
    priority = protobuf.decode(envelope("PriorityClass", raw, "scheduling.k8s.io/v1"))
    assert (priority["value"], priority["globalDefault"], priority["preemptionPolicy"]) == (7, True, "Never")


def test_a_negative_number_is_read():
    assert (
        protobuf.decode(envelope("DeleteOptions", b"\x08" + b"\xff" * 9 + b"\x01"))["gracePeriodSeconds"]
        == -1
    )


def test_unknown_fields_of_every_width_are_passed_over():
    raw = b"\x78\x05" + b"\x79" + bytes(8) + b"\x7d" + bytes(4) + field(1, field(1, "n"))
    assert protobuf.decode(envelope("Namespace", raw))["metadata"] == {"name": "n"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"k8s\0\xff",
        envelope("Pod", b""),
        envelope("Namespace", b"\x0a\x7f"),
        envelope("Namespace", b"\x0b"),
        envelope("Namespace", field(1, field(1, b"\xff"))),
        envelope("Namespace", b"\x08\x01"),
        envelope("PriorityClass", field(2, "text")),
        envelope("DeleteOptions", b"\x08" + b"\xff" * 20),
    ],
)
def test_what_is_damaged_or_not_known_is_refused(body):
    with pytest.raises(ApiError) as caught:
        protobuf.decode(body)
    assert caught.value.code == 400


@given(
    st.binary(max_size=60), st.sampled_from(["Namespace", "DeleteOptions", "ResourceQuota", "PriorityClass"])
)
def test_any_bytes_are_read_or_refused(raw, kind):
    try:
        read = protobuf.decode(envelope(kind, raw))
    except ApiError:
        return
    assert read["kind"] == kind
