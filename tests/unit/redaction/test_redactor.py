"""The inventory's secrets, found by their value wherever they stand."""

from __future__ import annotations

import base64
import html
import json
import shlex
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.redaction.redactor import Redactor, secret_values

SECRET = 'it\'s "q" \\ 100% a+b/c&d é'
ENCODINGS = {
    "plain": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "URL": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "HTML": html.escape,
    "a shell's quotes": shlex.quote,
    "doubled quotes": lambda text: text.replace("'", "''"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 behind one byte": lambda text: base64.b64encode(b"x" + text.encode() + b"tail").decode(),
    "base64 behind two": lambda text: base64.b64encode(b"u:" + text.encode() + b"t").decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(b"??>" + text.encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes(b"a: 1\n" * 30 + text.encode()).decode(),
    "base64 of JSON": lambda text: base64.b64encode(json.dumps({"a": text}).encode()).decode(),
    "base64 of base64": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "hex": lambda text: text.encode().hex(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_secret_is_found_in_each_encoding(encoding) -> None:
    encoded = ENCODINGS[encoding](SECRET)
    shown = Redactor([SECRET]).text(f"before {encoded} after")
    assert encoded not in shown
    assert "[redacted]" in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@given(
    secret=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=6, max_size=40),
    encoding=st.sampled_from(sorted(ENCODINGS)),
    lead=st.text("ab:/-_", max_size=5),
)
def test_any_secret_is_found(secret, encoding, lead) -> None:
    if " of " in encoding or " in " in encoding:
        lead = ""  # of two encodings the outer one is read from its beginning
    redactor = Redactor([secret])
    if not redactor.is_secret(secret.strip()):
        return  # too common a value, or a switch or a path
    encoded = ENCODINGS[encoding](secret.strip())
    assert encoded not in redactor.text(f"{lead}{encoded}").replace("[redacted]", "")


def test_a_secret_of_many_lines_is_found_line_by_line_and_its_length_is_not_told() -> None:
    redactor = Redactor(["first-line-of-it\nsecond-line-of-it\nthird-line-of-it\n"])
    assert redactor.text("a: |\n    first-line-of-it\n    second-line-of-it\n") == "a: |\n    [redacted]\n"


@pytest.mark.parametrize(
    "value", ["abc", "true", "admin", "Password", "12345", "/etc/passwd", "$(TOKEN)", ""]
)
def test_a_value_that_could_be_anything_is_not_looked_for(value) -> None:
    assert Redactor([value]).text(f"x {value} y") == f"x {value} y"


def test_a_number_is_found_as_a_whole_number() -> None:
    assert Redactor(["123456"]).text("-p123456 port 91234567") == "-p[redacted] port 91234567"


def test_many_secrets_cost_no_more_than_one_for_each_text() -> None:
    redactor = Redactor(f"secret-of-node-{number}" for number in range(5000))
    assert redactor.text("x secret-of-node-4999 y") == "x [redacted] y"


def test_variables_named_like_secrets_are_found_however_deep() -> None:
    shared = {"password": "hunter2", "user": "ada", "port": 5432}
    variables = {
        "db": shared,
        "tokens": ["t-one", {"x": "t-two"}],
        "pass_count": 3,
        "pin": 99,
        "api_key": "k-123",
        "db_password_prod": 12345678,
        "token_enabled": True,
    }
    assert sorted(secret_values([variables, {"db": shared, "token": "other"}])) == [
        "12345678", "hunter2", "k-123", "other", "t-one", "t-two",
    ]  # fmt: skip


def test_what_no_secret_names_alone_is_one_below_a_secret_name() -> None:
    neutral = {"a": "hunter2"}
    assert secret_values([{"x": neutral, "credentials": neutral}]) == ("hunter2",)
