"""The lab's own client against the lab's own API."""

import contextlib

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.server import serve
from podwright_lab.api.store import Store
from podwright_lab.api_client import ApiClient
from podwright_lab.lab_error import LabError

PODS = "/api/v1/namespaces/default/pods"


@pytest.fixture(scope="module")
def store():
    return Store()


@pytest.fixture(scope="module")
def server(store, tmp_path_factory):
    with serve(store, directory=tmp_path_factory.mktemp("api")) as running:
        yield running


@pytest.fixture
def kubeconfig(server, tmp_path):
    path = tmp_path / "kubeconfig"
    path.write_text(server.kubeconfig())
    return path


@pytest.fixture
def client(kubeconfig):
    with ApiClient(kubeconfig) as made:
        yield made


@pytest.fixture
def pod(store):
    spec = {"nodeName": "n1", "containers": [{"name": "c", "image": "busybox:1"}]}
    store.create("pods", {"metadata": {"name": "web", "labels": {"app": "web"}}, "spec": spec})
    yield "web"
    with contextlib.suppress(ApiError):
        store.delete("pods", "default", "web", grace_seconds=0)


def test_an_object_and_a_list_are_had(client, pod):
    assert client.get(f"{PODS}/{pod}", {})["metadata"]["name"] == "web"
    assert len(client.get(PODS, {"labelSelector": "app=web"})["items"]) == 1
    assert client.get(PODS, {"labelSelector": "app=other"})["items"] == []


def test_a_query_without_a_value_is_left_out(client, pod):
    assert len(client.get(PODS, {"labelSelector": "", "fieldSelector": ""})["items"]) == 1


def test_a_table_has_columns(client, pod):
    table = client.get(PODS, {}, table=True)
    assert [column["name"] for column in table["columnDefinitions"]][:2] == ["Name", "Ready"]


def test_an_object_is_deleted(client, store, pod):
    client.delete(f"{PODS}/{pod}", {"gracePeriodSeconds": "0"})
    assert store.list("pods")[0] == []


def test_a_watch_begins_with_what_is_there(client, pod):
    first = next(client.watch(PODS, {"resourceVersion": "0"}))
    assert (first["type"], first["object"]["kind"]) == ("ADDED", "Table")


def test_a_refusal_is_told_in_the_servers_words(client):
    with pytest.raises(LabError, match='the API refuses: pods "ghost" not found'):
        client.get(f"{PODS}/ghost", {})


def test_an_api_that_is_down_comes_with_a_hint(tmp_path):
    with serve(Store(), directory=tmp_path / "api") as running:
        (tmp_path / "kubeconfig").write_text(running.kubeconfig())
    with (
        ApiClient(tmp_path / "kubeconfig") as client,
        pytest.raises(LabError, match="does not answer") as caught,
    ):
        client.get(PODS, {})
    assert "podwright lab status" in caught.value.hint


@pytest.mark.parametrize("text", ["", "apiVersion: v1", "[]", '{"clusters": []}'])
def test_a_file_that_is_not_a_labs_kubeconfig_is_named(tmp_path, text):
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(LabError, match="kubeconfig"):
        ApiClient(path)


def test_a_missing_file_is_named_too(tmp_path):
    with pytest.raises(LabError, match="nowhere"):
        ApiClient(tmp_path / "nowhere")
