"""What a node is waited for at this instant, and for how long, for a person who waits."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from podwright.operations.report import Applied
from podwright.plan.observed import ObservedLock
from podwright.plan.proof import Proof

#: nodes that a line names; the others are counted
NAMED = 3


class Wait(Struct, frozen=True):
    """Since when, by the controller's clock, for how many seconds at most, and how the proof stands.

    `awaited` are files whose old pod must end before they are written a second time; `lock` is another run's. `applied` is
    what was written there so far.
    """

    since: float
    seconds: float
    proof: Proof
    awaited: tuple[str, ...] = ()
    lock: ObservedLock | None = None
    applied: tuple[Applied, ...] = ()

    @property
    def what(self) -> str:
        wanted, missing = self._parts
        return f"{wanted} ({missing})" if missing else wanted

    @property
    def why(self) -> str:
        """What is missing first, where a short line has room for it."""
        wanted, missing = self._parts
        return f"{missing} ({wanted})" if missing else f"waits for {wanted}"

    @property
    def _parts(self) -> tuple[str, str]:
        """What is waited for, and what keeps it."""
        if self.lock:
            return f"the lock of {self.lock.owner}", ""
        if self.awaited:
            return f"the old pod of {', '.join(f'`{name}`' for name in self.awaited)} to end", ""
        for health in self.proof.healths:
            if not health.proven:
                missing = "; ".join(state.detail for state in health.missing if state.detail)
                state = "gone" if health.expectation.gone else str(health.expectation.wait_for)
                return f"`{health.expectation.subject}` to be {state}", missing
        return "the proof to hold", ""


def waits_in_words(waits: Mapping[str, Wait], now: float) -> str:
    """`cp-1 waits for … (45 of at most 615 s)`, those who have waited longest first; "" if nobody waits."""
    longest = sorted(waits.items(), key=lambda entry: entry[1].since)
    words = [
        f"{node} waits for {wait.what}, {now - wait.since:.0f} of at most {wait.seconds:.0f} s"
        for node, wait in longest[:NAMED]
    ]
    if len(longest) > NAMED:
        words.append(f"{len(longest) - NAMED} more wait")
    return "; ".join(words)
