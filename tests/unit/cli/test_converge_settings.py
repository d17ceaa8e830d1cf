"""What the options of a push say of a run."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import manifest

from podwright.cli.converge_settings import settings_of
from podwright.cli.run_options import ConvergeOptions, RolloutOptions
from podwright.errors import UsageError
from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.node import Connection, Node
from podwright.inventory.rollout_settings import OnFailure
from podwright.operations.desired import Desired
from podwright.plan.expectations import WaitFor


class App:
    """An inventory of two nodes."""

    without_api = False
    all_nodes = tuple(Node(name, Connection("127.0.0.1")) for name in ("n1", "n2"))

    def matching(self, pattern):
        return (pattern,)

    def refuse_unknown(self, names):
        if unknown := [name for name in names if name not in ("n1", "n2")]:
            raise UsageError(f"no {unknown}")


def settings(**options):
    return settings_of(ConvergeOptions(**options), (Desired(App.all_nodes[0], (manifest(),)),), App())


def test_options_become_values() -> None:
    found = settings(
        wait_for="running", prune_max="20%", message="a  new\nversion", on_first_failure="remove"
    )
    assert (found.wait_for, found.prune_max) == (WaitFor.RUNNING, Amount(20, percent=True))
    assert (found.why, found.remove_first) == ("a new version", True)


def test_what_no_option_says_is_left_to_the_inventory() -> None:
    found = settings()
    assert (found.wait_for, found.timeout, found.hold, found.strategy.on_failure) == (None, None, None, None)


def test_a_rollout_of_options() -> None:
    given = RolloutOptions(canary="n1", order="n2, n1", max_fail="3", on_failure="stop")
    said = settings(rollout=given).strategy
    assert (said.canary, said.canary_count, said.order) == (("n1",), None, ("n2", "n1"))
    assert (said.max_fail, said.on_failure) == (Amount(3), OnFailure.STOP)
    assert settings(rollout=RolloutOptions(canary="2")).strategy.canary_count == 2


@pytest.mark.parametrize("given", [{"canary": "n2"}, {"order": "n3"}])
def test_a_rollout_names_nodes_that_are_there_and_chosen(given) -> None:
    with pytest.raises(UsageError):
        settings(rollout=RolloutOptions(**given))
