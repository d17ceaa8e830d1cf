"""Goes on with an earlier run, from whatever controller: what each node's history holds of it says what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from podwright.errors import UsageError
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome
from podwright.plan.run import Resumption
from podwright.plan.run_progress import Progress, progress_on
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


def progress_in_words(plans: Iterable[Planned], run: str) -> str:
    """`the run R when this began: done on cp-1, not reached: cp-2 and cp-3`."""
    nodes: dict[Progress, list[str]] = {}
    for plan in plans:
        if isinstance(plan, Prepared):
            nodes.setdefault(progress_on(plan.observation.history or (), run), []).append(plan.plan.node)
    said = (f"{kind}: {abbreviated(nodes[kind])}" for kind in Progress if kind in nodes)
    return f"the run {run} before this; {'; '.join(said)}"
