"""JSON, merge and strategic merge patches, the way kubectl sends them."""

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.patching import apply_patch

POD = {
    "metadata": {"name": "p", "labels": {"a": "1", "b": "2"}, "finalizers": ["x"]},
    "spec": {
        "containers": [{"name": "c", "image": "i:1", "args": ["a", "b"]}, {"name": "d", "image": "j:1"}],
        "volumes": [{"name": "v", "hostPath": {"path": "/a"}}],
    },
}


def test_a_merge_patch_sets_and_takes_away():
    patched = apply_patch("merge", POD, {"metadata": {"labels": {"a": None, "c": "3"}}})
    assert patched["metadata"]["labels"] == {"b": "2", "c": "3"}
    assert patched["spec"] == POD["spec"]


def test_a_merge_patch_replaces_lists_whole():
    patched = apply_patch("merge", POD, {"spec": {"containers": [{"name": "e"}]}})
    assert patched["spec"]["containers"] == [{"name": "e"}]


def test_a_strategic_patch_merges_containers_by_name_and_replaces_plain_lists():
    patch = {"spec": {"containers": [{"name": "c", "image": "i:2", "args": ["z"]}]}}
    containers = apply_patch("strategic", POD, patch)["spec"]["containers"]
    assert containers == [{"name": "c", "image": "i:2", "args": ["z"]}, {"name": "d", "image": "j:1"}]


def test_a_strategic_patch_adds_deletes_and_orders():
    patch = {
        "spec": {
            "$setElementOrder/containers": [{"name": "e"}, {"name": "d"}],
            "containers": [{"name": "e", "image": "k:1"}, {"name": "c", "$patch": "delete"}],
        }
    }
    containers = apply_patch("strategic", POD, patch)["spec"]["containers"]
    assert [container["name"] for container in containers] == ["e", "d"]


def test_a_strategic_patch_replaces_where_it_says_so():
    patch = {"metadata": {"labels": {"$patch": "replace", "z": "9"}}}
    assert apply_patch("strategic", POD, patch)["metadata"]["labels"] == {"z": "9"}
    patch = {"spec": {"containers": [{"$patch": "replace"}, {"name": "z"}]}}
    assert apply_patch("strategic", POD, patch)["spec"]["containers"] == [{"name": "z"}]


def test_a_strategic_patch_keeps_only_the_keys_it_names():
    patch = {"spec": {"volumes": [{"name": "v", "emptyDir": {}, "$retainKeys": ["name", "emptyDir"]}]}}
    assert apply_patch("strategic", POD, patch)["spec"]["volumes"] == [{"name": "v", "emptyDir": {}}]


def test_finalizers_are_merged_as_a_set():
    patched = apply_patch("strategic", POD, {"metadata": {"finalizers": ["x", "y"]}})
    assert patched["metadata"]["finalizers"] == ["x", "y"]
    patched = apply_patch("strategic", POD, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x"]}})
    assert patched["metadata"]["finalizers"] == []


def test_an_entry_without_its_key_is_refused():
    with pytest.raises(ApiError, match="does not contain declared merge key: name"):
        apply_patch("strategic", POD, {"spec": {"containers": [{"image": "x"}]}})


@pytest.mark.parametrize(
    ("operations", "labels"),
    [
        ([{"op": "add", "path": "/metadata/labels/c", "value": "3"}], {"a": "1", "b": "2", "c": "3"}),
        (
            [{"op": "add", "path": "/metadata/labels/x~1y~0z", "value": "3"}],
            {"a": "1", "b": "2", "x/y~z": "3"},
        ),
        ([{"op": "replace", "path": "/metadata/labels/a", "value": "9"}], {"b": "2", "a": "9"}),
        ([{"op": "remove", "path": "/metadata/labels/a"}], {"b": "2"}),
        ([{"op": "move", "from": "/metadata/labels/a", "path": "/metadata/labels/c"}], {"b": "2", "c": "1"}),
        (
            [{"op": "copy", "from": "/metadata/labels/a", "path": "/metadata/labels/c"}],
            {"a": "1", "b": "2", "c": "1"},
        ),
        ([{"op": "test", "path": "/metadata/labels/a", "value": "1"}], {"a": "1", "b": "2"}),
    ],
)
def test_a_json_patch_operates(operations, labels):
    from podwright_lab.api.objects import clone

    assert apply_patch("json", clone(POD), operations)["metadata"]["labels"] == labels


def test_a_json_patch_reaches_into_lists():
    from podwright_lab.api.objects import clone

    operations = [
        {"op": "add", "path": "/spec/containers/-", "value": {"name": "z"}},
        {"op": "add", "path": "/spec/containers/0", "value": {"name": "y"}},
        {"op": "remove", "path": "/spec/containers/1"},
    ]
    containers = apply_patch("json", clone(POD), operations)["spec"]["containers"]
    assert [container["name"] for container in containers] == ["y", "d", "z"]


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "test", "path": "/metadata/labels/a", "value": "2"}],
        [{"op": "remove", "path": "/metadata/labels/zz"}],
        [{"op": "replace", "path": "/metadata/labels/zz", "value": "1"}],
        [{"op": "add", "path": "/spec/containers/9", "value": {}}],
        [{"op": "remove", "path": "/spec/containers/-1"}],
        [{"op": "remove", "path": "/spec/containers/x"}],
        [{"op": "dance", "path": "/spec"}],
        [{"op": "add", "path": "/metadata/name/x", "value": 1}],
        [{"op": "add"}],
    ],
)
def test_an_impossible_json_patch_is_refused(operations):
    from podwright_lab.api.objects import clone

    with pytest.raises(ApiError, match="the server rejected our request due to an error in our request"):
        apply_patch("json", clone(POD), operations)


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("merge", []),
        ("strategic", "text"),
        ("json", {}),
        ("json", ["x"]),
        ("merge", {"metadata": None}),
        ("json", [{"op": "replace", "path": "", "value": []}]),
    ],
)
def test_what_is_no_patch_is_a_bad_request(kind, patch):
    from podwright_lab.api.objects import clone

    with pytest.raises(ApiError) as caught:
        apply_patch(kind, clone(POD), patch)
    assert caught.value.code == 400


def test_the_patched_object_shares_nothing_with_the_patch():
    patch = {
        "metadata": {"labels": {"deep": "1"}},
        "spec": {"volumes": [{"name": "w", "emptyDir": {"x": []}}]},
    }
    patched = apply_patch("merge", POD, patch)
    patch["spec"]["volumes"][0]["emptyDir"]["x"].append(1)
    assert patched["spec"]["volumes"][0]["emptyDir"]["x"] == []


def test_copies_of_copies_do_not_grow_without_bound():
    from podwright_lab.api.objects import clone

    bomb = [{"op": "add", "path": "/metadata/labels/x", "value": "x" * 40_000}]
    bomb += [{"op": "copy", "from": "/metadata", "path": f"/metadata/m{number}"} for number in range(20)]
    with pytest.raises(ApiError, match="copy operation"):
        apply_patch("json", clone(POD), bomb)
    with pytest.raises(ApiError, match="The allowed maximum operations in a JSON patch is 1000, got 1001"):
        apply_patch("json", clone(POD), [{"op": "test", "path": "/metadata/name", "value": "p"}] * 1001)
