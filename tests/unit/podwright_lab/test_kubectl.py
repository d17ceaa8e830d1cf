"""The lab's small kubectl against the lab's API, and beside the real one where that is installed."""

import json
import shutil
import subprocess
import threading
from datetime import UTC, datetime

import pytest
import yaml

from podwright_lab.api.server import serve
from podwright_lab.api.store import Store
from podwright_lab.kubectl import run
from podwright_lab.lab_error import LabError, LabUsageError


def pod(name, namespace="default", **labels):
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"nodeName": "cp-1", "containers": [{"name": "main", "image": "img"}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {
                    "name": "main",
                    "image": "img",
                    "ready": True,
                    "restartCount": 2,
                    "state": {"running": {"startedAt": "x"}},
                }
            ],
        },
    }


@pytest.fixture
def store():
    # the server tells ages, so with a clock that stands two answers are of one age
    made = Store(now=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    made.create("namespaces", {"metadata": {"name": "shop"}})
    made.create("pods", pod("web", app="web"))
    made.create("pods", pod("cart", "shop", app="cart"))
    return made


@pytest.fixture
def kubeconfig(store, tmp_path):
    with serve(store, directory=tmp_path / "api") as server:
        (tmp_path / "kubeconfig").write_text(server.kubeconfig())
        yield tmp_path / "kubeconfig"


@pytest.fixture
def kubectl(kubeconfig):
    def ask(*arguments):
        said = []
        run(kubeconfig, arguments, said.append)
        return "".join(said)

    return ask


def rows(text):
    return [line.split() for line in text.splitlines()]


def test_get_lists_one_namespace_or_all(kubectl):
    assert [row[0] for row in rows(kubectl("get", "pods"))] == ["NAME", "web"]
    everywhere = rows(kubectl("get", "po", "-A"))
    assert everywhere[0][:2] == ["NAMESPACE", "NAME"]
    assert [row[:2] for row in everywhere[1:]] == [["default", "web"], ["shop", "cart"]]
    assert rows(kubectl("get", "pod", "-n", "shop"))[1][0] == "cart"


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl here")
@pytest.mark.parametrize(
    "arguments",
    [
        ("get", "pods"),
        ("get", "pods", "-A"),
        ("get", "pods", "-o", "wide"),
        ("get", "pods", "-A", "-l", "app=cart"),
        ("get", "pods", "web", "-o", "name"),
        ("get", "namespaces"),
        ("get", "pod/web"),
    ],
)
def test_it_prints_what_the_real_one_prints(kubectl, kubeconfig, arguments):
    command = ["kubectl", "--kubeconfig", str(kubeconfig), *arguments]
    real = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert rows(kubectl(*arguments)) == rows(real.stdout)


def test_selectors_and_names_choose(kubectl, capsys):
    assert len(rows(kubectl("get", "pods", "-A", "-l", "app=cart"))) == 2
    assert len(rows(kubectl("get", "pods", "--field-selector", "spec.nodeName=cp-1"))) == 2
    assert kubectl("get", "pods", "--field-selector", "spec.nodeName=other") == ""
    assert capsys.readouterr().err == "No resources found in default namespace.\n"


def test_whole_objects_as_json_yaml_and_names(kubectl):
    assert json.loads(kubectl("get", "pod", "web", "-o", "json"))["metadata"]["name"] == "web"
    assert yaml.safe_load(kubectl("get", "pods", "-A", "-o", "yaml"))["kind"] == "PodList"
    assert kubectl("get", "pods", "-A", "-o", "name") == "pod/web\npod/cart\n"
    assert json.loads(kubectl("get", "ns", "shop", "default", "-o", "json"))["kind"] == "List"


def test_watch_prints_a_line_for_each_change(kubeconfig, store):
    lines, seen = [], threading.Event()

    def write(text):
        lines.extend(text.splitlines())
        if len(lines) >= 2:
            seen.set()

    watcher = threading.Thread(target=run, args=(kubeconfig, ["get", "pods", "-w"], write), daemon=True)
    watcher.start()
    while len(lines) < 2:
        seen.wait(0.01)
    store.create("pods", pod("late"))
    while len(lines) < 3:
        seen.wait(0.01)
    assert lines[2].split()[0] == "late"
    store.available = False
    watcher.join(60)
    assert not watcher.is_alive()


def test_describe_tells_state_and_events(kubectl, store):
    event = {
        "metadata": {"name": "e1", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": "web", "namespace": "default"},
        "type": "Normal",
        "reason": "Started",
        "message": "Started container main",
    }
    store.create("events", event)
    store.update("pods", pod("web", app="web"), subresource="status")
    text = kubectl("describe", "pod", "web")
    for line in ("Name:         web", "  app: web", "Status:       Running", "  Restart Count: 2"):
        assert line in text.splitlines()
    assert "  Normal  Started  Started container main" in text.splitlines()


def test_delete_deletes_and_says_so(kubectl, store):
    assert kubectl("delete", "pod", "web", "--force", "--grace-period=0") == 'pod "web" force deleted\n'
    with pytest.raises(LabError, match='the API refuses: pods "web" not found'):
        kubectl("delete", "pod", "web")


def test_what_a_pod_says_cannot_steer_the_terminal(kubectl, store):
    store.create(
        "events",
        {
            "metadata": {"name": "e2", "namespace": "default"},
            "involvedObject": {"kind": "Pod", "name": "web", "namespace": "default"},
            "type": "Normal",
            "reason": "R",
            "message": "\x1b[2Jboo",
        },
    )
    assert "\\x1b[2Jboo" in kubectl("describe", "pod", "web")
    assert "\x1b" not in kubectl("get", "events")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "the following arguments are required: command"),
        (("apply",), "invalid choice: 'apply'"),
        (("get", "deployments"), "the lab's API has no `deployments`"),
        (("get", "pods", "web", "-A"), "a name cannot be looked for in all namespaces"),
        (("delete", "pods"), "delete needs a name"),
        (("describe", "pods"), "describe needs a name"),
        (("get", "pods", "-o", "jsonpath={}"), "invalid choice"),
    ],
)
def test_misuse_is_told_without_a_traceback(kubectl, arguments, message):
    with pytest.raises(LabUsageError) as failure:
        kubectl(*arguments)
    assert message in failure.value.message


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"clusters": [], "users": []}', "a: yaml"])
def test_another_kubeconfig_is_refused(tmp_path, content):
    (tmp_path / "kubeconfig").write_text(content)
    with pytest.raises(LabError, match="is not a lab's kubeconfig"):
        run(tmp_path / "kubeconfig", ["get", "pods"])


def test_an_api_that_is_down_is_told(kubectl, store, kubeconfig):
    config = json.loads(kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    kubeconfig.write_text(json.dumps(config))
    with pytest.raises(LabError, match=r"the lab's API does not answer: .*refused"):
        kubectl("get", "pods")
