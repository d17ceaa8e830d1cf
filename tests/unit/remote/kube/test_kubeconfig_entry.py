"""The fields of one entry by type, and the entry and file that each error names."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.kubeconfigs import base64_of

from podwright.errors import KubeconfigError
from podwright.remote.kube.kubeconfig_entry import Entry


def entry(**body: object) -> Entry:
    return Entry("user", "me", body, Path("/kube/config"))


def test_what_is_missing_is_empty():
    empty = entry(token=None)
    assert (empty.text("token"), empty.secret("token"), empty.flag("x"), empty.path("x")) == (
        "",
        None,
        False,
        None,
    )
    assert (empty.pem("x"), empty.strings("x"), empty.inner("x")) == (None, (), None)


def test_fields_are_read_by_type():
    given = entry(
        token="t",
        on=True,
        near="ca.pem",
        far="/abs/ca.pem",
        data=base64_of("PEM"),
        args=["a"],
        exec={"b": "c"},
    )
    assert given.secret("token").reveal() == "t"
    assert given.flag("on")
    assert given.path("near") == Path("/kube/ca.pem")
    assert given.path("far") == Path("/abs/ca.pem")
    assert given.pem("data") == "PEM"
    assert given.strings("args") == ("a",)
    assert given.inner("exec").text("b") == "c"


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        ("text", 7, "`key` is not a string"),
        ("flag", "yes", "`key` is neither true nor false"),
        ("pem", "not-base64!", "`key` is not PEM in base64"),
        ("strings", "a", "`key` is not a list of strings"),
        ("strings", ["a", 7], "`key` is not a list of strings"),
        ("inner", [], "`key` is not a mapping"),
    ],
)
def test_another_type_is_an_error_that_names_the_entry_and_its_file(read, value, message):
    with pytest.raises(KubeconfigError) as caught:
        getattr(entry(key=value), read)("key")
    assert caught.value.message == f"user `me` of kubeconfig `/kube/config`: {message}"


def test_the_repr_shows_no_secret():
    assert repr(entry(token="SECRET")) == "<user `me` of kubeconfig `/kube/config`>"
