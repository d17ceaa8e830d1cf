"""Two and three controllers push different content to the same nodes at once: every node ends with one's whole set.

PODWRIGHT_TEST_ROUNDS says how many rounds of each are fought; CI fights few. All of them:
`PODWRIGHT_TEST_ROUNDS=50 scripts/test tests/faults/test_rival_controllers.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.fakes.command_server import CommandServer, Running
from tests.faults.conftest import TEMPLATE, until

from podwright_lab.cluster import Lab

ROUNDS = int(os.environ.get("PODWRIGHT_TEST_ROUNDS") or 2)
NAMES = ("left", "right")


class Controller:
    """A site of its own for the same nodes, whose pods all say `word`."""

    def __init__(self, lab: Lab, folder: Path, word: str) -> None:
        self.word = word
        self._command = (
            *("-i", folder / "inventory"),
            *("--templates", folder / "templates", "--known-hosts", lab.known_hosts),
            *("--kubeconfig", lab.kubeconfig, "--ssh-config", "none"),
        )
        (folder / "inventory").mkdir(parents=True)
        (folder / "templates").mkdir()
        (folder / "inventory" / "hosts.yaml").write_text((lab.inventory / "hosts.yaml").read_text())
        variables = {"static_pods": list(NAMES), "word": word}
        (folder / "inventory" / "zz.yaml").write_text(json.dumps({"all": {"vars": variables}}))
        for name in NAMES:
            text = TEMPLATE.replace("name: probe", f"name: {name}")
            (folder / "templates" / f"{name}.yaml.j2").write_text(text)

    def start(self, commands: CommandServer, *words: str) -> Running:
        arguments = [*map(str, self._command), "manifest", *words, "-y", "-o", "json"]
        return commands.start(arguments, environment=os.environ)


def words_on(lab: Lab, controllers: tuple[Controller, ...]) -> Mapping[str, set[str]]:
    """Of each node, whose words its files hold."""
    found = {}
    # a node waits alone for the end of an old pod whose successor is to be written once more
    until(lambda: not [path for node in lab.nodes for path in node.manifest_dir.glob(".*")])
    for node in lab.nodes:
        texts = [(node.manifest_dir / f"{name}.yaml").read_text() for name in NAMES]
        found[node.name] = {one.word for text in texts for one in controllers if one.word in text}
    return found


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab"), nodes=2, speed=4.0) as running:
        yield running


@pytest.mark.timeout(0)
@pytest.mark.parametrize("rivals", [2, 3])
def test_every_node_ends_with_one_controllers_whole_set_and_the_losers_are_told(
    lab: Lab, commands: CommandServer, tmp_path: Path, rivals: int
) -> None:
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        controllers = tuple(
            Controller(lab, folder / str(one), f"word-{rivals}-{number}-{one}") for one in range(rivals)
        )
        running = [one.start(commands, "push", "--hold", "0") for one in controllers]
        ended = [process.answer(170) for process in running]
        last = words_on(lab, controllers)
        assert all(len(words) == 1 for words in last.values()), (last, ended)
        for one in ended:
            assert "Traceback" not in one.err
            told = [node for node in one.document["nodes"] if node["problems"]] if one.out else [one.err]
            assert bool(told) == (one.code != 0), one
        winners = {word for words in last.values() for word in words}
        for one, answer in zip(controllers, ended, strict=True):
            written = [node for node in (answer.document["nodes"] if answer.out else ()) if node["applied"]]
            assert one.word not in winners or written, "whose words are there has said so"
