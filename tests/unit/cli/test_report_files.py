"""A report's file: whole or not there, never half."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.cli.report_files import told, write_whole
from podwright.errors import UsageError


def test_a_file_is_replaced_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("before")
    write_whole(path, "after", mode=0o600)
    assert (path.read_text(), path.stat().st_mode & 0o777, len(list(tmp_path.iterdir()))) == (
        "after",
        0o600,
        1,
    )


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with (
        pytest.raises(UsageError, match="the report cannot be written to"),
        told(tmp_path / "report.html", "the report"),
    ):
        write_whole(tmp_path / "report.html", "text", mode=0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
