"""What is printed passes what hides secrets, if anything does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from podwright.cli.redacted_output import hidden, hidden_document, hide_with
from podwright.redaction.redactor import Redactor


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    hide_with()
    yield
    hide_with()


def test_without_an_inventory_nothing_is_hidden() -> None:
    assert hidden("hunter2") == "hunter2"


def test_every_text_of_a_document_is_hidden_but_its_own_words() -> None:
    hide_with(Redactor(["hunter2", "unchanged"]).message)
    document = {
        "status": "unchanged",
        "problems": [{"message": "bad `hunter2`", "line": 3}],
        "notes": ("a", None),
    }
    assert hidden_document(document) == {
        "status": "unchanged", "problems": [{"message": "bad `[redacted]`", "line": 3}], "notes": ["a", None],
    }  # fmt: skip


def test_a_document_without_words_of_its_own_keeps_none() -> None:
    hide_with(Redactor(["swordfish"]).message)
    assert hidden_document({"a": ["swordfish"]}, own_words=False) == {"a": ["[redacted]"]}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`spec.x` is `hunter2`, which is no name", "`spec.x` is `[redacted]`, which is no name"),
        ("crictl failed: --token=abc of it", "crictl failed: --token=[redacted] of it"),
        ("using password: abc for app", "using password: [redacted] for app"),
        ("is `" + "s" * 20 + "…", "is `[redacted]…"),
        ("n1: the secret `db` has no key `app`", "n1: the secret `db` has no key `app`"),
        ("cannot get the secret: not found", "cannot get the secret: not found"),
        ("look at /etc/kubernetes/pki/x.key", "look at /etc/kubernetes/pki/x.key"),
    ],
)
def test_a_message_stays_a_message(text, shown) -> None:
    hide_with(Redactor(["hunter2", "s" * 100]).message)
    assert hidden(text) == shown
