"""Real nodes, each booted once by the worker that runs its tests (`xdist_group` of its name)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nodes.containers import booted, busybox, openrc
from tests.nodes.machine import Machine
from tests.nodes.roots import made_root
from tests.nodes.virtual_machine import virtual


@pytest.fixture(scope="session")
def made() -> Path:
    return made_root()


@pytest.fixture(scope="session")
def booted_node(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A container with a systemd of its own."""
    with booted(made, tmp_path_factory.mktemp("booted")) as machine:
        yield machine


@pytest.fixture(scope="session")
def openrc_node(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with openrc(made, tmp_path_factory.mktemp("openrc")) as machine:
        yield machine


@pytest.fixture(scope="session")
def busybox_node(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with busybox(made, tmp_path_factory.mktemp("busybox")) as machine:
        yield machine


@pytest.fixture(scope="session")
def virtual_node(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a kernel of its own."""
    with virtual(made, tmp_path_factory.mktemp("virtual")) as machine:
        yield machine
