"""Requests and answers without a socket."""

import json

import pytest

from podwright_lab.api.api_error import ApiError, expired
from podwright_lab.api.messages import Answer, Request, error_answer, json_answer


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("true", True), ("TRUE", True), ("t", True), ("0", False), ("yes", False), ("", False)],
)
def test_a_flag_is_true_in_gos_words_only(text, value):
    assert Request("GET", (), {"watch": text}).flag("watch") is value


@pytest.mark.parametrize(
    ("text", "value"), [("", None), ("0", 0), ("+5", 5), ("-3", -3), ("9" * 18, 10**18 - 1)]
)
def test_a_number_is_read_as_go_reads_it(text, value):
    assert Request("GET", (), {"limit": text}).number("limit") == value


@pytest.mark.parametrize("text", ["x", "1.5", " 1", "٣", "9" * 19])
def test_what_is_not_a_number_is_a_bad_request(text):
    with pytest.raises(ApiError, match="invalid syntax") as caught:
        Request("GET", (), {"limit": text}).number("limit")
    assert caught.value.code == 400


def test_a_long_value_is_cut_in_the_refusal():
    with pytest.raises(ApiError) as caught:
        Request("GET", (), {"limit": "x" * 10_000}).number("limit")
    assert len(str(caught.value)) < 200


def test_a_request_keeps_its_path_and_gets_a_user():
    request = Request("GET", ("api", "v1", "pods"), {}).by("reader")
    assert (request.raw_path, request.user) == ("/api/v1/pods", "reader")


def test_an_answer_is_one_line_of_json():
    answer = json_answer({"name": "é"}, 201, {"Warning": "x"})
    assert answer == Answer(201, '{"name":"é"}\n'.encode(), headers={"Warning": "x"})


def test_an_error_is_its_status():
    answer = error_answer(expired("too old"))
    assert answer.code == 410
    assert json.loads(answer.body)["reason"] == "Expired"
    assert answer.headers == {}


def test_an_error_that_says_when_to_retry_says_it_in_a_header():
    answer = error_answer(ApiError(504, "Timeout", "later", {"retryAfterSeconds": 1}))
    assert answer.headers == {"Retry-After": "1"}
