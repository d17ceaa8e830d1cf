"""Whatever shape an object has, the store refuses it or can show it again: nothing else comes of it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podwright_lab.api import tables
from podwright_lab.api.api_error import ApiError
from podwright_lab.api.kinds import KINDS
from podwright_lab.api.store import Store, utc_now

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
WORDS = """
name namespace labels annotations finalizers ownerReferences uid resourceVersion generateName
deletionTimestamp containers initContainers volumes tolerations image env ports resources limits requests
cpu hostPort containerPort restartPolicy dnsPolicy priority priorityClassName hostNetwork securityContext
hostPath nodeName volumeMounts phase conditions containerStatuses initContainerStatuses state lastState
waiting terminated running reason exitCode restartCount ready type status readinessProbe httpGet
lifecycle projected sources downwardAPI items fieldRef grpc kubernetes.io/config.mirror metadata spec
capabilities add drop seccompProfile runAsNonRoot readinessGates
"""
FIELDS = st.sampled_from(WORDS.split())
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=5)
)
OBJECTS = st.dictionaries(FIELDS, JSON, max_size=8)
PARTS = ("env", "ports", "resources", "readinessProbe", "securityContext", "volumeMounts", "lifecycle")
CONTAINER = st.fixed_dictionaries(
    {"name": st.just("c"), "image": st.just("i")}, optional=dict.fromkeys(PARTS, JSON)
)
SPECS = OBJECTS | st.builds(lambda rest, container: {**rest, "containers": [container]}, OBJECTS, CONTAINER)
QUIET = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def shows_everything(store):
    for kind in (KINDS["pods"], KINDS["nodes"], KINDS["events"]):
        page = store.page(kind.plural)
        json.dumps(tables.table(kind, page.items, {}, utc_now(), {}))
    for selector in ("status.phase=Running", "spec.nodeName=n1", "spec.hostNetwork=true"):
        store.page("pods", None, "app=a,!b", selector)


def tried(call, *arguments, **options):
    try:
        return call(*arguments, **options)
    except ApiError:
        return None


@QUIET
@given(
    metadata=OBJECTS | JSON,
    spec=SPECS | JSON,
    status=JSON,
    level=st.sampled_from(["privileged", "restricted"]),
)
def test_any_pod_is_created_or_refused(metadata, spec, status, level):
    store = Store()
    labels = {"pod-security.kubernetes.io/enforce": level}
    store.patch("namespaces", None, "default", {"metadata": {"labels": labels}})
    hard = {"requests.cpu": "1", "pods": "5"}
    store.create("resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": hard}})
    for given_metadata in (metadata, {"name": "p"}):
        for user in ("admin", "system:node:n1"):
            tried(
                store.create, "pods", {"metadata": given_metadata, "spec": spec, "status": status}, user=user
            )
    shows_everything(store)


@QUIET
@given(
    patch=JSON,
    kind=st.sampled_from(["merge", "strategic", "json"]),
    subresource=st.sampled_from(["", "status"]),
)
def test_any_patch_is_taken_or_refused(patch, kind, subresource):
    store = Store()
    store.create("pods", {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}})
    body = patch if kind == "json" else {"metadata": patch, "spec": patch, "status": patch}
    tried(store.patch, "pods", "default", "p", body, patch_type=kind, subresource=subresource)
    tried(store.patch, "pods", "default", "p", {"status": patch}, patch_type=kind, subresource="status")
    shows_everything(store)


@QUIET
@given(body=OBJECTS, status=JSON)
def test_any_node_and_event_is_taken_or_refused(body, status):
    store = Store()
    for kind in ("nodes", "events", "resourcequotas", "leases", "priorityclasses"):
        tried(store.create, kind, {**body, "metadata": {"name": "x"}, "status": status})
    tried(
        store.create,
        "pods",
        {
            "metadata": {"name": "p"},
            "spec": {"priorityClassName": "x", "containers": [{"name": "c", "image": "i"}]},
        },
    )
    shows_everything(store)


@pytest.mark.parametrize("depth", [100, 400, 900, 5000])
def test_depth_is_no_danger(depth):
    deep = value = {}
    for _ in range(depth):
        value["a"] = value = {}
    store = Store()
    for body in ({"metadata": {"name": "x"}, "spec": deep}, {"metadata": deep}):
        tried(store.create, "nodes", body)
    shows_everything(store)
