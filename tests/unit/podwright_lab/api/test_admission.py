"""Kubelets create mirrors of their own node only, and namespaces, priorities and labels have their say."""

import pytest

from podwright_lab.api.api_error import ApiError


@pytest.fixture(autouse=True)
def _nodes(add_node):
    add_node("n1")
    add_node("n2")


def refusal(store, body, user="system:node:n1", kind="pods"):
    with pytest.raises(ApiError) as caught:
        store.create(kind, body, user=user)
    return f"{caught.value.code} {caught.value.message}"


def owner(store, **changes):
    uid = store.get("nodes", None, "n1")["metadata"]["uid"]
    return {"apiVersion": "v1", "kind": "Node", "name": "n1", "uid": uid, "controller": True} | changes


def test_a_pod_without_the_mirror_annotation_is_not_for_kubelets(store, mirror):
    assert refusal(store, mirror("web", metadata={"annotations": {}})) == (
        '403 pods "web-n1" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, '
        'node "n1" can only create mirror pods'
    )


def test_a_mirror_belongs_on_the_kubelets_own_node(store, mirror):
    assert refusal(store, mirror("web"), "system:node:n2") == (
        '403 pods "web-n1" is forbidden: node "n2" can only create pods with spec.nodeName set to itself'
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "n2"}, 'node "n1" can only create pods with an owner reference set to itself'),
        ({"kind": "Pod"}, 'node "n1" can only create pods with an owner reference set to itself'),
        (
            {"controller": False},
            'node "n1" can only create pods with a controller owner reference set to itself',
        ),
        ({"blockOwnerDeletion": True}, 'node "n1" must not set blockOwnerDeletion on an owner reference'),
        ({"uid": "old"}, "node n1 UID mismatch: expected 00000000-0000-0000-0000-000000000007 got old"),
    ],
)
def test_the_owner_is_the_node_itself(store, mirror, changes, why):
    body = mirror("web", metadata={"ownerReferences": [owner(store, **changes)]})
    assert refusal(store, body) == f'403 pods "web-n1" is forbidden: {why}'


@pytest.mark.parametrize("owners", [[], ["two", "two"]])
def test_there_is_exactly_one_owner(store, mirror, owners):
    body = mirror("web", metadata={"ownerReferences": [owner(store) for _ in owners]})
    assert "with an owner reference set to itself" in refusal(store, body)


def test_a_node_that_is_gone_owns_nothing(store, mirror):
    body = mirror("web")
    store.delete("nodes", None, "n1")
    assert 'error looking up node n1 to verify uid: nodes "n1" not found' in refusal(store, body)


def test_a_namespace_must_exist(store, mirror):
    assert (
        refusal(store, mirror("web", metadata={"namespace": "ghost"})) == '404 namespaces "ghost" not found'
    )


def test_a_kubelet_keeps_to_its_own_pods(store, add_mirror):
    add_mirror("web")
    with pytest.raises(ApiError, match=r'node "n2" can only delete pods with spec.nodeName set to itself'):
        store.delete("pods", "default", "web-n1", user="system:node:n2")
    with pytest.raises(ApiError, match=r'node "n2" can only update pod status for pods with spec.nodeName'):
        store.update_status("pods", "default", "web-n1", {"phase": "Failed"}, user="system:node:n2")
    with pytest.raises(ApiError, match="can only create and delete mirror pods"):
        store.patch("pods", "default", "web-n1", {"metadata": {"labels": {"a": "b"}}}, user="system:node:n1")


def test_a_kubelet_keeps_to_its_own_node(store):
    assert 'node "n1" is not allowed to modify node "n3"' in refusal(
        store, {"metadata": {"name": "n3"}}, "system:node:n1", "nodes"
    )
    with pytest.raises(ApiError, match=r'node "n1" is not allowed to modify node "n2"'):
        store.update_status("nodes", None, "n2", {}, user="system:node:n1")


def test_a_priority_class_gives_its_number(store, add_mirror):
    spec = add_mirror("web", priorityClassName="system-node-critical", priority=2000001000)["spec"]
    assert (spec["priority"], spec["preemptionPolicy"]) == (2000001000, "PreemptLowerPriority")
    store.create("priorityclasses", {"metadata": {"name": "meek"}, "value": 7, "preemptionPolicy": "Never"})
    spec = add_mirror("meek", priorityClassName="meek")["spec"]
    assert (spec["priority"], spec["preemptionPolicy"]) == (7, "Never")


def test_a_regular_pod_is_given_an_account_and_tolerations(store):
    body = {"metadata": {"name": "plain"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = store.create("pods", body)["spec"]
    assert spec["serviceAccountName"] == "default"
    assert [toleration["key"] for toleration in spec["tolerations"]] == [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ]


def test_a_pods_namespace_enforces_its_security_level(store, mirror, add_mirror):
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    store.patch("namespaces", None, "default", {"metadata": {"labels": labels}})
    assert refusal(store, mirror("web", hostNetwork=True)) == (
        '403 pods "web-n1" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'
    )
    add_mirror("web")


def test_a_quota_is_enforced_and_freed(store, mirror, add_mirror):
    store.create(
        "resourcequotas", {"metadata": {"name": "q", "namespace": "default"}, "spec": {"hard": {"pods": "1"}}}
    )
    add_mirror("a")
    assert refusal(store, mirror("b")) == (
        '403 pods "b-n1" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'
    )
    store.delete("pods", "default", "a-n1", grace_seconds=0)
    add_mirror("b")


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "x"}},
        {"metadata": []},
        {"metadata": {"name": "x"}, "spec": []},
        {"metadata": {"name": "x"}, "spec": {"containers": {}}},
        {"metadata": {"name": "x"}, "spec": {"containers": ["c"]}},
        {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "c", "image": "i", "env": "x"}]}},
        {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "c", "image": "i", "resources": 7}]}},
        {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "c", "image": "i", "ports": [1]}]}},
        {"metadata": {"name": "x", "labels": {"a": 1}}, "spec": {}},
        {"metadata": {"name": "x", "annotations": []}, "spec": {"volumes": [1]}},
        {"metadata": {"name": "x", "ownerReferences": "x"}, "spec": {"volumes": "x"}},
        {"metadata": {"name": "x"}, "spec": {"terminationGracePeriodSeconds": True}},
    ],
)
def test_a_shape_that_go_could_not_decode_is_a_bad_request(store, body):
    assert refusal(store, body, "admin").startswith("400 Pod in version")


def test_all_that_is_wrong_is_said_at_once(store):
    body = {
        "metadata": {"name": "Bad"},
        "spec": {"containers": [{"name": "c"}, {"name": "c", "image": " i"}]},
    }
    message = refusal(store, body, "admin")
    for part in (
        '422 Pod "Bad" is invalid: [metadata.name: Invalid value: "Bad"',
        "spec.containers[0].image: Required value",
        'spec.containers[1].name: Duplicate value: "c"',
        "must not have leading or trailing whitespace",
    ):
        assert part in message
