"""Refusals as kubectl prints them and as a client reads them."""

import pytest

from podwright_lab.api.api_error import (
    ApiError,
    ApiUnavailable,
    already_exists,
    conflict,
    forbidden,
    invalid,
    not_found,
)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (not_found("pods", "web"), 404, 'pods "web" not found'),
        (not_found("leases", "n1", "coordination.k8s.io"), 404, 'leases.coordination.k8s.io "n1" not found'),
        (already_exists("pods", "web"), 409, 'pods "web" already exists'),
        (
            already_exists("pods", "web", being_deleted=True),
            409,
            'object is being deleted: pods "web" already exists',
        ),
        (conflict("pods", "web", "stale"), 409, 'Operation cannot be fulfilled on pods "web": stale'),
        (forbidden("pods", "web", "no"), 403, 'pods "web" is forbidden: no'),
        (forbidden("pods", "", "no"), 403, "pods is forbidden: no"),
        (invalid("Pod", "web", ["spec: Required"]), 422, 'Pod "web" is invalid: spec: Required'),
        (invalid("Pod", "web", ["a: x", "b: y"]), 422, 'Pod "web" is invalid: [a: x, b: y]'),
    ],
)
def test_the_words_are_the_servers(error, code, message):
    assert (error.code, str(error)) == (code, message)


def test_a_status_has_go_s_fields_in_their_order():
    assert list(not_found("pods", "web").status()) == [
        "kind",
        "apiVersion",
        "metadata",
        "status",
        "message",
        "reason",
        "details",
        "code",
    ]


def test_what_is_not_known_is_left_out_of_a_status():
    status = ApiError(500, "", "broken").status()
    assert "reason" not in status
    assert "details" not in status


def test_each_problem_of_an_invalid_object_is_a_cause():
    causes = invalid("Pod", "web", ["spec.a: Required value", "spec.b: Invalid: x: y"]).details["causes"]
    assert causes == [
        {"message": "Required value", "field": "spec.a"},
        {"message": "Invalid: x: y", "field": "spec.b"},
    ]


def test_a_server_that_is_down_says_connection_refused():
    assert str(ApiUnavailable()) == "dial tcp: connect: connection refused"
