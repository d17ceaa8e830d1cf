"""Each kind of drift has words and a command that exists."""

from __future__ import annotations

import click
import pytest

from podwright.cli.main import cli
from podwright.plan.drift import Finding
from podwright.plan.reasons import Drift, because
from podwright.reports.drift_remedies import ON_NODE, remedy


@pytest.mark.parametrize("kind", list(Drift))
@pytest.mark.parametrize("file_name", ["web.yaml", ""])
def test_a_remedy_is_a_command_of_ours_with_its_options(kind: Drift, file_name: str) -> None:
    words, remedied = remedy(Finding("n1", kind, "default/web-n1", because(kind)), file_name)
    assert words
    if kind in ON_NODE:
        return
    group, name, *rest = remedied
    command = cli.get_command(click.Context(cli), group)
    assert isinstance(command, click.Group)
    found = command.get_command(click.Context(command), name)
    if isinstance(found, click.Group):
        found = found.get_command(click.Context(found), rest.pop(0))
    assert found is not None
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word.partition("=")[0] for word in rest if word.startswith("-")} <= known
    assert "--limit" in known
