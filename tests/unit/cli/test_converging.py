"""What push and remove print where: standard output is the answer, standard error is talk."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest
from tests.fakes.nouns import manifest

# the node with a real shell that operations are tested on
from tests.unit.operations.conftest import site  # noqa: F401

from podwright.cli.converging import Presentation, run_converge

WEB = manifest()


class App:
    """What a command asks for, with a world that is there already."""

    def __init__(self, world) -> None:
        self._world = world

    @contextmanager
    def world(self):
        yield self._world


def run(node, capsys, *desired, kind="PushReport", **options):
    code = run_converge(kind, App(node.world), desired or (node.desired(WEB),), Presentation(**options))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_a_diff_beside_a_document_goes_to_standard_error(site, capsys, output) -> None:  # noqa: F811
    code, out, err = run(site, capsys, dry_run=True, diff=True, output=output)
    document = json.loads(out)
    assert (code, document["apiVersion"], document["kind"]) == (0, "podwright.dev/v1", "PushReport")
    assert document["nodes"][0]["status"] == "pending"
    assert "+++ b/web.yaml" in err


def test_a_diff_above_the_table_is_part_of_the_answer(site, capsys) -> None:  # noqa: F811
    _, out, err = run(site, capsys, dry_run=True, diff=True)
    assert "+++ b/web.yaml" in out
    assert "NODE   STATUS" in out
    assert err == "1 pending\n"
