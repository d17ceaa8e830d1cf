"""The stamp says which manifest and which write, and leaves the content alone."""

import pytest

from podwright.manifests.file_text import written_text
from podwright.manifests.stamp import (
    NO_STAMP,
    OWNER,
    WORKLOAD,
    Stamp,
    counted_up,
    read_stamp,
    with_stamp,
    without_stamp,
)
from podwright.manifests.workload import Workload
from podwright.pods.digest import canonical, digest_of

POD = {"kind": "Pod", "metadata": {"name": "a", "labels": {"app": "x"}}, "spec": {"é": 1}}


def test_a_stamp_goes_on_and_comes_off():
    digest = digest_of(canonical(POD))
    stamped = with_stamp(POD, digest, 12, Workload("web", "blue", 2), "team-a")
    assert read_stamp(stamped) == Stamp(digest, 12, True, Workload("web", "blue", 2), "team-a")
    assert without_stamp(stamped) == POD
    assert read_stamp(POD) == NO_STAMP


def test_nobody_in_particular_leaves_no_owner():
    stamped = with_stamp(POD, "sha256:" + "0" * 64, 1, Workload("web"))
    assert OWNER not in stamped["metadata"]["annotations"]
    assert read_stamp(stamped).owner == ""


def test_a_stamp_of_before_workloads_were_recorded_is_whole():
    document = with_stamp(POD, "sha256:" + "0" * 64, 1, Workload("web"))
    del document["metadata"]["annotations"][WORKLOAD]
    assert read_stamp(document) == Stamp("sha256:" + "0" * 64, 1, True)


def test_the_digest_is_of_sorted_compact_utf8_json():
    assert canonical({"b": [1.5, None], "a": "é"}) == '{"a":"é","b":[1.5,null]}'.encode()
    assert digest_of(canonical({"a": 1, "b": 2})) == digest_of(canonical({"b": 2, "a": 1}))
    assert digest_of(canonical({"a": 1})) != digest_of(canonical({"a": "1"}))
    assert digest_of(canonical({})).startswith("sha256:")


def test_to_count_up_gives_what_would_be_written_next():
    """Also where a note that stands before it holds another manifest of ours."""
    note = 'metadata:\n  annotations:\n    podwright.dev/generation: "3"\n'
    form = canonical({**POD, "metadata": {"name": "a", "annotations": {"a-note": note}}})
    third, fourth = (
        written_text(form, "sha256:" + "0" * 64, generation, Workload("a"), "").encode()
        for generation in (3, 4)
    )
    assert counted_up(third, 3) == fourth


def test_empty_labels_and_annotations_count_as_none():
    bare = {"metadata": {"name": "a"}}
    for metadata in ({"labels": {}}, {"annotations": None}, {"labels": {"podwright.dev/managed": "true"}}):
        assert without_stamp({"metadata": {"name": "a", **metadata}}) == bare


@pytest.mark.parametrize(
    ("annotations", "labels"),
    [
        (
            {"podwright.dev/digest": "sha256:xyz", "podwright.dev/generation": "1"},
            {"podwright.dev/managed": "true"},
        ),
        ({"podwright.dev/digest": "sha256:" + "0" * 64, "podwright.dev/generation": "1"}, {}),
        ({"podwright.dev/digest": 5}, {"podwright.dev/managed": True}),
        ("text", ["list"]),
    ],
)
def test_half_a_stamp_is_none(annotations, labels):
    assert read_stamp({"metadata": {"annotations": annotations, "labels": labels}}).managed is False


@pytest.mark.parametrize("generation", ["", "-1", "1.5", "x", "9" * 30, "\uff11"])
def test_a_generation_that_is_no_number_is_unknown(generation):
    document = {"metadata": {"annotations": {"podwright.dev/generation": generation}}}
    assert read_stamp(document).generation is None
