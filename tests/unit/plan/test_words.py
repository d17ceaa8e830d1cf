"""Every reason has words, and its words say all that it holds."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

import pytest

from podwright.plan import words
from podwright.plan.reasons import Check, Condition, Conflict, Difference, Drift, Guarded, because

SOURCE = Path(words.__file__).parents[1]
KINDS: list[Enum] = [*Conflict, *Difference, *Check, *Condition, *Guarded]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_has_words_for_its_data(kind) -> None:
    template = " ".join(words._WORDS[kind])
    reason = because(kind, **{name: f"<{name}>" for name in re.findall(r"{(\w+)}", template)})
    said = f"{words.message(reason)} {words.hint(reason)}"
    assert words.message(reason)
    assert "{" not in said
    assert all(f"<{name}>" in said for name, _ in reason.data)


@pytest.mark.parametrize("kind", [*Conflict, *Check, *Guarded], ids=str)
def test_what_stops_a_write_says_what_to_do(kind) -> None:
    assert words._WORDS[kind][1]


def test_several_names_stand_in_backticks_each() -> None:
    reason = because(Conflict.CYCLE, name="web.yaml", others=("a.yaml", "b.yaml"))
    assert words.message(reason) == "`web.yaml` and `a.yaml`, `b.yaml` each need what the other gives up"
    assert words.problem(reason, "n1").node == "n1"


def test_what_a_node_says_is_no_template() -> None:
    assert words.message(because(Condition.UNAVAILABLE, why="{x} {0} {{")) == "{x} {0} {{"


def test_nobody_decides_by_words() -> None:
    """A message is for a person: no code compares it, or looks for a part of it."""
    patterns = (
        r"\bin \w+\.(reason|detail|message|hint)\b",
        r"\.(reason|detail|message|hint)\.(startswith|find)",
    )
    for room in ("plan", "operations"):
        for path in (SOURCE / room).glob("*.py"):
            text = path.read_text("utf-8")
            found = [line for line in text.splitlines() if any(re.search(one, line) for one in patterns)]
            assert not found, path


def test_a_kind_of_drift_without_a_cause_of_its_own_has_words() -> None:
    for kind in (Drift.FILE_MISSING, Drift.FILE_UNWANTED, Drift.POD_ORPHANED, Drift.MIRROR_ORPHANED):
        assert words.message(because(kind))
