"""That somebody holds a node, or one of its workloads, for a while: nothing is changed there meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from podwright.manifests.workload import is_of
from podwright.plan.reasons import Check, Reason, because
from podwright.plan.words import hint, message

#: a hold ends by itself: one that would last longer makes no sense, and holds nothing
LONGEST_HOLD_SECONDS = 30 * 86_400


class Hold(Struct, frozen=True):
    """`who` (user@host) holds a workload, or the whole node if none is named, for a `reason`.

    `since` and `until` are Unix seconds by the controllers' clocks; `ends` is `until` in words.
    """

    workload: str
    who: str
    reason: str
    since: int
    until: int
    ends: str = ""

    @property
    def subject(self) -> str:
        return f"`{self.workload}`" if self.workload else "the node"

    @property
    def words(self) -> dict[str, str]:
        """What is said of it, whatever it is of."""
        return {"who": self.who, "until": self.ends, "reason": self.reason}

    def in_force(self, now: float) -> bool:
        return 0 < self.until - now <= LONGEST_HOLD_SECONDS

    def covers(self, file_name: str) -> bool:
        return not self.workload or is_of(file_name, (self.workload,))


def in_force(holds: Iterable[Hold], now: float) -> tuple[Hold, ...]:
    return tuple(hold for hold in holds if hold.in_force(now))


def refused_by(
    holds: Iterable[Hold], node: str, file_names: Iterable[str], now: float
) -> Iterator[Reason[Check]]:
    """Why these files of the node must not be changed; without any, why the node itself must not."""
    names = tuple(file_names)
    for hold in in_force(holds, now):
        if not hold.workload or any(map(hold.covers, names)):
            yield because(Check.HELD, node=node, subject=hold.subject, **hold.words)


def told_holds(holds: Iterable[Hold], node: str, now: float) -> Iterator[str]:
    """What a person should know of it although nothing is to be changed."""
    for hold in in_force(holds, now):
        reason = because(Check.HELD, node=node, subject=hold.subject, **hold.words)
        yield f"{message(reason)}; {hint(reason)}"
