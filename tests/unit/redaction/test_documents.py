"""Secrets of a parsed pod are masked; fields that only sound like secrets stay."""

from __future__ import annotations

import json

import pytest

from podwright.redaction.documents import masked_document
from podwright.redaction.redactor import Redactor


def masked(document: dict[str, object], *secrets: str) -> dict[str, object]:
    return masked_document(document, Redactor(secrets), lambda *_: "XX")


@pytest.mark.parametrize("value", ["hunter2", "two\nlines", 12345678, 1.5, 'q"\\'])
def test_the_value_beside_a_secret_name_is_masked_whole_whatever_its_type(value) -> None:
    assert masked({"env": [{"value": value, "name": "DB_PASSWORD"}]}) == {
        "env": [{"value": "XX", "name": "DB_PASSWORD"}]
    }


def test_a_value_below_a_secret_key_is_masked() -> None:
    annotations = {"example.com/db-password": "a", "example.com/owner": "platform", "secretName": "web"}
    assert masked({"annotations": annotations})["annotations"] == {
        "example.com/db-password": "XX", "example.com/owner": "platform", "secretName": "web",
    }  # fmt: skip
    assert masked({"options": {"password": {"value": "a", "more": [1, "b"]}}}) == {
        "options": {"password": {"value": "XX", "more": ["XX", "XX"]}}
    }


def test_fields_of_a_pod_that_sound_like_secrets_stay() -> None:
    spec = {
        "automountServiceAccountToken": False,
        "imagePullSecrets": [{"name": "registry"}],
        "volumes": [
            {"name": "passwd", "hostPath": {"path": "/etc/passwd"}},
            {"name": "token", "secret": {"secretName": "web", "items": [{"key": "app", "path": "app.conf"}]}},
            {
                "name": "api",
                "projected": {"sources": [{"serviceAccountToken": {"tokenExpirationSeconds": 3600}}]},
            },
        ],
        "env": [
            {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "TOKEN_TTL", "value": "80"},
            {"name": "DB_PASSWORD_FILE", "value": "/run/secrets/db"},
            {"name": "PASSWORD", "value": "$(DB_PASSWORD)"},
        ],
        "args": ["--tls-private-key-file=/etc/kubernetes/pki/x.key", "--token", "$(TOKEN)", "--port=80", 80],
    }
    assert masked(spec) == spec
    assert masked({"secret": "hunter2"}) == {"secret": "XX"}


def test_a_flag_of_the_command_may_have_its_value_in_the_args() -> None:
    container = {
        "command": ["app", "--password"],
        "args": ["a b", "--token=abc", "--set", "password=a b", 12],
    }
    assert masked(container) == {
        "command": ["app", "--password"],
        "args": ["XX", "--token=XX", "--set", "password=XX", 12],
    }


def test_json_in_a_text_is_read_as_json() -> None:
    text = json.dumps({"auths": {"example.com": {"auth": "dTpw"}}, "port": 80})
    shown = masked({"annotations": {"a": text, "b": '{"port": 80}', "c": "{not json"}})["annotations"]
    assert shown == {
        "a": '{"auths": {"example.com": {"auth": "XX"}}, "port": 80}', "b": '{"port": 80}', "c": "{not json",
    }  # fmt: skip


@pytest.mark.parametrize("depth", [10, 100, 300, 500, 900, 5000])
def test_json_of_any_depth_is_taken(depth) -> None:
    text = "[" * depth + '{"password": "hunter2"}' + "]" * depth
    shown = masked({"annotations": {"a": text, "b": "c"}})["annotations"]
    assert shown["b"] == "c"
    assert "hunter2" not in shown["a"]


def test_what_the_inventory_knows_is_masked_in_keys_numbers_and_parts_of_texts() -> None:
    document = {"labels": {"k-hunter2": "x"}, "image": "example.com/hunter2:1", "uid": 12345678, "port": 80}
    assert masked(document, "hunter2", "12345678") == {
        "labels": {"k-XX": "x"}, "image": "example.com/XX:1", "uid": "XX", "port": 80,
    }  # fmt: skip
