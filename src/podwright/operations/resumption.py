"""Goes on with an earlier run, from whatever controller: what each node's history holds of it says what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from podwright.errors import UsageError
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome
from podwright.operations.revisions import proof_of, record_fate
from podwright.plan.history import Fate, newest_first
from podwright.plan.run import Resumption
from podwright.plan.run_progress import Progress, progress_on
from podwright.remote.host import Host
from podwright.text import abbreviated

Planned = Prepared | Outcome
_WORDS = {
    Progress.FAILED: "it failed there before",
    Progress.WITHDRAWN: "it was taken back there",
    Progress.OVERTAKEN: "another run has written there since",
}


def resumed(plans: Iterable[Planned], resumption: Resumption) -> Iterator[Planned]:
    """The plans, with what a person should know of the run there. Raises UsageError if it cannot be gone on with."""
    plans, run = tuple(plans), resumption.run
    there = [plan for plan in plans if isinstance(plan, Prepared)]
    aborted = [plan.plan.node for plan in there if run in plan.observation.aborted]
    if aborted:
        raise UsageError(
            f"the run {run} was aborted, says {abbreviated(aborted)}",
            "begin a new one: `podwright manifest push`",
        )
    found = {plan.plan.node: progress_on(plan.observation.history or (), run) for plan in there}
    if there and not resumption.known and set(found.values()) == {Progress.NOT_REACHED}:
        raise UsageError(
            f"no chosen node has anything of a run {run}",
            "`podwright manifest history` shows runs; give the limit and the inventory of that run",
        )
    for plan in plans:
        words = _WORDS.get(found[plan.plan.node]) if isinstance(plan, Prepared) else None
        if words and isinstance(plan, Prepared):
            plan = replace(plan, warnings=(*plan.warnings, f"the run {run}: {words}"))  # noqa: PLW2901
        yield plan


def settle(plan: Prepared, outcome: Outcome, host: Host, run: str) -> None:
    """Record as good what the run had written there before its controller went, and what is proven by now."""
    for health in outcome.value.healths:
        revisions = newest_first(plan.observation.history or (), health.expectation.file_name)[:1]
        kept = tuple(one for one in revisions if one.run == run and one.digest == health.expectation.digest)
        if health.proven and kept and kept[0].fate is Fate.WRITTEN:
            record_fate(Fate.GOOD, proof_of(health), kept, plan, host)


def progress_in_words(plans: Iterable[Planned], run: str) -> str:
    """`the run R when this began: done on cp-1, not reached: cp-2 and cp-3`."""
    nodes: dict[Progress, list[str]] = {}
    for plan in plans:
        if isinstance(plan, Prepared):
            nodes.setdefault(progress_on(plan.observation.history or (), run), []).append(plan.plan.node)
    said = (f"{kind}: {abbreviated(nodes[kind])}" for kind in Progress if kind in nodes)
    return f"the run {run} before this; {'; '.join(said)}"
