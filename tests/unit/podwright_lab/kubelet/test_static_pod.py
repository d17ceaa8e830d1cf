import json

import pytest

from podwright_lab.kubelet.static_pod import (
    RejectedError,
    full_name,
    grace_seconds,
    is_mirror,
    is_mirror_of,
    mirror_of,
    read_manifest,
    uid_of,
)

TEXT = """\
apiVersion: v1
kind: Pod
metadata: {name: app, annotations: {note: "1"}}
spec:
  containers:
  - {name: c, image: "busybox:1", command: [sleep, "9"]}
"""
PATH = "/etc/kubernetes/manifests/app.yaml"


def read(text=TEXT, path=PATH, node="N1"):
    return read_manifest(text.encode(), path, node)


def test_the_pod_gets_the_nodes_name_and_what_every_static_pod_has():
    pod = read()
    assert full_name(pod) == "default/app-n1"
    assert pod["spec"]["nodeName"] == "N1"
    assert pod["spec"]["tolerations"] == [{"operator": "Exists", "effect": "NoExecute"}]
    assert pod["metadata"]["annotations"] == {"note": "1", "kubernetes.io/config.hash": uid_of(pod)}
    assert len(uid_of(pod)) == 32
    assert int(uid_of(pod), 16) >= 0


def test_the_uid_does_not_change_with_comments_order_or_form():
    document = {
        "spec": {"containers": [{"command": ["sleep", "9"], "image": "busybox:1", "name": "c"}]},
        "metadata": {"annotations": {"note": "1"}, "name": "app"},
        "kind": "Pod",
        "apiVersion": "v1",
    }
    for same in (
        "# a comment\n" + TEXT,
        TEXT + "\n\n",
        json.dumps(document),
        TEXT + "status: {phase: Failed}\n",
    ):
        assert uid_of(read(same)) == uid_of(read())


def test_a_field_that_a_pod_does_not_have_changes_nothing():
    assert uid_of(read(TEXT + "  hostNetwrk: true\n")) == uid_of(read())


def test_a_default_that_is_written_down_changes_nothing():
    assert uid_of(read(TEXT + "  restartPolicy: Always\n")) == uid_of(read())


@pytest.mark.parametrize(
    "changed",
    [
        {"text": TEXT.replace('note: "1"', 'note: "2"')},
        {"text": TEXT.replace('"9"', '"10"')},
        {"text": TEXT + "  hostNetwork: true\n"},
        {"path": PATH.replace("app", "other")},
        {"node": "n2"},
    ],
)
def test_the_uid_changes_with_content_path_and_node(changed):
    assert uid_of(read(**changed)) != uid_of(read())


def test_a_uid_that_is_given_is_taken():
    pod = read(TEXT.replace("name: app", "name: app, uid: my-own"))
    assert uid_of(pod) == pod["metadata"]["annotations"]["kubernetes.io/config.hash"] == "my-own"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "kind: Pod", TEXT.replace("image", "imag"), TEXT.replace("name: c", "name: 7"), "\t"],
)
def test_what_the_kubelet_would_not_take_is_rejected(text):
    with pytest.raises(RejectedError):
        read(text)


def test_a_mirror_names_its_pod_and_belongs_to_the_node():
    pod = read()
    mirror = mirror_of(pod, "node-uid")
    assert mirror["metadata"]["annotations"]["kubernetes.io/config.mirror"] == uid_of(pod)
    (owner,) = mirror["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"], owner["controller"]) == ("Node", "node-uid", True)
    assert "uid" not in mirror["metadata"]
    assert is_mirror(mirror)
    assert is_mirror_of(mirror, pod)
    assert not is_mirror(pod)
    assert not is_mirror_of(mirror, read(path="/other"))


def test_a_negative_grace_period_is_a_second():
    assert grace_seconds(read(TEXT + "  terminationGracePeriodSeconds: -3\n")) == 1.0
    assert grace_seconds(read()) == 30.0
