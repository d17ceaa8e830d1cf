"""Confirms over a new connection what may have locked us out, also if the old connection was lost meanwhile."""

from __future__ import annotations

import time

from podwright.errors import HostError
from podwright.inventory.node import Node
from podwright.operations.report import problems_on
from podwright.operations.world import World
from podwright.plan.provision.item import Thing
from podwright.plan.provision.lockout import may_lock_out
from podwright.problem import Problem
from podwright.remote.node.provision import ChangeOrder
from podwright.remote.node.provision_confirm import confirm_change

#: how long a node waits to be confirmed; the open connection proves little, it may live on although nobody can log in
CONFIRM_SECONDS = 60
#: a server that was restarted may refuse the first
TRIES, PAUSE_SECONDS = 3, 2.0


def seconds_to_confirm(things: tuple[Thing, ...]) -> int:
    """0: nothing of it can lock us out."""
    risky = any(may_lock_out(thing.item) or thing.item.restarts for thing in things)
    return CONFIRM_SECONDS if risky else 0


def not_confirmed(node: Node, world: World, order: ChangeOrder, *, seconds: float) -> tuple[Problem, ...]:
    """Why the order is not confirmed: the node then takes it back. `seconds`: until it has changed everything."""
    problems: tuple[Problem, ...] = ()
    for attempt in range(TRIES):
        try:
            if attempt:
                time.sleep(PAUSE_SECONDS)
            with (world.reconnect or world.connect)(node) as host:
                if confirm_change(node.name, host, order.change_id, order.run, seconds=seconds):
                    return ()
            return (Problem("it had ended before it could be confirmed", _SEE, node=node.name),)
        except HostError as error:
            problems = problems_on(node.name, error)
    return problems


_SEE = "run the same command again to see what is there now"
