"""What nodes' histories hold of a run, and the mark that no controller is to go on with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import PodwrightError
from podwright.inventory.node import Node
from podwright.operations.fleet import report_on_all
from podwright.operations.observation import observed
from podwright.operations.report import NodeResult, Report, Status
from podwright.operations.world import World
from podwright.plan.history import newest_first, written_by
from podwright.plan.observed import Observation
from podwright.plan.run_progress import Progress, progress_of, progress_on
from podwright.problem import Problem
from podwright.remote.host import Host
from podwright.remote.node.history import record_aborted
from podwright.remote.node.observe import EVERY_DAY, Part


class FileProgress(Struct, frozen=True):
    """A file that the run wrote; `why` says how that is known."""

    name: str
    progress: Progress
    why: str = ""


class RunOnNode(Struct, frozen=True):
    """How far the run came on a node; `aborted`: nobody is to go on with it."""

    progress: Progress | None = None
    files: tuple[FileProgress, ...] = ()
    aborted: bool = False


def show_run(
    nodes: tuple[Node, ...], run: str, world: World, *, forks: int, abort: bool = False
) -> Report[RunOnNode]:
    """With `abort` the run is aborted on each of the nodes first."""
    return report_on_all(
        "RolloutStatus",
        nodes,
        partial(_show, run=run, world=world, abort=abort),
        RunOnNode(),
        world=world,
        forks=forks,
    )


def _show(node: Node, run: str, world: World, *, abort: bool) -> NodeResult[RunOnNode]:
    with world.connect(node) as host:
        observation = observed(node, host, parts=EVERY_DAY | {Part.HISTORY})
        if abort:
            _abort(node, host, observation, run)
    history = observation.history or ()
    found = RunOnNode(
        progress_on(history, run), tuple(_files(observation, run)), abort or run in observation.aborted
    )
    problems: tuple[Problem, ...] = ()
    if observation.history_problem:
        text = f"its history cannot be believed: {observation.history_problem}"
        problems, found = (Problem(text, node=node.name),), replace(found, progress=None)
    return NodeResult(node.name, Status.OBSERVED, found, problems)


def _files(observation: Observation, run: str) -> Iterator[FileProgress]:
    history = observation.history or ()
    for name in written_by(history, run):
        mine = [one for one in newest_first(history, name) if one.run == run]
        progress = progress_of(history, name, run)
        why = next((one.proof for one in mine if one.proof), "")
        yield FileProgress(name, progress, why if progress is not Progress.DONE else mine[0].proof)


def _abort(node: Node, host: Host, observation: Observation, run: str) -> None:
    if not record_aborted(host, observation, node.settings.state_dir or "", run):
        raise PodwrightError(
            f"{node.name}: the run is not aborted there: its history cannot be written",
            "see who may write to `.podwright` beside the manifest folder, then abort it again",
        )
