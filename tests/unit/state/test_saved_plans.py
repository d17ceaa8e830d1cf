"""A saved plan comes back from its file as it was, and nothing else is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import UsageError
from podwright.plan.changes import Action
from podwright.plan.saved_plan import SavedChange, SavedNode, SavedPlan
from podwright.state.saved_plans import read_plan, write_plan

PLAN = SavedPlan(
    "ada@desk", "now", (SavedNode("n1", (SavedChange("web.yaml", Action.UPDATE, "a" * 64, "sha256:b"),)),)
)


def test_a_plan_comes_back_and_is_its_owners(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write_plan(file, PLAN)
    assert read_plan(file) == PLAN
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "1", '{"apiVersion": "podwright.dev/v1", "kind": "SavedPlan"}']
)
def test_nothing_else_is_one(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(UsageError, match="is not a plan that this version saved"):
        read_plan(file)
    with pytest.raises(UsageError, match="cannot be read: no such file or directory"):
        read_plan(tmp_path / "missing")
