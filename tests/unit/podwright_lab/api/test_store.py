"""The store keeps the API server's promises about versions, names, deletes and history."""

import threading

import pytest

from podwright_lab.api.api_error import ApiError, ApiUnavailable
from podwright_lab.api.store import Store


def kinds_and_names(watch):
    return [(event.type, event.object["metadata"]["name"]) for event in watch.pending()]


@pytest.fixture(autouse=True)
def _node(add_node):
    add_node("n1")


def test_a_created_object_is_named_dated_and_versioned(store, add_mirror):
    pod = add_mirror("web")
    assert pod["metadata"]["creationTimestamp"] == "2026-11-23T12:00:00Z"
    assert pod["metadata"]["generation"] == 1
    assert pod["metadata"]["resourceVersion"] == store.resource_version
    assert pod["status"] == {"phase": "Pending", "qosClass": "BestEffort"}


def test_what_is_handed_out_can_be_altered_without_harm(store, add_mirror):
    add_mirror("web")["spec"]["containers"][0]["image"] = "altered"
    store.list("pods")[0][0]["metadata"]["labels"]["app"] = "altered"
    pod = store.get("pods", "default", "web-n1")
    assert pod["spec"]["containers"][0]["image"] == "docker.io/library/busybox:1.36"
    assert pod["metadata"]["labels"] == {"app": "web"}


def test_what_is_handed_in_is_neither_altered_nor_kept(store, mirror):
    body = mirror("web")
    store.create("pods", body)
    assert "uid" not in body["metadata"]
    body["spec"]["containers"][0]["image"] = "altered"
    assert store.get("pods", "default", "web-n1")["spec"]["containers"][0]["image"] != "altered"


def test_a_name_is_taken_once(add_mirror):
    add_mirror("web")
    with pytest.raises(ApiError, match=r'^pods "web-n1" already exists$') as caught:
        add_mirror("web")
    assert (caught.value.code, caught.value.reason) == (409, "AlreadyExists")


def test_a_name_that_is_being_deleted_says_so(store, add_mirror):
    add_mirror("web", metadata={"finalizers": ["example.com/hold"]})
    store.delete("pods", "default", "web-n1", grace_seconds=0)
    with pytest.raises(ApiError, match=r'^object is being deleted: pods "web-n1" already exists$'):
        add_mirror("web")


def test_nothing_is_found_under_an_unknown_name(store):
    with pytest.raises(ApiError, match=r'^pods "nope" not found$') as caught:
        store.get("pods", "default", "nope")
    assert caught.value.status() == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'pods "nope" not found',
        "reason": "NotFound",
        "details": {"name": "nope", "kind": "pods"},
        "code": 404,
    }


def test_a_resource_version_must_not_be_set_on_a_new_object(store, mirror):
    with pytest.raises(
        ApiError, match=r"^resourceVersion should not be set on objects to be created$"
    ) as caught:
        store.create("pods", mirror("web", metadata={"resourceVersion": "7"}))
    assert caught.value.code == 500


def test_a_generated_name_gets_a_suffix(store):
    pod = store.create(
        "pods", {"metadata": {"generateName": "job-"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    )
    assert pod["metadata"]["name"].startswith("job-")
    assert len(pod["metadata"]["name"]) == len("job-") + 5


def test_a_dry_run_leaves_nothing_behind(store, mirror, add_mirror):
    before = store.resource_version
    store.create("pods", mirror("web"), dry_run=True)
    assert store.list("pods")[0] == []
    assert store.resource_version == before
    add_mirror("web")
    store.delete("pods", "default", "web-n1", dry_run=True)
    store.patch("pods", "default", "web-n1", {"metadata": {"labels": {"app": "x"}}}, dry_run=True)
    pod = store.get("pods", "default", "web-n1")
    assert "deletionTimestamp" not in pod["metadata"]
    assert pod["metadata"]["labels"] == {"app": "web"}


def test_lists_are_sorted_and_selected(store, add_node, add_mirror):
    add_node("n2")
    for name, node in (("b", "n1"), ("a", "n2"), ("a", "n1")):
        add_mirror(name, node)
    assert [pod["metadata"]["name"] for pod in store.list("pods")[0]] == ["a-n1", "a-n2", "b-n1"]
    chosen, _, _ = store.list("pods", "default", "app=a", "spec.nodeName=n2")
    assert [pod["metadata"]["name"] for pod in chosen] == ["a-n2"]
    assert store.list("pods", "kube-system")[0] == []


def test_pages_are_of_one_version_whatever_happens_between_them(store, add_mirror):
    for name in "abcd":
        add_mirror(name)
    first, version, token = store.list("pods", limit=2)
    add_mirror("aa")
    store.delete("pods", "default", "d-n1", grace_seconds=0)
    store.patch("pods", "default", "c-n1", {"metadata": {"labels": {"app": "changed"}}})
    second, same_version, end = store.list("pods", limit=2, continue_token=token)
    assert [pod["metadata"]["name"] for pod in (*first, *second)] == ["a-n1", "b-n1", "c-n1", "d-n1"]
    assert second[0]["metadata"]["labels"] == {"app": "c"}
    assert (same_version, end) == (version, None)


def test_a_page_after_a_compaction_is_refused(store, add_mirror):
    for name in "abc":
        add_mirror(name)
    _, _, token = store.list("pods", limit=1)
    store.compact()
    with pytest.raises(ApiError, match=r"^The provided continue parameter is too old") as caught:
        store.list("pods", limit=1, continue_token=token)
    assert (caught.value.code, caught.value.reason) == (410, "Expired")


def test_an_exact_version_shows_the_past(store, add_mirror):
    before = store.resource_version
    add_mirror("web")
    created = store.resource_version
    store.delete("pods", "default", "web-n1", grace_seconds=0)
    assert store.page("pods", resource_version=before, exact=True).items == ()
    assert [
        pod["metadata"]["name"] for pod in store.page("pods", resource_version=created, exact=True).items
    ] == ["web-n1"]
    assert store.page("pods", resource_version=created).items == ()
    store.compact()
    with pytest.raises(ApiError, match=r"too old"):
        store.page("pods", resource_version=created, exact=True)


def test_a_version_from_the_future_times_out(store):
    with pytest.raises(ApiError, match=r"^Timeout: Too large resource version: 99999, current: ") as caught:
        store.list("pods", resource_version="99999")
    assert caught.value.code == 504


@pytest.mark.parametrize("token", ["?", "e30", "bm90IGpzb24", "W10"])
def test_a_broken_continue_token_is_refused(store, token):
    with pytest.raises(ApiError, match=r"continue key is not valid"):
        store.list("pods", continue_token=token)


def test_an_update_of_nothing_writes_nothing(store, add_mirror):
    pod = add_mirror("web")
    assert store.update("pods", pod)["metadata"]["resourceVersion"] == pod["metadata"]["resourceVersion"]
    store.update_status("pods", "default", "web-n1", {"phase": "Pending"})
    assert store.resource_version == pod["metadata"]["resourceVersion"]


def test_a_stale_update_is_a_conflict(store, add_mirror):
    pod = add_mirror("web")
    store.patch("pods", "default", "web-n1", {"metadata": {"labels": {"a": "b"}}})
    with pytest.raises(ApiError, match=r"the object has been modified; please apply your changes") as caught:
        store.update("pods", pod)
    assert caught.value.code == 409


def test_a_status_update_touches_the_status_alone(store, add_mirror):
    pod = add_mirror("web")
    changed = store.update("pods", pod | {"spec": {}, "status": {"phase": "Running"}}, subresource="status")
    assert changed["spec"] == pod["spec"]
    assert changed["status"] == {"phase": "Running", "qosClass": "BestEffort"}
    assert changed["metadata"]["generation"] == 1


def test_a_status_for_another_uid_is_refused(store, add_mirror):
    add_mirror("web")
    with pytest.raises(ApiError, match=r"the UID in the precondition \(other\) does not match"):
        store.update_status("pods", "default", "web-n1", {"phase": "Running"}, preconditions_uid="other")


def test_the_image_of_a_pod_may_change_and_counts_the_generation_up(store, add_mirror):
    add_mirror("web")
    patch = {"spec": {"containers": [{"name": "c", "image": "docker.io/library/busybox:9"}]}}
    changed = store.patch("pods", "default", "web-n1", patch, patch_type="strategic")
    assert changed["spec"]["containers"][0]["image"] == "docker.io/library/busybox:9"
    assert changed["metadata"]["generation"] == 2


@pytest.mark.parametrize(
    "patch", [{"spec": {"nodeName": "n9"}}, {"spec": {"hostNetwork": True}}, {"spec": {"tolerations": None}}]
)
def test_the_rest_of_a_pods_spec_may_not(store, add_mirror, patch):
    add_mirror("web", tolerations=[{"operator": "Exists", "effect": "NoExecute"}])
    with pytest.raises(ApiError, match=r"pod updates may not change fields other than") as caught:
        store.patch("pods", "default", "web-n1", patch)
    assert caught.value.code == 422


@pytest.mark.parametrize("value", ["other", None])
def test_the_mirror_annotation_is_immutable(store, add_mirror, value):
    add_mirror("web")
    with pytest.raises(ApiError) as caught:
        store.patch(
            "pods", "default", "web-n1", {"metadata": {"annotations": {"kubernetes.io/config.mirror": value}}}
        )
    assert caught.value.code == 422
    assert caught.value.message == (
        'Pod "web-n1" is invalid: metadata.annotations[kubernetes.io/config.mirror]: '
        "Forbidden: may not remove or update mirror pod annotation"
    )


def test_the_last_finalizer_lets_a_deleted_pod_go(store, add_mirror):
    add_mirror("web", metadata={"finalizers": ["example.com/a", "example.com/b"]})
    store.delete("pods", "default", "web-n1", grace_seconds=0)
    watch = store.watch("pods", resource_version=store.resource_version)
    store.patch("pods", "default", "web-n1", {"metadata": {"finalizers": ["example.com/b"]}})
    store.patch("pods", "default", "web-n1", {"metadata": {"finalizers": None}})
    assert [event.type for event in watch.pending()] == ["MODIFIED", "DELETED"]
    assert store.list("pods")[0] == []


def test_a_deleted_namespace_takes_its_pods_along_and_goes_last(store, add_mirror):
    store.create("namespaces", {"metadata": {"name": "later"}})
    add_mirror("web", metadata={"namespace": "later"})
    store.create("events", {"metadata": {"name": "e", "namespace": "later"}})
    watch = store.watch("namespaces", resource_version=store.resource_version)
    store.delete("namespaces", None, "later")
    assert store.get("namespaces", None, "later")["status"] == {"phase": "Terminating"}
    assert store.list("events")[0] == []
    assert "deletionTimestamp" in store.get("pods", "later", "web-n1")["metadata"]
    with pytest.raises(
        ApiError, match=r"unable to create new content in namespace later because it is being terminated"
    ):
        add_mirror("other", metadata={"namespace": "later"})
    store.delete("pods", "later", "web-n1", grace_seconds=0, user="system:node:n1")
    assert [event.type for event in watch.pending()] == ["MODIFIED", "MODIFIED", "DELETED"]
    with pytest.raises(ApiError, match=r'^namespaces "later" not found$'):
        add_mirror("other", metadata={"namespace": "later"})


def test_an_unavailable_store_answers_nobody_and_forgets_its_history(store, add_mirror):
    add_mirror("web")
    version = store.resource_version
    watch = store.watch("pods", resource_version=version)
    store.available = False
    assert watch.closed
    for call in (
        lambda: store.get("pods", "default", "web-n1"),
        lambda: store.list("pods"),
        lambda: store.watch("pods"),
        lambda: store.delete("pods", "default", "web-n1"),
        lambda: add_mirror("other"),
    ):
        with pytest.raises(ApiUnavailable):
            call()
    store.available = True
    assert len(store.list("pods")[0]) == 1
    with pytest.raises(ApiError, match=rf"^too old resource version: {version} ") as caught:
        store.watch("pods", resource_version=version)
    assert caught.value.code == 410


def test_a_slow_store_sleeps_before_it_answers(store, clock):
    before = clock()
    store.delay = 2.5
    store.list("nodes")
    assert (clock() - before).total_seconds() == 2.5


def test_history_is_bounded(add_node):
    store = Store(history=8)
    version = store.resource_version
    for number in range(12):
        store.create("namespaces", {"metadata": {"name": f"x{number}"}})
    with pytest.raises(ApiError, match=r"too old resource version"):
        store.watch("namespaces", resource_version=version)
    store.close()


def test_an_unknown_kind_is_not_served(store):
    with pytest.raises(ApiError, match=r"could not find the requested resource"):
        store.list("deployments")


def test_many_threads_write_and_every_watch_sees_each_change_once_and_in_order(store):
    watches = [store.watch("events", resource_version=store.resource_version) for _ in range(5)]

    def write(thread):
        for number in range(50):
            store.create("events", {"metadata": {"name": f"e{thread}-{number}", "namespace": "default"}})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for watch in watches:
        versions = [int(event.object["metadata"]["resourceVersion"]) for event in watch.pending()]
        assert len(versions) == 400
        assert versions == sorted(set(versions))


def test_events_are_forgotten_an_hour_after_they_were_last_seen(store, clock):
    def add(name, **fields):
        store.create("events", {"metadata": {"name": name, "namespace": "default"}, **fields})

    add("once")
    add("often", lastTimestamp="2026-11-23T12:50:00Z")
    clock.sleep(3601)
    watch = store.watch("events", resource_version=store.resource_version)
    add("new")
    assert [event["metadata"]["name"] for event in store.list("events")[0]] == ["new", "often"]
    assert kinds_and_names(watch) == [("DELETED", "once"), ("ADDED", "new")]


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_the_systems_namespaces_stay(store, name):
    with pytest.raises(ApiError, match="this namespace may not be deleted") as caught:
        store.delete("namespaces", None, name)
    assert caught.value.code == 403


def test_an_update_for_another_uid_is_a_conflict(store, add_mirror):
    pod = add_mirror("web")
    pod["metadata"]["uid"] = "other"
    with pytest.raises(ApiError, match="Precondition failed: UID in precondition: other") as caught:
        store.update("pods", pod)
    assert caught.value.code == 409
