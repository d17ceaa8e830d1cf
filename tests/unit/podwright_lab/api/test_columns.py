"""Ages and cells read as kubectl's own."""

from datetime import UTC, datetime

import pytest

from podwright_lab.api.columns import age, cells, duration, of
from podwright_lab.api.kinds import KINDS

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (-0.5, "0s"),
        (-10, "<invalid>"),
        (119, "119s"),
        (120, "2m"),
        (150, "2m30s"),
        (599, "9m59s"),
        (600, "10m"),
        (10799, "179m"),
        (10800, "3h"),
        (12000, "3h20m"),
        (28800, "8h"),
        (172799, "47h"),
        (172800, "2d"),
        (180000, "2d2h"),
        (691200, "8d"),
        (62208000, "720d"),
        (63072000, "2y"),
        (70000000, "2y80d"),
        (300000000, "9y"),
    ],
)
def test_a_duration_is_rounded_as_kubectl_does(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-11-23T11:59:00Z", "60s"),
        ("2026-11-23T11:59:00.123456Z", "59s"),
        ("2026-11-23T11:59:00", "60s"),
        (None, "<unknown>"),
        ("yesterday", "<unknown>"),
    ],
)
def test_an_age_counts_from_a_timestamp(moment, text):
    assert age(moment, NOW) == text


def row(plural, **item):
    kind = KINDS[plural]
    names = [column.name for column in of(kind)]
    item.setdefault("metadata", {"name": "x", "creationTimestamp": "2026-11-23T11:00:00Z"})
    return dict(zip(names, cells(kind, item, NOW), strict=True))


def test_a_node_shows_its_state_roles_and_versions():
    node = row(
        "nodes",
        metadata={"name": "n1", "labels": {"node-role.kubernetes.io/control-plane": ""}},
        spec={"unschedulable": True},
        status={
            "conditions": [{"type": "Ready", "status": "Unknown"}],
            "addresses": [
                {"type": "Hostname", "address": "n1"},
                {"type": "InternalIP", "address": "192.0.2.1"},
            ],
            "nodeInfo": {"kubeletVersion": "v1.36.2"},
        },
    )
    assert node["Status"] == "NotReady,SchedulingDisabled"
    assert (node["Roles"], node["Version"], node["Internal-IP"]) == ("control-plane", "v1.36.2", "192.0.2.1")
    assert (node["External-IP"], node["OS-Image"]) == ("<none>", "<unknown>")
    assert row("nodes")["Status"] == "Unknown"


def test_a_pod_shows_restarts_with_their_age_and_gates():
    ended = {"terminated": {"finishedAt": "2026-11-23T11:55:00Z"}}
    status = {"name": "c", "restartCount": 3, "state": {}, "lastState": ended}
    gate = {"conditionType": "example.com/go"}
    pod = row(
        "pods",
        spec={"containers": [{"name": "c"}], "nodeName": "n1", "readinessGates": [gate]},
        status={"containerStatuses": [status], "conditions": [{"type": "example.com/go", "status": "True"}]},
    )
    assert pod["Restarts"] == "3 (5m ago)"
    assert (pod["Readiness Gates"], pod["Node"], pod["IP"]) == ("1/1", "n1", "<none>")


def test_an_event_shows_what_it_is_about():
    event = row(
        "events",
        lastTimestamp="2026-11-23T11:58:00Z",
        firstTimestamp="2026-11-23T11:00:00Z",
        type="Warning",
        reason="BackOff",
        message=" again \n",
        count=7,
        involvedObject={"kind": "Pod", "name": "web-n1", "fieldPath": "spec.containers{c}"},
        source={"component": "kubelet", "host": "n1"},
    )
    assert list(event.values())[:5] == ["2m", "Warning", "BackOff", "pod/web-n1", "spec.containers{c}"]
    assert (event["Source"], event["Message"], event["First Seen"], event["Count"]) == (
        "kubelet, n1",
        "again",
        "60m",
        "7",
    )


def test_a_cell_that_cannot_be_told_is_unknown_and_the_others_are():
    pod = row(
        "pods",
        spec={"containers": [{"name": "c"}]},
        status={"containerStatuses": [{"name": "c", "state": "up"}]},
    )
    assert pod["Status"] == "<unknown>"
    assert pod["Name"] == "x"


def test_every_other_kind_has_a_name_and_an_age():
    assert row("leases") == {"Name": "x", "Age": "60m"}
