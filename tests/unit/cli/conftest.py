"""A site in a folder, and a site of one node, n1, whose folder and programs are real."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from tests.cli.conftest import Site, site  # noqa: F401
from tests.unit.operations.conftest import site as node  # noqa: F401

from podwright.cli.app import App


@pytest.fixture
def one_node(site: Site, node, monkeypatch: pytest.MonkeyPatch) -> Site:  # noqa: F811
    """The command line on the node of the fixture `node`, whose inventory names the static pod `web`."""
    site.inventory.write_text("all: {hosts: {n1: {}}, vars: {static_pods: [web]}}\n")

    @contextmanager
    def world(_app):
        yield node.world

    monkeypatch.setattr(App, "world", world)
    return site
