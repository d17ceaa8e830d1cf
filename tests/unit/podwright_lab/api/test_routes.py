"""The HTTPS API answers as kube-apiserver does: verbs, statuses, lists, watches, rights."""

import json

import pytest

PODS = "/api/v1/namespaces/default/pods"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


@pytest.fixture(autouse=True)
def _node(add_node):
    add_node("n1")


def test_the_version_and_health_are_for_everybody(client_of):
    stranger = client_of("")
    assert stranger.get("/version")[1]["gitVersion"].startswith("v1.36")
    for path in ("/healthz", "/livez", "/readyz", "/readyz/ping"):
        assert stranger.get(path) == (200, b"ok")


def test_a_list_names_its_version_and_its_items_no_kind(client, store, add_mirror):
    add_mirror("web")
    code, answer = client.get("/api/v1/pods")
    assert code == 200
    assert (answer["kind"], answer["apiVersion"]) == ("PodList", "v1")
    assert answer["metadata"] == {"resourceVersion": store.resource_version}
    assert [item["metadata"]["name"] for item in answer["items"]] == ["web-n1"]
    assert "kind" not in answer["items"][0]


def test_a_list_comes_in_pages(client, add_mirror):
    for name in "abc":
        add_mirror(name)
    _, first = client.get(f"{PODS}?limit=2")
    assert first["metadata"]["remainingItemCount"] == 1
    _, second = client.get(f"{PODS}?limit=2&continue={first['metadata']['continue']}")
    assert [item["metadata"]["name"] for item in first["items"] + second["items"]] == ["a-n1", "b-n1", "c-n1"]
    assert "continue" not in second["metadata"]


def test_one_object_is_had_with_its_kind(client, add_mirror):
    assert client.get(f"{PODS}/web-n1")[0] == 404
    pod = add_mirror("web")
    assert client.get(f"{PODS}/web-n1") == (200, pod)


def test_a_pod_and_a_namespace_are_created(client):
    assert client.request("POST", "/api/v1/namespaces", {"metadata": {"name": "later"}})[0] == 201
    body = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    code, pod = client.request("POST", "/api/v1/namespaces/later/pods", body)
    assert (code, pod["metadata"]["namespace"]) == (201, "later")
    code, refusal = client.request("POST", "/api/v1/namespaces/later/pods", body)
    assert (code, refusal["reason"]) == (409, "AlreadyExists")
    body["metadata"]["namespace"] = "default"
    code, refusal = client.request("POST", "/api/v1/namespaces/later/pods", body)
    assert (code, refusal["message"]) == (
        400,
        "the namespace of the provided object does not match the namespace sent on the request",
    )


def test_a_delete_takes_grace_preconditions_and_dry_runs(client, store, add_mirror):
    pod = add_mirror("web")
    other = {"preconditions": {"uid": "other"}}
    assert client.request("DELETE", f"{PODS}/web-n1", other)[0] == 409
    assert client.request("DELETE", f"{PODS}/web-n1", {"dryRun": ["All"]})[0] == 200
    assert "deletionTimestamp" not in store.get("pods", "default", "web-n1")["metadata"]
    options = {
        "kind": "DeleteOptions",
        "apiVersion": "v1",
        "gracePeriodSeconds": 7,
        "propagationPolicy": "Background",
    }
    code, marked = client.request(
        "DELETE", f"{PODS}/web-n1", options | {"preconditions": {"uid": pod["metadata"]["uid"]}}
    )
    assert (code, marked["metadata"]["deletionGracePeriodSeconds"]) == (200, 7)
    assert client.request("DELETE", f"{PODS}/web-n1?gracePeriodSeconds=0")[0] == 200
    assert client.request("DELETE", f"{PODS}/web-n1")[0] == 404


def test_deleting_a_node_says_success(client, store):
    uid = store.get("nodes", None, "n1")["metadata"]["uid"]
    code, status = client.request("DELETE", "/api/v1/nodes/n1")
    assert code == 200
    assert status["status"] == "Success"
    assert status["details"] == {"name": "n1", "kind": "nodes", "uid": uid}


@pytest.mark.parametrize("grace", ["x", True, 1.5])
def test_a_grace_that_is_no_number_is_refused(client, add_mirror, grace):
    add_mirror("web")
    assert client.request("DELETE", f"{PODS}/web-n1", {"gracePeriodSeconds": grace})[0] == 400


def test_a_collection_is_deleted_by_selector(client, store, add_mirror):
    for name in "ab":
        add_mirror(name)
    code, gone = client.request("DELETE", f"{PODS}?labelSelector=app%3Da&gracePeriodSeconds=0")
    assert (code, len(gone["items"])) == (200, 1)
    assert [pod["metadata"]["name"] for pod in store.list("pods")[0]] == ["b-n1"]


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("application/merge-patch+json", {"metadata": {"labels": {"x": "y"}}}),
        ("application/strategic-merge-patch+json", {"metadata": {"labels": {"x": "y"}}}),
        ("application/json-patch+json", [{"op": "add", "path": "/metadata/labels/x", "value": "y"}]),
    ],
)
def test_a_patch_changes_a_label(client, add_mirror, kind, patch):
    add_mirror("web")
    code, pod = client.request("PATCH", f"{PODS}/web-n1", patch, content_type=kind)
    assert (code, pod["metadata"]["labels"]) == (200, {"app": "web", "x": "y"})


def test_a_patch_of_an_unknown_kind_is_refused(client, add_mirror):
    add_mirror("web")
    for kind in ("application/json", "application/apply-patch+yaml"):
        assert client.request("PATCH", f"{PODS}/web-n1", {}, content_type=kind)[0] == 415


def test_an_object_is_replaced_and_its_status_apart(client, add_mirror):
    pod = add_mirror("web")
    pod["metadata"]["labels"]["x"] = "y"
    pod["status"] = {"phase": "Running"}
    code, replaced = client.request("PUT", f"{PODS}/web-n1", pod)
    assert (code, replaced["status"]["phase"], replaced["metadata"]["labels"]["x"]) == (200, "Pending", "y")
    assert client.request("PUT", f"{PODS}/web-n1", pod)[0] == 409
    replaced["status"] = {"phase": "Running"}
    code, replaced = client.request("PUT", f"{PODS}/web-n1/status", replaced)
    assert (code, replaced["status"]["phase"]) == (200, "Running")
    patch = {"status": {"phase": "Failed"}}
    code, patched = client.request(
        "PATCH", f"{PODS}/web-n1/status", patch, content_type="application/merge-patch+json"
    )
    assert (code, patched["status"]["phase"]) == (200, "Failed")
    assert client.get(f"{PODS}/web-n1/status")[1]["status"]["phase"] == "Failed"
    code, refusal = client.request("PUT", f"{PODS}/other", replaced)
    assert code == 400
    assert "does not match the name on the URL" in refusal["message"]


def lines(response, count):
    return [json.loads(response.readline()) for _ in range(count)]


def test_a_watch_streams_events_as_they_happen(client, store, add_mirror):
    connection, response = client.watch(f"/api/v1/pods?watch=true&resourceVersion={store.resource_version}")
    try:
        add_mirror("web")
        (added,) = lines(response, 1)
        assert (added["type"], added["object"]["kind"]) == ("ADDED", "Pod")
        store.delete("pods", "default", "web-n1", grace_seconds=0)
        assert [event["type"] for event in lines(response, 2)] == ["MODIFIED", "DELETED"]
    finally:
        response.close()
        connection.close()


def test_a_watch_that_is_too_old_is_told_in_the_stream(client, store):
    store.compact()
    connection, response = client.watch("/api/v1/pods?watch=1&resourceVersion=1")
    assert response.status == 200
    (event,) = lines(response, 1)
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert response.read() == b""
    connection.close()


def test_a_watch_ends_by_itself_with_a_bookmark(client, store):
    connection, response = client.watch("/api/v1/pods?watch=true&timeoutSeconds=1&allowWatchBookmarks=true")
    (event,) = [json.loads(line) for line in response.read().splitlines()]
    assert event["type"] == "BOOKMARK"
    assert event["object"]["metadata"]["resourceVersion"] == store.resource_version
    connection.close()


def test_a_streaming_list_is_a_list_and_then_a_watch(client, add_mirror):
    add_mirror("web")
    path = "/api/v1/pods?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    connection, response = client.watch(path)
    first, end = lines(response, 2)
    assert first["type"] == "ADDED"
    assert end["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    response.close()
    connection.close()
    assert client.get("/api/v1/pods?watch=true&sendInitialEvents=true")[0] == 400


def test_tables_have_the_columns_of_kubectl(client, add_mirror):
    add_mirror("web")
    _, table = client.get(PODS, accept=TABLE)
    names = [column["name"] for column in table["columnDefinitions"] if column["priority"] == 0]
    assert names == ["Name", "Ready", "Status", "Restarts", "Age"]
    *cells, age = table["rows"][0]["cells"][:5]
    assert cells == ["web-n1", "0/1", "Pending", "0"]
    assert age.removesuffix("s").isdigit()
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    _, table = client.get(f"{PODS}/web-n1?includeObject=Object", accept=TABLE)
    assert table["rows"][0]["object"]["kind"] == "Pod"
    _, table = client.get(f"{PODS}?includeObject=None", accept=TABLE)
    assert table["rows"][0]["object"] is None


@pytest.mark.parametrize(
    ("user", "method", "path", "code", "message"),
    [
        ("wrong-token", "GET", PODS, 401, "Unauthorized"),
        (
            "",
            "GET",
            PODS,
            403,
            'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" '
            'in the namespace "default"',
        ),
        ("", "GET", "/api", 403, 'forbidden: User "system:anonymous" cannot get path "/api"'),
        (
            "nobody",
            "GET",
            "/api/v1/pods",
            403,
            'pods is forbidden: User "nobody" cannot list resource "pods" in API group "" at the cluster scope',
        ),
        (
            "nobody",
            "GET",
            "/api/v1/pods?watch=true",
            403,
            'pods is forbidden: User "nobody" cannot watch resource "pods" in API group "" at the cluster scope',
        ),
        (
            "reader",
            "DELETE",
            f"{PODS}/web-n1",
            403,
            'pods "web-n1" is forbidden: User "reader" cannot delete resource "pods" in API group "" '
            'in the namespace "default"',
        ),
        (
            "reader",
            "GET",
            "/apis/coordination.k8s.io/v1/leases",
            403,
            'leases.coordination.k8s.io is forbidden: User "reader" cannot list resource "leases" '
            'in API group "coordination.k8s.io" at the cluster scope',
        ),
        (
            "reader",
            "GET",
            "/api/v1/nodes/n1/proxy/configz",
            403,
            'nodes "n1" is forbidden: User "reader" cannot get resource "nodes/proxy" in API group "" at the cluster scope',
        ),
    ],
)
def test_rights_are_refused_in_the_servers_words(client_of, user, method, path, code, message):
    answer_code, answer = client_of(user).request(method, path)
    assert (answer_code, answer["code"], answer["message"]) == (code, code, message)


def test_a_reader_reads(client_of, add_mirror):
    add_mirror("web")
    reader = client_of("reader")
    for path in (
        PODS,
        f"{PODS}/web-n1",
        "/api/v1/nodes",
        "/api/v1/namespaces",
        "/api/v1/events",
        "/api",
        "/apis",
    ):
        assert reader.get(path)[0] == 200


@pytest.mark.parametrize(
    ("user", "verb", "allowed"),
    [
        ("admin", "delete", True),
        ("reader", "list", True),
        ("reader", "delete", False),
        ("nobody", "get", False),
    ],
)
def test_a_user_may_ask_about_itself(client_of, user, verb, allowed):
    review = {"spec": {"resourceAttributes": {"verb": verb, "resource": "pods"}}}
    code, answer = client_of(user).request(
        "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review
    )
    assert (code, answer["status"]["allowed"]) == (201, allowed)
    code, answer = client_of(user).request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert answer["status"]["userInfo"]["username"] == user


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/", 404),
        ("GET", "/api/v2/pods", 404),
        ("GET", "/api/v1/secrets", 404),
        ("GET", "/apis/apps/v1", 404),
        ("GET", "/apis/apps/v1/deployments", 404),
        ("GET", "/apis/apps/v1/pods", 404),
        ("GET", "/api/v1/leases", 404),
        ("GET", "/api/v1/pods/web-n1", 404),
        ("GET", "/api/v1/namespaces/default/nodes", 404),
        ("GET", "/api/v1/../../etc/passwd", 404),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
        ("PUT", PODS, 405),
        ("PATCH", PODS, 405),
        ("POST", f"{PODS}/web-n1", 405),
        ("GET", f"{PODS}?labelSelector=!!", 400),
        ("GET", f"{PODS}?fieldSelector=spec.x%3D1", 400),
        ("GET", f"{PODS}?limit=x", 400),
        ("GET", f"{PODS}?resourceVersion=x", 400),
        ("GET", f"{PODS}?resourceVersion=999999", 504),
        ("GET", f"{PODS}?continue=x", 400),
        ("POST", f"{PODS}?dryRun=Some", 422),
    ],
)
def test_what_is_not_served_is_a_status_too(client, method, path, code):
    body = {} if method in ("POST", "PUT", "PATCH") else None
    answer_code, status = client.request(method, path, body)
    assert (answer_code, status["kind"], status["status"]) == (code, "Status", "Failure")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"metadata": []}',
        b'{"metadata": {"name": 7}}',
    ],
)
def test_garbage_is_a_bad_request(client, body):
    code, status = client.request("POST", PODS, body)
    assert code in (400, 422)
    assert status["kind"] == "Status"


def test_a_body_in_an_unknown_format_is_refused(client):
    assert client.request("POST", PODS, b"kind: Pod", content_type="application/yaml")[0] == 415


def test_discovery_names_what_is_served(client):
    assert client.get("/api")[1]["versions"] == ["v1"]
    resources = {entry["name"]: entry for entry in client.get("/api/v1")[1]["resources"]}
    assert resources["pods"]["shortNames"] == ["po"]
    assert resources["nodes"]["namespaced"] is False
    assert {"get", "list", "watch", "delete", "deletecollection"} <= set(resources["pods"]["verbs"])
    groups = client.get("/apis")[1]["groups"]
    for group in groups:
        assert client.get(f"/apis/{group['name']}")[1]["name"] == group["name"]
        assert client.get(f"/apis/{group['name']}/v1")[1]["resources"]


def test_what_only_kubelets_know_is_refused_without_them(client, add_mirror):
    add_mirror("web")
    for path in (f"{PODS}/web-n1/log", f"{PODS}/web-n1/exec", "/api/v1/nodes/n1/proxy/configz"):
        assert client.get(path)[0] == 501
    assert client.get(f"{PODS}/other/log")[0] == 404


def test_unknown_fields_are_refused_told_or_dropped_as_the_client_wants(client, store):
    container = {"name": "c", "image": "i", "imagePulPolicy": "Never"}
    body = {"metadata": {"name": "p"}, "spec": {"containers": [container], "hostNetwrk": True}, "speck": 1}
    code, refusal = client.request("POST", f"{PODS}?fieldValidation=Strict", body)
    assert (code, refusal["message"]) == (
        400,
        'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "speck", '
        'unknown field "spec.containers[0].imagePulPolicy", unknown field "spec.hostNetwrk"',
    )
    connection = client.connect()
    connection.request("POST", PODS, json.dumps(body), client.headers())
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.getheader("Warning").startswith('299 - "unknown field \\"speck\\""')
    pod = store.get("pods", "default", "p")
    assert "speck" not in pod
    assert "hostNetwrk" not in pod["spec"]
    body["metadata"]["name"] = "\u00e9\r\nX: y"
    body["spec"]["\u00e9\r\nX: y"] = 1
    assert client.request("POST", PODS, body)[0] == 422


def test_a_head_watches_nothing_and_a_status_is_not_of_every_kind(client, store):
    connection = client.connect()
    connection.request("HEAD", "/api/v1/pods?watch=true", headers=client.headers())
    assert connection.getresponse().read() == b""
    connection.close()
    store.create("events", {"metadata": {"name": "e", "namespace": "default"}})
    assert client.get("/api/v1/namespaces/default/events/e/status")[0] == 404
