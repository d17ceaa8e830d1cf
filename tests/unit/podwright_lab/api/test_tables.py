"""Tables are made for those who ask for them, and a watch of tables names its columns once."""

import json
from datetime import UTC, datetime

import pytest

from podwright_lab.api.kinds import KINDS
from podwright_lab.api.messages import Request
from podwright_lab.api.tables import wanted, watch_encoder
from podwright_lab.api.watching import added, bookmark

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        (TABLE, True),
        (f"{TABLE},application/json", True),
        ("application/json;as=Table;g=meta.k8s.io;v=v1beta1, */*", True),
        ("application/json", False),
        ("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", False),
        ("", False),
    ],
)
def test_a_table_is_sent_to_those_who_ask(accept, answer):
    assert wanted(accept) is answer


def test_a_plain_watch_has_no_encoder():
    assert watch_encoder(KINDS["pods"], lambda: NOW, Request("GET", (), {}, "application/json")) is None


def test_the_columns_come_with_the_first_event_only():
    encode = watch_encoder(KINDS["namespaces"], lambda: NOW, Request("GET", (), {}, TABLE))
    namespace = {
        "metadata": {"name": "x", "creationTimestamp": "2026-11-23T11:59:30Z", "resourceVersion": "7"},
        "status": {"phase": "Active"},
    }
    first, second = (json.loads(encode(added(namespace))) for _ in range(2))
    assert first["type"] == second["type"] == "ADDED"
    assert [column["name"] for column in first["object"]["columnDefinitions"]] == ["Name", "Status", "Age"]
    assert second["object"]["columnDefinitions"] == []
    assert second["object"]["rows"][0]["cells"] == ["x", "Active", "30s"]
    assert second["object"]["metadata"] == {"resourceVersion": "7"}


def test_a_bookmark_is_a_table_without_rows():
    encode = watch_encoder(KINDS["pods"], lambda: NOW, Request("GET", (), {}, TABLE))
    event = json.loads(encode(bookmark(KINDS["pods"], 9)))
    assert (event["type"], event["object"]["rows"]) == ("BOOKMARK", [])
    assert event["object"]["metadata"]["resourceVersion"] == "9"
