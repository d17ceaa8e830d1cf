"""Files of the site are found by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.file_lookups import Controller, named_in


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    (tmp_path / "a.csv").write_text("web,80\n")
    return Controller((tmp_path,), looked_up={})


def looked_up(expression: str, controller: Controller) -> object:
    return Evaluator(controller).evaluate(f"{{{{ {expression} }}}}", {})


def test_the_first_file_that_is_there_is_found_by_its_whole_path(controller: Controller) -> None:
    assert looked_up("lookup('first_found', 'none', 'a.csv')", controller) == f"{controller.folders[0]}/a.csv"


def test_options_in_a_term_win() -> None:
    assert named_in("web file=a.csv", {"file": "b.csv", "col": 2}, {"file"}) == (
        "web",
        {"file": "a.csv", "col": 2},
    )
    assert named_in("a  b=c", {}, {"file"}) == ("a  b=c", {})


def test_that_none_is_there_is_an_error(controller: Controller) -> None:
    with pytest.raises(ExpressionError, match="`first_found` finds none of its files"):
        looked_up("lookup('first_found', ['none'])", controller)


def test_a_file_that_ansible_vault_encrypted_is_named_and_not_put_into_a_manifest(
    controller: Controller,
) -> None:
    (controller.folders[0] / "key.pem").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n")
    with pytest.raises(ExpressionError, match=r"ansible-vault encrypted the file `key\.pem` of a lookup"):
        looked_up("lookup('file', 'key.pem')", controller)
