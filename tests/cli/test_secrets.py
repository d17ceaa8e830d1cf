"""Canaries: secrets planted wherever a site, a node and its programs can hold them; no output may show one."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.cli.conftest import Site
from tests.fakes.shell_host import stand_in

# the node with a real shell that operations are tested on
from tests.unit.operations.conftest import FakeNode
from tests.unit.operations.conftest import site as node  # noqa: F401

from podwright.cli import app as app_module

PEM = """\
-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkq-first-pem-line
hkiG9w0BAQEFAASC-second-pem-line
-----END PRIVATE KEY-----
"""
SECRETS = {
    "quoted": 'it\'s "q" \\ 100% x-7f3a',
    "of another node": "other-node-key-91c2",
    "a number": "88224466",
    "evaluated": "vault-part-55aa-prod",
    "of many lines": PEM,
    "in the template": "literal-in-template-31",
    "of a flag": "flag-token-31",
    "of an annotation": "annotated-31",
    "old": "old-flow-secret-77",
    "old in a URL": "old-dsn-66",
    "old in a shell": "old shell 65",
    "old number": "99113355",
}
INVENTORY = {
    "all": {
        "vars": {
            "static_pods": ["web"],
            "stage": "prod",
            "vault": {"part": "vault-part-55aa"},
            "db": {"password": SECRETS["quoted"], "user": "ada", "port": 5432},
            "redis_passwords": [88224466],
            "app_secret": "{{ vault.part }}-{{ stage }}",
            "tls_private_key": PEM,
        },
        "hosts": {"n1": {}, "n2": {"api_key_prod": SECRETS["of another node"], "static_pods": []}},
    }
}
TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    example.com/db-password: annotated-31
    example.com/config: {{ {"url": "postgres://ada:" ~ (db.password | urlencode) ~ "@db/x"} | to_json | to_json }}
spec:
  hostNetwork: true
  tolerations: [{operator: Exists}]
  containers:
  - name: main
    image: example.com/web:1
    command: [sh, -c, {{ ("exec app --pw " ~ (db.password | quote) ~ " --token=flag-token-31") | to_json }}]
    args: ["--redis", "--password", "{{ redis_passwords[0] }}", "--key={{ hostvars['n2'].api_key_prod | b64encode }}"]
    env:
    - {name: DB_PASSWORD_PROD, value: literal-in-template-31}
    - {name: A, value: {{ db.password | to_json }}}
    - {name: B, value: {{ ("user:" ~ db.password) | b64encode }}}
    - {name: C, value: "{{ redis_passwords[0] }}"}
    - {name: D, value: "{{ app_secret }}"}
    - {name: PORT, value: "{{ db.port }}"}
    - name: E
      value: |
        tls: |
          {{ tls_private_key | indent(10) }}
    - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
"""
OLD = """\
# old-flow-secret-77
{apiVersion: v1, kind: Pod, metadata: {name: web, annotations: {'example.com/token': "old-flow\\x2dsecret-77"}}, spec: {
 hostNetwork: true, # old-flow-secret-77
 containers: [{name: main, image: example.com/web:0, args: [--password, "old-flow-\\
    secret-77", --pin=99113355], command: [sh, -c, 'exec app --password "old shell 65"'],
  env: [{value: 'old-flow-secret-77', name: DB_PASSWORD}, {name: X, value: b2xkLWZsb3ctc2VjcmV0LTc3},
   {name: DATABASE_URL, value: 'postgres://ada:old-dsn-66@db/x'}, {name: MYSQL_PWD, value: "99113355"}]}]}}
"""


def encodings(secret: str) -> set[str]:
    data = secret.encode()
    spelt = (base64.b64encode(b"x" * lead + data).decode()[lead + 2 :][:-4] for lead in range(3))
    return {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), data.hex(), *spelt}


def forms(secret: str) -> set[str]:
    lines = [line for line in secret.splitlines() if "-----" not in line]
    return {form for line in lines for form in encodings(line)}


@pytest.fixture
def planted(site: Site, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> Site:  # noqa: F811
    @contextmanager
    def world(_: app_module.App):
        yield node.world

    monkeypatch.setattr(app_module.App, "world", world)
    site.inventory.write_text(json.dumps(INVENTORY))
    site.template("web", TEMPLATE)
    (node.folder / "web.yaml").write_text(OLD)
    return site


def leaks(text: str) -> list[str]:
    return [name for name, secret in SECRETS.items() if any(form in text for form in forms(secret))]


@pytest.mark.parametrize(
    "arguments",
    [
        ["manifest", "diff", "--adopt"],
        ["manifest", "push", "--dry-run", "--diff", "--adopt", "-o", "json"],
        ["manifest", "remove", "web", "--dry-run", "--diff", "--adopt"],
        ["manifest", "diff"],
        *(["manifest", "status", "-o", form] for form in ("table", "json", "name")),
        *(["drift", "check", "-o", form] for form in ("table", "json", "yaml", "jsonl", "name")),
        *(["manifest", "validate", "-o", form] for form in ("table", "json", "sarif", "junit", "github")),
    ],
)
def test_no_output_shows_a_secret(planted: Site, arguments: list[str]) -> None:
    shown = planted.run(*arguments, "--limit", "n1")
    assert shown.code in (0, 1, 3, 4)
    assert leaks(shown.out + shown.err) == []


def test_a_diff_shows_what_is_no_secret(planted: Site) -> None:
    shown = planted.run("manifest", "diff", "--adopt", "--limit", "n1")
    for line in (
        "-    image: example.com/web:0",
        "+    image: example.com/web:1",
        '+      value: "5432"',
        "+    - name: POD_NAME",
    ):
        assert line in shown.out
    assert "[redacted]" in shown.out


@pytest.mark.parametrize("form", ["table", "json", "yaml", "jsonl"])
def test_what_programs_of_the_node_say_shows_no_secret(planted: Site, node: FakeNode, form: str) -> None:  # noqa: F811
    words = " ".join(
        SECRETS[name].replace("'", "'\"'\"'")
        for name in ("quoted", "of another node", "a number", "evaluated")
    )
    said = f"printf '%s\\n' 'E0101 web.yaml couldn'\"'\"'t parse as pod: web {words} --password=old-dsn-66'"
    stand_in(node.host.bin, "crictl", f"{said} >&2; exit 1")
    stand_in(node.host.bin, "journalctl", said)
    for arguments in (
        ["manifest", "push", "-y", "--adopt", "--timeout", "1"],
        ["drift", "check"],
        ["manifest", "status"],
    ):
        shown = planted.run(*arguments, "--limit", "n1", "-o", form)
        assert leaks(shown.out + shown.err) == []


@pytest.mark.parametrize(
    "extra", ["labels: {a: %s}", "name: %s", "namespace: %s", "annotations: {db-password: %s}"]
)
@pytest.mark.parametrize("name", ["quoted", "a number", "of another node", "evaluated"])
def test_what_a_finding_quotes_shows_no_secret(planted: Site, extra: str, name: str) -> None:
    planted.template(
        "web", TEMPLATE.replace("  name: web\n", "  " + extra % json.dumps(SECRETS[name]) + "\n", 1)
    )
    for arguments in (
        ["manifest", "validate"],
        ["manifest", "validate", "-o", "json"],
        ["manifest", "push", "-y"],
    ):
        shown = planted.run(*arguments, "--limit", "n1")
        assert leaks(shown.out + shown.err) == []


def test_a_number_that_should_be_text_is_not_quoted_where_it_may_be_a_secret(planted: Site) -> None:
    for place in ("args: [--password, 77665544]", "env: [{name: A, value: 77665544}]"):
        planted.template(
            "web",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
            f"  - {{name: a, image: b, {place}}}\n",
        )
        shown = planted.run("manifest", "validate", "--limit", "n1")
        assert "is a number but Kubernetes wants a string" in shown.out
        assert "77665544" not in shown.out + shown.err


def test_a_log_of_a_bug_holds_no_secret(planted: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    words = f"cannot handle {SECRETS['quoted']!r}, token={SECRETS['of a flag']}"

    def bug(*_: object, **__: object) -> None:
        raise ValueError(words)

    monkeypatch.setattr("podwright.cli.converge_output.converge_fleet", bug)
    shown = planted.run("manifest", "diff", "--limit", "n1")
    [log] = Path(planted.folder / "state" / "podwright").glob("traceback-*.log")
    assert "this is a bug in podwright" in shown.err
    assert "ValueError: cannot handle" in log.read_text()
    assert leaks(log.read_text()) == []
