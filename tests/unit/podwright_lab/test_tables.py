"""Columns and descriptions as a terminal shows them."""

import pytest

from podwright_lab.tables import columns, describe

DEFINITIONS = [{"name": "Name"}, {"name": "Ready"}, {"name": "IP", "priority": 1}]


def row(*cells, namespace="default"):
    return {"cells": list(cells), "object": {"metadata": {"namespace": namespace}}}


def test_columns_are_as_wide_as_their_widest_cell():
    lines = columns(
        DEFINITIONS, [row("web", "1/1", "x"), row("a-longer-name", "0/1", "x")], wide=False, namespaces=False
    )
    assert lines == ["NAME            READY", "web             1/1", "a-longer-name   0/1"]


def test_what_is_of_less_priority_is_for_wide_tables():
    (head, line) = columns(DEFINITIONS, [row("web", "1/1", "10.0.0.1")], wide=True, namespaces=False)
    assert head.split() == ["NAME", "READY", "IP"]
    assert line.split() == ["web", "1/1", "10.0.0.1"]


def test_namespaces_come_first():
    rows = [row("web", "1/1", "", namespace="shop"), row("db", "1/1", "")]
    lines = columns(DEFINITIONS, rows, wide=False, namespaces=True)
    assert [line.split()[:2] for line in lines] == [["NAMESPACE", "NAME"], ["shop", "web"], ["default", "db"]]


@pytest.mark.parametrize(("value", "shown"), [(None, "<none>"), ("", "<none>"), (0, "0"), (False, "False")])
def test_an_empty_cell_says_none(value, shown):
    assert columns([{"name": "X"}], [row(value)], wide=False, namespaces=False)[1] == shown


def test_a_table_without_rows_is_its_header():
    assert columns(DEFINITIONS, [], wide=False, namespaces=False) == ["NAME   READY"]


POD = {
    "metadata": {
        "name": "web-n1",
        "namespace": "default",
        "labels": {"b": "2", "a": "1"},
        "ownerReferences": [{"kind": "Node", "name": "n1"}],
    },
    "spec": {"nodeName": "n1"},
    "status": {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "False"}],
        "containerStatuses": [
            {
                "name": "c",
                "image": "busybox:1",
                "ready": False,
                "restartCount": 4,
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            }
        ],
    },
}


def test_a_pod_is_described_with_state_and_events():
    events = [{"type": "Warning", "reason": "BackOff", "message": "again"}]
    assert describe(POD, events) == (
        "Name:         web-n1\n"
        "Namespace:    default\n"
        "Node:         n1\n"
        "Labels:\n"
        "  a: 1\n"
        "  b: 2\n"
        "Annotations: <none>\n"
        "Controlled By: Node/n1\n"
        "Status:       Running\n"
        "Container c:\n"
        "  Image:         busybox:1\n"
        "  State:         waiting CrashLoopBackOff\n"
        "  Ready:         False\n"
        "  Restart Count: 4\n"
        "Conditions:\n"
        "  Ready: False\n"
        "Events:\n"
        "  Warning  BackOff  again\n"
    )


def test_an_object_of_which_little_is_known_is_described_too():
    text = describe({"metadata": {"name": "n1"}}, [])
    assert text == "Name:         n1\nLabels: <none>\nAnnotations: <none>\nEvents: <none>\n"
