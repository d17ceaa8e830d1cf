"""Earlier runs and their nodes, named by an id or by the beginning of one that this machine's journal has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.errors import UsageError
from podwright.plan.run import Resumption
from podwright.remote.ssh.local_account import home_folder
from podwright.state.journal import RUN_ID, RecordedRun, UnknownRunError, run_named, runs_folder
from podwright.text import counted


def recorded_run(name: str) -> RecordedRun | None:
    """None if the journal does not have it, which then must be its whole id. Raises UnknownRunError."""
    try:
        return run_named(runs_folder(home_folder()), name)
    except UnknownRunError:
        if RUN_ID.fullmatch(name):
            return None
        raise


def resumption(name: str, limit: tuple[str, ...]) -> tuple[Resumption, tuple[str, ...]]:
    """The run to go on with, and its nodes unless others are chosen. Raises UnknownRunError."""
    found = recorded_run(name)
    if found is None:
        return Resumption(name), limit
    return Resumption(found.started.run, known=True), limit or limit_of(found.started.nodes)


def limit_of(nodes: Iterable[str]) -> tuple[str, ...]:
    return (",".join(nodes),)


def with_runs(limit: Iterable[str]) -> Iterator[str]:
    """`@failed`, `@unreached` and `@changed`, of the last run or of a named one as in `@failed/RUN`, as nodes' names.

    Of a run without an end the first two take the nodes of which nothing is known too: what is left to do may be there.
    Raises UsageError if that leaves nothing: one of several may choose no node.
    """
    empty, left = UsageError(""), False
    for pattern in limit:
        which, _, run = pattern.removeprefix("@").partition("/")
        if pattern[:1] != "@" or which not in ("failed", "unreached", "changed"):
            left = True
            yield pattern
            continue
        found = run_named(runs_folder(home_folder()), run)
        names: tuple[str, ...] = getattr(found, which) + (found.unknown if which != "changed" else ())
        if names:
            left = True
            yield ",".join(names)
        else:
            message = f"`{pattern}` chooses no node of the run {found.started.run}"
            empty = UsageError(message, _asks_the_nodes(found) or "see `podwright runs show`")
    if not left:
        raise empty


def _asks_the_nodes(run: RecordedRun) -> str:
    names = len(run.unknown)
    known = f"the run did not end, and of {counted(names, 'node')} it is not known what it wrote"
    return f"{known}: see `podwright rollout status {run.started.run}`" if names else ""
