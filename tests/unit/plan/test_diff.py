"""Diffs that a person may paste into a ticket."""

from __future__ import annotations

import json

import pytest
from tests.fakes.nouns import manifest, observation, observed_file, pod_text, written

from podwright.plan.changes import make_plan
from podwright.plan.diff import secret_values, unified_diff

WEB = manifest()


def diff(desired, absent=(), *files, secrets=()) -> str:
    [change] = make_plan(desired, absent, observation(*files), adopt=True).changes
    return unified_diff(change, secrets)


def env(name: str, value: str):
    return manifest(
        image=f"example.com/web:1\n    env:\n    - name: {name}\n      value: {json.dumps(value)}"
    )


def test_a_create_a_delete_and_a_keep() -> None:
    created = diff([WEB])
    assert created.startswith("--- /dev/null\n+++ b/web.yaml\n@@ -0,0 ")
    deleted = diff([], ["web.yaml"], written(WEB))
    assert deleted.startswith("--- a/web.yaml\n+++ /dev/null\n")
    assert diff([WEB], (), written(WEB)) == ""


def test_an_update_shows_what_changes() -> None:
    text = diff([manifest(image="example.com/web:2")], (), written(WEB))
    changed = [line for line in text.splitlines() if line[:1] in "+-" and "image:" in line]
    assert len(changed) == 2


def test_a_file_without_a_last_line_end_says_so() -> None:
    assert "\\ No newline at end of file\n" in diff([WEB], (), observed_file("web.yaml", pod_text().rstrip()))


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "API_TOKEN", "client-secret", "APIKEY", "PASS", "PASSPHRASE"]
)
def test_the_value_of_a_variable_named_like_a_secret_is_never_shown(name) -> None:
    assert "[redacted]" in diff([env(name, "hunter2")])
    for old in ((), (written(env(name, "old-hunter2")),)):
        text = diff([env(name, 'hunter2 with: "quotes"')], (), *old)
        assert "hunter2" not in text


def test_a_secret_of_many_lines_is_never_shown() -> None:
    theirs = (
        pod_text()
        + "    env:\n    - name: TLS_PRIVATE\n      value: |\n        line-one\n\n        line-two\n    tty: true\n"
    )
    text = diff([WEB], (), observed_file("web.yaml", theirs))
    assert "line-one" not in text
    assert "line-two" not in text
    assert "tty: true" in text


@pytest.mark.parametrize(
    "line",
    [
        "    env: [{name: DB_PASSWORD, value: hunter2}]\n",
        '    env: [{"name": "DB_PASSWORD", "value": "hunter2"}]\n',
        '    env: [{"value": "hunter2", "name": "DB_PASSWORD"}]\n',
    ],
)
def test_a_secret_in_any_shape_is_never_shown(line) -> None:
    assert "hunter2" not in diff([WEB], (), observed_file("web.yaml", pod_text() + line))


def test_the_secrets_of_the_inventory_are_never_shown_wherever_they_stand() -> None:
    text = diff([manifest(image="example.com/s3cr3t:1")], (), written(WEB), secrets=("s3cr3t",))
    assert "s3cr3t" not in text


def test_variables_named_like_secrets_are_found_however_deep() -> None:
    variables = {
        "db": {"password": "hunter2", "user": "ada"},
        "tokens": ["t-one", {"x": "t-two"}],
        "pass_count": 3,
        "token": "abc",
        "api_key": "k-123",
    }
    assert sorted(secret_values(variables)) == ["hunter2", "k-123", "t-one", "t-two"]
