"""Secrets that a text names: commands, URLs, configuration inside a value."""

from __future__ import annotations

import time

import pytest

from podwright.redaction.patterns import argument_spans
from podwright.redaction.redactor import Redactor

X = "[redacted]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("exec app --token=abc --v=2", f"exec app --token={X} --v=2"),
        ("exec app --password abc --v", f"exec app --password {X} --v"),
        ("exec app --password \\\n  abc", f"exec app --password \\\n  {X}"),
        ("DB_PASSWORD=abc exec app", f"DB_PASSWORD={X} exec app"),
        ("""app --password="a b"'c' --v""", f"app --password={X} --v"),
        (r'sh -c "mysql --password=\"a b\" x"', f'sh -c "mysql --password={X} x"'),
        ("curl -H 'Authorization: Bearer a.b c' http://x", f"curl -H 'Authorization: Bearer {X}' http://x"),
        ("curl -u me:abc http://x", f"curl -u me:{X} http://x"),
        ("mysqladmin ping -uroot -phunter3", f"mysqladmin ping -uroot -p{X}"),
        ("redis-cli -a abc ping", f"redis-cli -a {X} ping"),
        ("postgres://app:p@w@db:5432/x?y=1", f"postgres://app:{X}@db:5432/x?y=1"),
        ("app:pw1@tcp(db:3306)/x", f"app:{X}@tcp(db:3306)/x"),
        ("https://x.y/z?token=abc", f"https://x.y/z?token={X}"),
        ("Server=x;Password=a b;User=u", f"Server=x;Password={X};User=u"),
        ('{"password":"a b","user":"y"}', f'{{"password":{X},"user":"y"}}'),
        ("password: correct horse\nuser: x", f"password: {X}\nuser: x"),
        ("password = correct horse\nuser = x", f"password = {X}\nuser = x"),
        ("a:\n  password: |\n    one\n\n    two\n  user: x", f"a:\n  password: {X}\n  user: x"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest", f"{X}\nrest"),
        ("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", f"x {X}"),
    ],
)
def test_what_is_named_a_secret_is_left_out_and_nothing_else(text, shown) -> None:
    assert Redactor().text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "exec app --authorization-mode=Node,RBAC --anonymous-auth=false --port=80",
        "exec app --tls-private-key-file=/etc/kubernetes/pki/x.key --key=/etc/etcd/x.key",
        "exec app --token=$(TOKEN) --password ${PASSWORD} --secret $SECRET",
        "http://host:8080/x?mail=a@b",
        "registry.example.com/team/app:1.0@sha256:abcdef",
        "test -f /etc/passwd && cat /var/run/secrets/kubernetes.io/serviceaccount/token",
        "mysqladmin --port 3306 -uroot ping; exec app -p 80",
        "the token is bad; wrong key `app` of secret `db`",
        "git clone ssh://git@example.com/x",
    ],
)
def test_what_is_no_secret_stays_readable(text) -> None:
    assert Redactor().text(text) == text


@pytest.mark.parametrize(
    ("arguments", "secret"),
    [
        (("app", "--password", "a b", "--v=2"), "a b"),
        (("app", "-password=a b c"), "a b c"),
        (("sh", "-c", "app --pw abc"), "abc"),
        (("mysqladmin", "ping", "-uroot", "-phunter3"), "hunter3"),
        (("redis-cli", "-a", "a b", "ping"), "a b"),
        (("sshpass", "-p", "abc", "ssh"), "abc"),
        (("curl", "-u", "me:abc", "http://x"), "abc"),
    ],
)
def test_a_flag_and_its_value_may_be_two_arguments(arguments, secret) -> None:
    found = [
        arguments[place][slice(*span)] for place, spans in argument_spans(arguments).items() for span in spans
    ]
    assert found == [secret]


@pytest.mark.parametrize(
    "part",
    [
        "://a:",
        "mysql ",
        "password",
        "a:b@",
        '"',
        'password="\\',
        "-----BEGIN PRIVATE KEY-----",
        "x.",
        "-eyJ",
        "password: x\n",
    ],
)
def test_a_hostile_text_costs_little(part) -> None:
    begin = time.process_time()
    Redactor(["hunter2"]).text(part * (64_000 // len(part)))
    assert time.process_time() - begin < 5
