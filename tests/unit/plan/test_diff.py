"""Diffs that a person may paste into a ticket."""

from __future__ import annotations

import base64
import json
import shlex
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.nouns import manifest, observation, observed_file, pod_text, written

from podwright.plan.compare import compare
from podwright.plan.diff import CHANGED, unified_diff
from podwright.redaction.redactor import Redactor, worth_finding

WEB = manifest()


def diff(desired, absent=(), *files, secrets=()) -> str:
    [change] = compare(desired, absent, observation(*files), adopt=True)
    return unified_diff(change, Redactor(secrets))


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


def test_layout_and_comments_are_no_difference() -> None:
    theirs = json.dumps(WEB.document)
    text = diff([WEB], (), observed_file("web.yaml", f"# hunter2\n{theirs}"))
    assert {line for line in text.splitlines() if line[:1] == "-"} == {"--- a/web.yaml"}
    assert "hunter2" not in text


@pytest.mark.parametrize(
    "content",
    [
        "hunter2: [",
        "hunter2",
        "kind: Secret\napiVersion: v1\nstringData: {a: hunter2}\n",
        "kind: Pod\nx: hunter2\n" + "#" * 300_000,
        b"\xff\xfehunter2",
    ],
)
@pytest.mark.parametrize("absent", [False, True])
def test_what_cannot_be_read_as_a_pod_is_not_shown(content, absent) -> None:
    file = observed_file("web.yaml", content)
    text = diff([], ["web.yaml"], file) if absent else diff([WEB], (), file)
    assert (
        f"-# not shown: cannot be read as a pod ({len(file.content)} bytes, sha256:{file.sha256})\n" in text
    )
    assert "hunter2" not in text


def test_a_secret_that_changes_is_told_and_one_that_stays_is_not() -> None:
    two = "example.com/web:1\n    env: [{name: DB_PASSWORD, value: %s}, {name: TOKEN, value: same-token}]"
    old, new = manifest(image=two % "hunter2"), manifest(image=two % "hunter3-is-longer")
    lines = diff([new], (), written(old)).splitlines()
    assert '-      value: "[redacted]"' in lines
    assert '+      value: "[redacted, changed]"' in lines
    assert '       value: "[redacted]"' in lines
    assert not any("hunter" in line for line in lines)


def test_a_line_that_changes_around_a_secret_does_not_say_that_the_secret_does() -> None:
    one = "example.com/web:1\n    args: ['app --token=hunter2 --v=%s']"
    lines = diff([manifest(image=one % 2)], (), written(manifest(image=one % 1))).splitlines()
    assert '+    - "app --token=[redacted] --v=2"' in lines
    lines = diff(
        [manifest(image=one.replace("hunter2", "hunter3") % 2)], (), written(manifest(image=one % 1))
    )
    assert '+    - "app --token=[redacted, changed] --v=2"' in lines.splitlines()


def test_a_secret_beside_one_that_changes_is_not_called_changed() -> None:
    old = manifest(image="example.com/web:1\n    env: [{name: DB_PASSWORD, value: hunter2}]")
    new = manifest(
        image="example.com/web:1\n    env: [{name: TOKEN, value: hunter3}, {name: DB_PASSWORD, value: hunter4}]"
    )
    lines = diff([new], (), written(old)).splitlines()
    assert lines[lines.index("+    - name: TOKEN") + 1] == '+      value: "[redacted]"'
    assert '+      value: "[redacted, changed]"' in lines


def test_a_secret_that_is_new_is_not_called_changed() -> None:
    assert "[redacted, changed]" not in diff([env("DB_PASSWORD", "hunter2")], (), written(WEB))
    assert "[redacted, changed]" not in diff([env("DB_PASSWORD", "hunter2")])


def test_what_is_named_a_secret_once_is_left_out_where_it_stands_without_the_name() -> None:
    extra = "example.com/web:1\n    env: [{name: DB_PASSWORD, value: hunter2-x}]\n    args: [%s]"
    for argument in ("connect as hunter2-x", "YTpodW50ZXIyLXg="):
        text = diff([manifest(image=extra % argument)])
        assert "hunter2-x" not in text
        assert "YTpodW50ZXIyLXg" not in text


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


STYLES = {
    "block": lambda pod: yaml.safe_dump(pod, allow_unicode=True),
    "escaped": lambda pod: yaml.safe_dump(pod, default_style='"', width=40),
    "single quotes": lambda pod: yaml.safe_dump(pod, default_style="'", allow_unicode=True),
    "flow": lambda pod: yaml.safe_dump(pod, default_flow_style=True),
    "literal": lambda pod: yaml.safe_dump(pod, default_style="|", allow_unicode=True),
    "folded": lambda pod: yaml.safe_dump(pod, default_style=">", width=30),
    "JSON": json.dumps,
    "JSON in lines": lambda pod: json.dumps(pod, indent=4, ensure_ascii=False),
}
PLACES = {
    "named variable": lambda s: {"env": [{"name": "DB_PASSWORD_PROD", "value": s}]},
    "variable": lambda s: {"env": [{"name": "A", "value": s}]},
    "base64": lambda s: {"env": [{"name": "A", "value": base64.b64encode(f"u:{s}".encode()).decode()}]},
    "URL": lambda s: {"env": [{"name": "DATABASE_URL", "value": f"postgres://u:{quote(s, safe='')}@db/x"}]},
    "JSON text": lambda s: {"env": [{"name": "A", "value": json.dumps({"a": s})}]},
    "argument": lambda s: {"args": [f"--a={s}"]},
    "flag": lambda s: {"args": ["--password", s]},
    "shell": lambda s: {"command": ["sh", "-c", f"exec app --token={shlex.quote(s)}"]},
}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=50)
@given(
    secret=st.text(
        st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), min_size=6, max_size=50
    ),
    style=st.sampled_from(sorted(STYLES)),
)
def test_no_secret_is_in_any_diff(place, known, secret, style) -> None:
    """`known`: the inventory holds it; otherwise its place must tell."""
    secret = secret.strip()
    if len(secret) < 6 or not worth_finding(secret):
        return
    if not known and place not in ("named variable", "URL", "flag", "shell"):
        return
    if place in ("flag", "shell") and secret.startswith("-"):
        return  # the next flag, to the program too
    frame = CHANGED + "[redacted]" + diff([WEB], (), observed_file("web.yaml", STYLES[style](pod({}))))
    encoded = [secret, json.dumps(secret)[1:-1], base64.b64encode(f"u:{secret}".encode()).decode()]
    if any(form in frame for form in encoded):
        return
    old = observed_file("web.yaml", STYLES[style](pod(PLACES[place](secret))))
    text = diff([WEB], (), old, secrets=[secret] if known else [])
    assert not any(form in text for form in encoded)
    assert not any(line and line in text for line in secret.splitlines() if len(line) >= 12)


def pod(container: dict[str, object]) -> dict[str, object]:
    whole = WEB.document
    whole["spec"]["containers"][0] |= {"args": [], "env": []} | container
    return whole
