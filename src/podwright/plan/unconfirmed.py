"""What lies on a node as a run left it that nobody confirmed: it may yet go back, or the node has taken it back."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.plan.observed import Observation
from podwright.plan.pending import Pending, SwitchState
from podwright.plan.reasons import Check, Drift, Reason, because
from podwright.plan.words import hint, message
from podwright.plan.writes import NOTHING


def waiting(observation: Observation) -> tuple[Pending, ...]:
    """What may yet be confirmed, or go back; not what was changed since."""
    return tuple(one for one in observation.pending if one.waits and _lies_there(one, observation))


def taken_back(observation: Observation) -> tuple[Pending, ...]:
    """What lies there as the node left it, once a run was not confirmed in time."""
    fired = (one for one in observation.pending if one.state is SwitchState.FIRED)
    return tuple(one for one in fired if _lies_there(one, observation))


def _lies_there(one: Pending, observation: Observation) -> bool:
    file = observation.file(one.file_name)
    return (file.sha256 if file else NOTHING) in one.sha256s


def unconfirmed(observation: Observation, run: str) -> Iterator[Reason[Check]]:
    """What another run than this wrote may yet go back, so nothing is built upon it."""
    for one in waiting(observation):
        if one.run != run:
            yield because(Check.UNCONFIRMED, name=one.file_name, run=one.run, when=one.when, who=one.who)


def told(observation: Observation) -> Iterator[str]:
    """What a person should know of it although it stops nothing."""
    for reason in unconfirmed(observation, ""):
        yield f"{message(reason)}; {hint(reason)}"
    for one in taken_back(observation):
        yield f"`{one.file_name}`: {message(because(Drift.SWITCH_FIRED, run=one.run))}"
