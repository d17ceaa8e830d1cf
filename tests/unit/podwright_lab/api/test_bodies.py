"""What a request's body may be."""

import json

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.bodies import (
    DeleteOptions,
    delete_options,
    field_warnings,
    is_dry_run,
    json_of,
    object_of,
    patch_type_of,
)
from podwright_lab.api.messages import Request


def request(body=b"", content_type="application/json", **query):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request("POST", (), query, content_type=content_type, body=content)


@pytest.mark.parametrize(
    ("content_type", "patch_type"),
    [
        ("application/json-patch+json", "json"),
        ("application/merge-patch+json", "merge"),
        ("application/strategic-merge-patch+json", "strategic"),
    ],
)
def test_the_kind_of_a_patch(content_type, patch_type):
    assert patch_type_of(request(content_type=content_type)) == patch_type


@pytest.mark.parametrize("content_type", ["application/apply-patch+yaml", "application/json", ""])
def test_another_kind_of_patch_is_not_supported(content_type):
    with pytest.raises(ApiError) as caught:
        patch_type_of(request(content_type=content_type))
    assert caught.value.code == 415


@pytest.mark.parametrize("content_type", ["application/json", "", "application/merge-patch+json"])
def test_json_is_read_under_its_names(content_type):
    assert json_of(request({"a": 1}, content_type)) == {"a": 1}


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"a: 1", "application/yaml", 415),
    ],
)
def test_anything_else_is_refused(body, content_type, code):
    with pytest.raises(ApiError) as caught:
        json_of(request(body, content_type))
    assert caught.value.code == code


@pytest.mark.parametrize("body", [[], "x", 5, None, {"metadata": "x"}, {"metadata": [1]}])
def test_an_object_is_a_mapping_with_metadata(body):
    with pytest.raises(ApiError, match="unrecognized"):
        object_of(request(body))


@pytest.mark.parametrize(
    ("body", "query", "options"),
    [
        (b"", {}, DeleteOptions(None, None, dry_run=False)),
        (b"", {"gracePeriodSeconds": "0", "dryRun": "All"}, DeleteOptions(0, None, dry_run=True)),
        ({"gracePeriodSeconds": 5}, {"gracePeriodSeconds": "9"}, DeleteOptions(5, None, dry_run=False)),
        ({"preconditions": {"uid": "u"}, "dryRun": ["All"]}, {}, DeleteOptions(None, "u", dry_run=True)),
    ],
)
def test_the_options_of_a_delete_stand_in_body_or_query(body, query, options):
    assert delete_options(request(body, **query)) == options


@pytest.mark.parametrize("grace", ["5", True, 1.5])
def test_a_grace_period_is_an_integer(grace):
    with pytest.raises(ApiError, match="int64"):
        delete_options(request({"gracePeriodSeconds": grace}))


@pytest.mark.parametrize(("value", "dry"), [(None, False), ("", False), ("All", True)])
def test_a_dry_run_is_all_or_nothing(value, dry):
    assert is_dry_run(value) is dry
    with pytest.raises(ApiError, match="supported values"):
        is_dry_run("Some")


POD = {"spec": {"hostNetwrok": True, "containers": [{'a"b': 1}]}}


def test_unknown_fields_are_warned_of_in_a_header():
    warning = field_warnings(request(), "pods", POD)["Warning"]
    assert warning == (
        '299 - "unknown field \\"spec.containers[0].a\\"b\\"", 299 - "unknown field \\"spec.hostNetwrok\\""'
    )


@pytest.mark.parametrize(
    ("check", "kind"), [("Ignore", "pods"), ("Warn", "nodes"), ("Strict", "nodes"), ("Ignore", "nodes")]
)
def test_nobody_is_warned_who_does_not_want_it_or_sends_another_kind(check, kind):
    assert field_warnings(request(fieldValidation=check), kind, POD) == {}


def test_a_strict_client_is_refused():
    with pytest.raises(ApiError, match=r'^Pod in .*strict decoding error: unknown field .*hostNetwrok"$'):
        field_warnings(request(fieldValidation="Strict"), "pods", POD)
