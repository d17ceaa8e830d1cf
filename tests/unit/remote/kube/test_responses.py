"""What an API answers, bounded: bodies and values."""

from __future__ import annotations

import gzip
import json
import resource
from pathlib import Path

import pytest
from tests.fakes.api_client import LIST
from tests.fakes.api_messages import Reply

from podwright.errors import (
    ClusterAnswerError,
)
from podwright.remote.kube import responses
from podwright.remote.kube.responses import (
    MAX_BODY_BYTES,
    MAX_VALUES,
    parse_object,
)


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_beyond_all_measure_is_not_read(server, client_of, monkeypatch, packed):
    monkeypatch.setattr(responses, "MAX_BODY_BYTES", 1 << 20)
    huge = b'{"a": "' + b"x" * (50 << 20) + b'"}'
    body = gzip.compress(huge, 1) if packed else huge[: 3 << 20]
    server.script(Reply(200, body, {"Content-Encoding": "gzip" if packed else ""}))
    with pytest.raises(ClusterAnswerError, match="more than 1 MiB"):
        client_of().get(LIST)


def test_what_follows_a_packed_answer_is_refused(server, client_of):
    server.script(Reply(200, gzip.compress(b"{}") + b"x" * (3 << 20), {"Content-Encoding": "gzip"}))
    with pytest.raises(ClusterAnswerError, match="more after the end"):
        client_of().get(LIST)


def test_the_huge_body_of_an_error_is_cut_and_its_connection_not_used_again(server, client_of):
    http = client_of()
    server.script(Reply(400, b"x" * (1 << 20)))
    with pytest.raises(ClusterAnswerError, match="answers 400"):
        http.get(LIST)
    assert http.get(LIST)["kind"] == "List"
    assert server.accepted == 2


def test_packed_answers_are_unpacked(server, client_of):
    server.gzip = True
    assert client_of().get(LIST)["kind"] == "List"
    assert server.requests[-1].header("accept-encoding") == "gzip"


@pytest.mark.parametrize("item", [b"{}", b"[]", b'""', b"1"])
def test_more_values_than_any_list_has_are_refused_before_they_are_made(monkeypatch, item):
    monkeypatch.setattr(responses, "MAX_VALUES", 1000)
    few = b'{"items": [' + b",".join([item] * 400) + b"]}"
    assert len(parse_object(few, LIST)["items"]) == 400
    many = b'{"items": [' + b",".join([item] * 1001) + b"]}"
    with pytest.raises(ClusterAnswerError, match="answered list pods with more than 1000 values"):
        parse_object(many, LIST)


def test_a_flood_of_tiny_objects_costs_little_memory():
    flood = b'{"items": [' + b"{}," * (20 << 20) + b"{}]}"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ClusterAnswerError, match="more than 4000000 values"):
        parse_object(flood, LIST)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


def test_ten_thousand_recorded_pods_stay_within_the_bounds():
    recorded = Path(__file__).parents[3] / "recorded" / "watch" / "02-update-spec.jsonl"
    pods = [json.dumps(json.loads(line)["object"]) for line in recorded.read_text().splitlines()]
    largest = max(pods, key=len)
    values = sum(largest.count(character) for character in ",{[")
    assert values * 10_000 < MAX_VALUES
    assert len(largest) * 10_000 < MAX_BODY_BYTES
