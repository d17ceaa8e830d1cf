"""The page of rules and the code say the same."""

import re
from pathlib import Path

import pytest

from podwright.validation.rules import RULES, Concern

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
SECTIONS = {
    (Concern.KUBELET, "error"): "The kubelet refuses the file",
    (Concern.MIRROR, "error"): "No mirror pod appears",
    (Concern.WISE, "error"): "Unwise: errors",
    (Concern.WISE, "warning"): "Advice: warnings",
    (Concern.WISE, "note"): "Advice: notes",
}


def sections():
    """`{rule: (chapter, body)}`"""
    found = {}
    for chapter in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        title, _, rest = chapter.partition("\n")
        for section in re.split(r"^### ", rest, flags=re.MULTILINE)[1:]:
            name, _, body = section.partition("\n")
            found[name] = (title, body)
    return found


def test_the_page_has_exactly_the_rules_of_the_code():
    assert list(sections()) == sorted(RULES, key=list(sections()).index)
    assert set(sections()) == set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_each_rule_says_what_it_finds_why_what_to_do_and_where_it_comes_from(rule):
    chapter, body = sections()[rule.id]
    assert chapter == SECTIONS[rule.concern, rule.severity]
    assert f"Finds {rule.finds}." in body
    for part in ("**Why.** ", "**Remedy.** ", "**Source.** "):
        assert part in body
        assert len(body.split(part)[1].split("\n")[0]) > 10


def test_every_rule_is_used_and_none_is_used_that_is_not_there():
    sources = "".join(
        path.read_text() for path in (ROOT / "src/podwright").rglob("*.py") if path.name != "rules.py"
    )
    for name in RULES:
        assert f'"{name}"' in sources, name
