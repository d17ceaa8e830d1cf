"""The page about `podwright_node`: its example is the one that the schema's test reads."""

from __future__ import annotations

from pathlib import Path

from podwright.inventory.provisioning_checks import declaration_faults
from podwright.plan.provision.declared_items import MODULES_FILE, SYSCTL_FILE

PAGE = (Path(__file__).parents[2] / "docs/provision.md").read_text()
EXAMPLE = PAGE.partition("```yaml\n")[2].partition("```")[0]


def test_every_section_has_a_row() -> None:
    [fault] = declaration_faults([])
    sections = [word for word in fault.message.split("`") if word.isidentifier()][1:]
    assert sections
    for section in sections:
        assert f"| `{section}" in PAGE


def test_the_files_of_our_own_are_named() -> None:
    assert SYSCTL_FILE in PAGE
    assert MODULES_FILE in PAGE
