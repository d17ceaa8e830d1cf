"""When a mirror pod is made, replaced and removed."""

import pytest
from tests.fakes.kubelet_bench import pod

from podwright_lab.kubelet.mirror import MirrorClient


@pytest.fixture
def client(bench):
    return MirrorClient(bench.run)


def mirror(bench, name="app-n1"):
    found = bench.store.list("pods")[0]
    return next((entry for entry in found if entry["metadata"]["name"] == name), None)


def uid_marked(found):
    return found["metadata"]["annotations"]["kubernetes.io/config.mirror"]


def test_a_missing_mirror_is_made_with_the_static_uid_as_its_mark(bench, client):
    node = bench.add_node()
    client.reconcile(pod("u-1"), None, node)
    made = mirror(bench)
    assert uid_marked(made) == "u-1"
    assert made["metadata"]["uid"] != "u-1"
    (owner,) = made["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"]) == ("Node", node["metadata"]["uid"])


def test_no_mirror_is_made_without_a_node_object(bench, client):
    client.reconcile(pod(), None, None)
    assert mirror(bench) is None
    assert "No need to create a mirror pod" in bench.lines[-1]


def test_a_mirror_of_this_content_is_left_alone(bench, client):
    node = bench.add_node()
    client.reconcile(pod("u-1"), None, node)
    before = mirror(bench)
    client.reconcile(pod("u-1"), before, node)
    assert mirror(bench) == before


def test_a_mirror_of_other_content_is_replaced(bench, client):
    node = bench.add_node()
    client.reconcile(pod("u-1"), None, node)
    before = mirror(bench)
    client.reconcile(pod("u-2"), before, node)
    after = mirror(bench)
    assert uid_marked(after) == "u-2"
    assert after["metadata"]["uid"] != before["metadata"]["uid"]


def test_a_mirror_that_somebody_replaced_meanwhile_is_not_deleted(bench, client):
    node = bench.add_node()
    client.reconcile(pod("u-1"), None, node)
    stale = mirror(bench)
    client.reconcile(pod("u-2"), stale, node)
    client.reconcile(pod("u-3"), stale, node)
    assert uid_marked(mirror(bench)) == "u-2"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"labels": {"app": "x" * 70}}, "must be no more than 63"),
        ({"annotations": {"big": "x" * (2 << 20)}}, "etcdserver: request is too large"),
    ],
)
def test_a_refusal_is_logged_and_is_not_the_end(bench, client, changes, reason):
    node = bench.add_node()
    client.reconcile(pod(**changes), None, node)
    assert mirror(bench) is None
    assert "Failed creating a mirror pod" in bench.lines[-1]
    assert reason in bench.lines[-1]


def test_an_api_that_is_down_is_logged(bench, client):
    node = bench.add_node()
    bench.store.available = False
    client.reconcile(pod(), None, node)
    assert client.delete("default/app-n1", None) is False
    assert [line for line in bench.lines if "connection refused" in line]


def test_deleting_says_whether_it_was_there(bench, client):
    client.reconcile(pod(), None, bench.add_node())
    assert client.delete("default/app-n1", "another-uid") is False
    assert mirror(bench) is not None
    assert client.delete("default/app-n1", None) is True
    assert client.delete("default/app-n1", None) is False
    assert mirror(bench) is None
