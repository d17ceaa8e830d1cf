"""Passwords are asked for on a terminal, otherwise read as one line of standard input."""

from __future__ import annotations

import io
import sys

import pytest

from podwright.cli.password_prompt import asked
from podwright.errors import UsageError
from podwright.secret import Secret


def test_a_password_comes_from_standard_input_if_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("hunter2\nmore\n"))
    entered = asked("sudo password: ")
    assert isinstance(entered, Secret)
    assert "hunter2" not in repr(entered)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(UsageError, match="sudo password"):
        asked("sudo password: ")
