from itertools import count

from podwright_lab.kubelet.pod_config import PodConfig


def pod(uid, name="app-n1", **metadata):
    return {"metadata": {"uid": uid, "name": name, "namespace": "default", "annotations": {}} | metadata}


def make():
    numbers = count(1)
    return PodConfig(lambda: f"time {next(numbers)}")


def uids(pods):
    return [entry["metadata"]["uid"] for entry in pods]


def test_what_is_new_is_added_and_what_is_missing_removed():
    config = make()
    first = config.replace([pod("a"), pod("b", "other-n1")])
    assert (uids(first.added), uids(first.removed), uids(first.updated)) == (["a", "b"], [], [])
    second = config.replace([pod("c"), pod("b", "other-n1")])
    assert (uids(second.added), uids(second.removed)) == (["c"], ["a"])


def test_the_same_set_again_is_no_change():
    config = make()
    config.replace([pod("a")])
    changes = config.replace([pod("a")])
    assert changes.added == changes.removed == changes.updated == ()


def test_other_content_under_the_same_uid_is_an_update_that_keeps_its_first_time():
    config = make()
    (added,) = config.replace([pod("a")]).added
    (updated,) = config.replace([pod("a", labels={"x": "y"})]).updated
    seen = "kubernetes.io/config.seen"
    assert updated["metadata"]["annotations"][seen] == added["metadata"]["annotations"][seen] == "time 1"
    assert updated["metadata"]["annotations"]["kubernetes.io/config.source"] == "file"


def test_of_two_pods_of_one_name_the_first_counts():
    assert uids(make().replace([pod("a"), pod("b")]).added) == ["a"]
