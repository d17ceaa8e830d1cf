"""`podwright drift`: each command in a module of its own."""

from __future__ import annotations

import click

from podwright.cli.lazy_group import LazyGroup


class DriftCommands(LazyGroup):
    members = {  # noqa: RUF012 - never changed
        "check": ("podwright.cli.drift_check:command", "Compare what should run with what runs."),
        "fix": ("podwright.cli.drift_fix:command", "Check, and push what ends the drift."),
        "watch": ("podwright.cli.drift_watch:command", "Keep checking, and print what changes."),
        "install": (
            "podwright.cli.drift_install:install",
            "Print what checks a site for drift again and again, or what watches that.",
        ),
    }


@click.group(cls=DriftCommands)
def group() -> None:
    """Find what on the nodes differs from the inventory."""
