"""Work on a node that another process does, here or on another machine: what goes there and what comes back are texts."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import PodwrightError
from podwright.operations.desired import Desired
from podwright.operations.fleet import result_of
from podwright.operations.node_work import Planned, WorkHere, not_changed, not_planned, outcome_of
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome
from podwright.operations.world import Settings, World
from podwright.plan.run import Run
from podwright.state.codec import from_document, to_document

#: how often a node is observed again if the worker was lost that did it
_ATTEMPTS = 3
_FOUND_DONE = "what was to be changed was found done: by a worker that was lost meanwhile, or by another run"


class LostWorkerError(PodwrightError):
    """The worker ended, or the connection to it did, before it answered."""

    def __init__(self) -> None:
        super().__init__("the worker was lost")


class Workers(Protocol):
    """Processes that work on nodes."""

    def do(self, task: str, site: str) -> str:
        """What a worker, of that site if one is named, answers to the task. Raises PodwrightError, LostWorkerError."""


class Task(Struct, frozen=True):
    """What a worker is to do on one node: observe it and plan, or (`prepared`) change it and prove that.

    `login` is how to reach nodes and the API, as the worker itself puts it into words.
    """

    version: str
    login: str
    run: Run
    settings: Settings
    desired: Desired | None = None
    prepared: Prepared | None = None


class Elsewhere:
    """Does on workers what is to be done on nodes, as part of one run."""

    def __init__(self, workers: Workers, login: str, run: Run) -> None:
        self._workers = workers
        self._login = login
        self._run = run

    def plan(self, desired: Desired, settings: Settings) -> Planned:
        """It only reads, so a lost worker costs another attempt."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._done(desired, settings)
            except LostWorkerError:
                continue
        return self._done(desired, settings)

    def change(self, plan: Prepared, settings: Settings) -> Outcome:
        """What a lost worker did is not known; nobody does it a second time without observing the node first."""
        try:
            outcome = self._done(plan.desired, settings, plan)
        except LostWorkerError as error:
            raise PodwrightError(
                "the worker was lost while applying changes; the node's state is unknown",
                "`podwright manifest status` shows what is there; then run the same command again",
            ) from error
        if isinstance(outcome, Prepared):
            return outcome_of(outcome)
        done_before = bool(plan.plan.pending) and not outcome.value.applied and not outcome.failed
        return replace(outcome, warnings=(*outcome.warnings, _FOUND_DONE)) if done_before else outcome

    def _done(self, desired: Desired, settings: Settings, prepared: Prepared | None = None) -> Planned:
        # a saved plan is compared with before anything is handed out; only a guard looks at other nodes
        others = settings.site_nodes if desired.node.guards else ()
        settings = replace(settings, saved=None, site_nodes=others)
        wanted = desired if prepared is None else None
        task = Task(version("podwright"), self._login, self._run, settings, wanted, prepared)
        try:
            text = json.dumps(to_document(task))
        except TypeError as error:
            raise PodwrightError(
                f"its work cannot be done by a worker: {error}",
                "let workers log in with an agent or key files of their own, or leave `--executor` out",
            ) from error
        return answer_in(self._workers.do(text, desired.node.settings.site or ""))


def work_on(text: str, world_for: WorldFor) -> str:
    """A worker's side: do the task, and put what came of it into words. Raises nothing."""
    try:
        task: Task = from_document(Task, json.loads(text))
        if task.version != (own := version("podwright")):
            raise PodwrightError(
                f"the worker has podwright {own}, not {task.version}", "install the same there"
            )
        world = world_for(task.login, task.run)
        return json.dumps({"value": to_document(_done(task, world), Planned)})
    except Exception as error:  # noqa: BLE001 - a worker outlives what goes wrong with a node
        hint = error.hint if isinstance(error, PodwrightError) else ""
        return json.dumps({"error": f"{error}" or type(error).__name__, "hint": hint})


class WorldFor(Protocol):
    """How a worker reaches nodes and the API."""

    def __call__(self, login: str, run: Run) -> World: ...


def _done(task: Task, world: World) -> Planned:
    here = WorkHere(world)
    if task.prepared is not None:
        return result_of(lambda one: here.change(one, task.settings), task.prepared, not_changed)
    assert task.desired is not None  # noqa: S101 - one of the two is there
    return result_of(lambda one: here.plan(one, task.settings), task.desired, not_planned)


def answer_in(text: str) -> Planned:
    """What a worker answered. Raises PodwrightError if it could not do it."""
    try:
        document: dict[str, Any] = json.loads(text)
        if "error" not in document:
            value: Planned = from_document(Planned, document["value"])
            return value
    except (ValueError, TypeError, LookupError) as error:
        raise PodwrightError(f"the worker answered what cannot be read: {error}") from error
    raise PodwrightError(f"the worker could not do it: {document['error']}", str(document.get("hint", "")))
