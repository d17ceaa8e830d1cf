"""Names, labels and annotations are checked on every object, new or changed."""

import pytest

from podwright_lab.api.api_error import ApiError


@pytest.mark.parametrize(
    ("kind", "metadata", "part"),
    [
        ("nodes", {"name": "Node_1"}, "metadata.name: Invalid value"),
        ("nodes", {"name": "n" * 254}, "must be no more than 253 characters"),
        ("nodes", {}, "metadata.name: Required value: name or generateName is required"),
        ("namespaces", {"name": "a.b"}, "a lowercase RFC 1123 label"),
        ("namespaces", {"name": "n" * 64}, "must be no more than 63 characters"),
        (
            "nodes",
            {"name": "n", "labels": {"-a": "b"}},
            'metadata.labels: Invalid value: "-a": name part must consist',
        ),
        ("nodes", {"name": "n", "labels": {"/a": "b"}}, "prefix part must be non-empty"),
        ("nodes", {"name": "n", "labels": {"X_/a": "b"}}, "prefix part a lowercase RFC 1123 subdomain"),
        ("nodes", {"name": "n", "labels": {"a/": "b"}}, "name part must be non-empty"),
        ("nodes", {"name": "n", "labels": {"a" * 64: "b"}}, "name part must be no more than 63 characters"),
        (
            "nodes",
            {"name": "n", "labels": {"a": "b c"}},
            "a valid label must be an empty string or consist of",
        ),
        ("nodes", {"name": "n", "labels": {"a": "b" * 64}}, "must be no more than 63 characters"),
        ("nodes", {"name": "n", "annotations": {"a b": ""}}, 'metadata.annotations: Invalid value: "a b"'),
        (
            "nodes",
            {"name": "n", "annotations": {"a": "x" * (256 << 10)}},
            "may not be more than 262144 bytes",
        ),
    ],
)
def test_a_bad_name_is_invalid(store, kind, metadata, part):
    with pytest.raises(ApiError) as caught:
        store.create(kind, {"metadata": metadata})
    assert caught.value.code == 422
    assert part in caught.value.message


@pytest.mark.parametrize("labels", [{"a": "", "example.com/b": "C_d.9"}, {"A" * 63: "z" * 63}])
def test_a_good_label_is_taken(store, labels):
    assert (
        store.create("nodes", {"metadata": {"name": "n", "labels": labels}})["metadata"]["labels"] == labels
    )


def test_a_change_is_checked_too(store):
    store.create("nodes", {"metadata": {"name": "n"}})
    with pytest.raises(ApiError, match="a valid label must be") as caught:
        store.patch("nodes", None, "n", {"metadata": {"labels": {"a": "b c"}}})
    assert caught.value.code == 422
    with pytest.raises(ApiError, match="cannot unmarshal number into Go struct field ObjectMeta"):
        store.patch("nodes", None, "n", {"metadata": {"labels": {"a": 1}}})
