"""Shell completion names commands and options, and imports none of what runs them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = (
    "fabric",
    "paramiko",
    "jinja2",
    "cerberus",
    "yaml",
    "rich",
    "urllib3",
    "asyncio",
    "podwright.operations",
    "podwright.remote",
)


def completed(words: str, position: int) -> tuple[list[str], list[str]]:
    """What is offered, and the heavy modules that were imported for it."""
    program = (
        "import sys\nfrom podwright.cli.main import cli\n"
        "try:\n    cli(prog_name='podwright')\nfinally:\n"
        f"    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    variables = {"_PODWRIGHT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(position)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()], eval(done.stderr)


@pytest.mark.parametrize(
    ("words", "position", "offered"),
    [
        ("podwright ", 1, ["manifest", "drift", "lab"]),
        ("podwright m", 1, ["manifest"]),
        ("podwright manifest r", 2, ["remove", "render"]),
        ("podwright manifest push --wait", 3, ["--wait-for"]),
        ("podwright manifest push --wait-for m", 4, ["mirror"]),
        ("podwright manifest remove --ex", 3, ["--exit-code"]),
    ],
)
def test_completion_offers_names_and_imports_nothing_heavy(words, position, offered) -> None:
    found, imported = completed(words, position)
    assert [name for name in found if name in offered] == offered
    assert imported == []
