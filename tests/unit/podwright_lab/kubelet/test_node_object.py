"""The Node and its lease in the API."""

import pytest

from podwright_lab.kubelet.node_object import NodeObject


@pytest.fixture
def registered():
    return []


@pytest.fixture
def node(bench, registered):
    return NodeObject(bench.run, lambda: registered.append(bench.agenda.now))


def stored(bench):
    found = bench.store.list("nodes")[0]
    return found[0] if found else None


def renewed(bench):
    return bench.store.get("leases", "kube-node-lease", "n1")["spec"]["renewTime"]


def test_a_node_registers_itself_once(bench, node, registered):
    node.start()
    bench.after(60)
    found = stored(bench)
    assert found["metadata"]["labels"]["kubernetes.io/hostname"] == "n1"
    assert found["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.2"
    conditions = {entry["type"]: entry["status"] for entry in found["status"]["conditions"]}
    assert conditions["Ready"] == "True"
    assert registered == [0.0]
    assert node.registered


def test_a_node_that_is_there_keeps_its_uid(bench, node):
    before = bench.add_node()["metadata"]["uid"]
    node.start()
    assert stored(bench)["metadata"]["uid"] == before
    assert stored(bench)["status"]["addresses"][0]["address"] == "127.0.0.1"


def test_the_lease_is_renewed_every_ten_seconds(bench, node):
    node.start()
    assert renewed(bench) == "2026-11-23T00:00:00.000000Z"
    bench.after(10.5)
    assert renewed(bench) == "2026-11-23T00:00:10.000000Z"
    bench.store.delete("leases", "kube-node-lease", "n1")
    bench.after(10)
    assert renewed(bench) == "2026-11-23T00:00:20.000000Z"


def test_it_tries_again_while_the_api_is_down_with_longer_waits(bench, node, registered):
    bench.store.available = False
    node.start()
    bench.after(20)
    assert not node.registered
    bench.store.available = True
    bench.after(7.1)
    assert node.registered
    assert 20 < registered[0] <= 27.1


def test_a_deleted_node_stays_away(bench, node):
    node.start()
    bench.store.delete("nodes", None, "n1")
    bench.after(60)
    assert stored(bench) is None
    assert node.seen() is None


def test_while_the_api_is_down_the_node_is_as_it_was_last_seen(bench, node):
    node.start()
    last = node.seen()
    bench.store.available = False
    assert node.seen() == last
