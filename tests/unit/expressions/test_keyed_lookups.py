"""Values that are looked up by their key in files of the site; each may be secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.file_lookups import Controller


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    (tmp_path / "a.ini").write_text("[db]\npassword = hunter22\nodd = %(nope)s\n")
    (tmp_path / "a.csv").write_text("web,80\n")
    return Controller((tmp_path,), looked_up={})


def looked_up(expression: str, controller: Controller) -> object:
    return Evaluator(controller).evaluate(f"{{{{ {expression} }}}}", {})


def test_what_was_found_in_a_file_is_known_by_its_name(controller: Controller) -> None:
    assert looked_up("lookup('ini', 'password', section='db', file='a.ini')", controller) == "hunter22"
    assert looked_up("lookup('csvfile', 'web', file='a.csv', delimiter=',')", controller) == "80"
    assert controller.looked_up == {"a password": "hunter22", "a web": "80"}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "lookup('ini', 'x', section='zz', file='a.ini')",
            "`ini` finds no section `zz` in `a.ini`, or cannot read it",
        ),
        (
            "lookup('ini', 'odd', section='db', file='a.ini')",
            "`ini` finds no section `db` in `a.ini`, or cannot read it",
        ),
        ("lookup('ini', 'x', file='none.ini')", "a lookup finds no file `none.ini`"),
    ],
)
def test_what_cannot_be_read_is_an_error(controller: Controller, expression: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        looked_up(expression, controller)
    assert caught.value.message == message
