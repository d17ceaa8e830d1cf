"""The page on nodes names every fact and every check, and says of each check what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from podwright.plan.fact_values import camel
from podwright.plan.facts import Facts
from podwright.plan.node_checks.check import Check, Profile
from podwright.plan.node_checks.table import CHECKS

PAGE = (Path(__file__).parents[2] / "docs/nodes.md").read_text("utf-8")


def row(check: Check) -> str:
    words = (check.problem, check.why, check.mend)
    return f"| `{check.id}` | {check.severity.value} | {' | '.join(words)} |"


def test_every_fact_is_on_the_page() -> None:
    names = [camel(name) for name in Facts.__struct_fields__]
    assert [name for name in names if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_is_on_the_page_as_the_code_has_it(check: Check) -> None:
    assert row(check) in PAGE, f"add to docs/nodes.md: {row(check)}"


def test_the_page_has_no_check_that_is_not_there() -> None:
    table = PAGE[PAGE.index("## Checks") :]
    named = set(re.findall(r"^\| `([a-z0-9.-]+)` \| (?:error|warning) \|", table, re.MULTILINE))
    assert named == {check.id for check in CHECKS}


def test_every_profile_is_on_the_page() -> None:
    assert [profile for profile in Profile if f"`{profile.value}`" not in PAGE] == []
