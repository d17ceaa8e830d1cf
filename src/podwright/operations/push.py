"""Puts every chosen node's manifests in place and proves that they run; remove is the same with nothing desired."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Lock

from podwright.errors import HostError, HostUnreachableError, PodwrightError, ProblemsError
from podwright.inventory.node import Node
from podwright.operations.converge import apply_plan
from podwright.operations.desired import Desired
from podwright.operations.fleet import problems_on, run_on_all
from podwright.operations.prepare import Prepared, prepare
from podwright.operations.report import Outcome, Report, Status
from podwright.operations.witness import not_asked
from podwright.operations.world import Settings, World
from podwright.plan.changes import Action
from podwright.plan.expectations import WaitFor
from podwright.problem import Problem
from podwright.remote.host import Host

#: sees every node's planned outcome; True means go ahead
Confirm = Callable[[tuple[Outcome, ...]], bool]
Progress = Callable[[Outcome], None]


#: the API server makes these itself
ALWAYS_THERE = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})


class DeclinedError(PodwrightError):
    """The person said no to the plan; nothing was written."""

    def __init__(self) -> None:
        super().__init__("nothing was changed: the plan was not confirmed")


def converge_fleet(
    kind: str,
    desired: tuple[Desired, ...],
    world: World,
    settings: Settings,
    *,
    dry_run: bool = False,
    confirm: Confirm | None = None,
    progress: Progress = lambda _: None,
) -> Report:
    """Look, plan, apply and verify on every node, at most `settings.forks` at once; one connection a node.

    With `confirm`, all nodes are looked at and planned first, and nothing is written unless it says yes (DeclinedError
    else). Without it each node goes from its look to its proof by itself.
    """
    missing = tuple(_missing_namespaces(desired, world, settings))
    if missing:
        raise ProblemsError(missing)
    if confirm is not None and not dry_run:
        outcomes = _confirmed(desired, world, settings, confirm, progress)
    else:
        work = _plan_only if dry_run else _whole_way
        outcomes = run_on_all(
            desired,
            lambda one: _on_node(one, world, settings, work),
            forks=settings.forks,
            failed=_failure,
            interruption=world.interruption,
            done=progress,
        )
    asked = dry_run and not world.without_api and _was_asked(desired, outcomes, settings)
    notes = (
        *_notes(world, outcomes, asked=asked),
        *(_nowhere(desired, outcomes) if kind == "RemoveReport" else ()),
    )
    return Report(kind, outcomes, notes)


def _missing_namespaces(desired: tuple[Desired, ...], world: World, settings: Settings) -> Iterator[Problem]:
    """A pod runs in a namespace that is not there, but could have no mirror: known before any node is touched."""
    files: dict[str, dict[str, None]] = {}
    for one in desired:
        if settings.wait_for_on(one.node).includes(WaitFor.MIRROR):
            for manifest in one.manifests:
                files.setdefault(manifest.pod.namespace, {}).setdefault(manifest.file_name)
    for namespace, names in files.items():
        if namespace not in ALWAYS_THERE and world.mirrors.lacks_namespace(namespace):
            yield Problem(
                f"there is no namespace `{namespace}`, so the pods of {', '.join(f'`{name}`' for name in names)}"
                " could have no mirror pods",
                f"create it (`kubectl create namespace {namespace}`), or settle for `--wait-for running`",
            )


def _on_node(
    one: Desired,
    world: World,
    settings: Settings,
    work: Callable[[Desired, Host, World, Settings], Outcome],
) -> Outcome:
    begun = world.clock()
    with world.connect(one.node) as host:
        outcome = work(one, host, world, settings)
    return replace(outcome, seconds=world.clock() - begun)


def _plan_only(one: Desired, host: Host, world: World, settings: Settings) -> Outcome:
    return prepare(one, host, world, settings).outcome()


def _whole_way(one: Desired, host: Host, world: World, settings: Settings) -> Outcome:
    return apply_plan(prepare(one, host, world, settings), host, world, settings)


def _confirmed(
    desired: tuple[Desired, ...], world: World, settings: Settings, confirm: Confirm, progress: Progress
) -> tuple[Outcome, ...]:
    with _Connections(world, keep=len(desired) <= settings.forks) as connections:

        def look_at(one: Desired) -> Prepared | Outcome:
            with connections.to(one.node) as host:
                return prepare(one, host, world, settings)

        def go_on(entry: Prepared | Outcome) -> Outcome:
            if isinstance(entry, Outcome):
                return entry
            begun = world.clock()
            with connections.to(entry.desired.node) as host:
                outcome = apply_plan(entry, host, world, settings)
            return replace(outcome, seconds=world.clock() - begun)

        looked = run_on_all(
            desired, look_at, forks=settings.forks, failed=_failure, interruption=world.interruption
        )
        plans = tuple(entry.outcome() if isinstance(entry, Prepared) else entry for entry in looked)
        if world.interruption():
            return plans
        if any(outcome.changes_pending for outcome in plans) and not confirm(plans):
            raise DeclinedError
        return run_on_all(
            looked,
            go_on,
            forks=settings.forks,
            failed=_failure,
            interruption=world.interruption,
            done=progress,
        )


class _Connections:
    """Connections that stay open between the look and the write while a person reads the plan, if they are few."""

    def __init__(self, world: World, *, keep: bool) -> None:
        self._world = world
        self._keep = keep
        self._stack = ExitStack()
        self._open: dict[str, Host] = {}
        self._lock = Lock()

    def __enter__(self) -> _Connections:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextmanager
    def to(self, node: Node) -> Iterator[Host]:
        if not self._keep:
            with self._world.connect(node) as host:
                yield host
            return
        if node.name not in self._open:
            connection = self._world.connect(node)
            host = connection.__enter__()
            with self._lock:
                self._stack.push(connection)
                self._open[node.name] = host
        yield self._open[node.name]


def _failure(task: Desired | Prepared | Outcome, error: BaseException, trace: str) -> Outcome:
    """A node's outcome when its work raised: what was expected in its words, a bug with its traceback."""
    plan = task.plan if isinstance(task, Prepared) else None
    node = task.desired.node.name if isinstance(task, Prepared) else _name(task)
    if isinstance(error, PodwrightError):
        unreachable = isinstance(error, HostError) and plan is None
        status = (
            Status.UNREACHABLE if unreachable or isinstance(error, HostUnreachableError) else Status.FAILED
        )
        return Outcome(node, status, plan, problems=problems_on(node, error))
    return Outcome(node, Status.FAILED, plan, problems=problems_on(node, error), trace=trace)


def _name(task: Desired | Outcome) -> str:
    return task.node.name if isinstance(task, Desired) else task.node


def _nowhere(desired: Iterable[Desired], outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Names to remove that no node has, so that a misspelt one is seen although gone already is success."""
    outcomes = tuple(outcomes)
    plans = [outcome.plan for outcome in outcomes if outcome.plan and outcome.plan.changes]
    found = {change.name for plan in plans for change in plan.changes if change.action is not Action.KEEP}
    for name in dict.fromkeys(name for one in desired for name in one.absent):
        if plans and name not in found and not any(outcome.healths for outcome in outcomes):
            yield f"no node that was looked at has a file `{name}`: there was nothing to remove"


def _was_asked(desired: Iterable[Desired], outcomes: Iterable[Outcome], settings: Settings) -> bool:
    """Whether a plan asked the API: who owns the names that its pods will have, and what runs without a file."""
    return any(
        settings.wait_for_on(one.node) is not WaitFor.FILE
        for one, outcome in zip(desired, outcomes, strict=True)
        if outcome.status in (Status.PENDING, Status.UNCHANGED) and outcome.plan and outcome.plan.changes
    )


def _notes(world: World, outcomes: Iterable[Outcome], *, asked: bool) -> Iterator[str]:
    """What the reader must know to judge the report: whether the API was a witness; `asked`: without a verdict too."""
    wanted = asked or any(
        health.expectation.wait_for is not WaitFor.FILE for outcome in outcomes for health in outcome.healths
    )
    if wanted and world.mirrors.unavailable:
        yield not_asked(world.mirrors)
