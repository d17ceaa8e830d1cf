"""What containers of a static pod printed, read through each node's own runtime: it works with the API down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from queue import Queue

from msgspec import Struct, field

from podwright.errors import PodwrightError, ProgramError
from podwright.inventory.node import Node
from podwright.manifests.workload import SUFFIX, in_both_slots
from podwright.operations.fleet import run_on_all
from podwright.operations.observation import observed
from podwright.operations.report import NodeResult, Report, Status, failure
from podwright.operations.world import World
from podwright.plan.observed import Observation, ObservedContainer, ObservedPod
from podwright.remote.host import Host
from podwright.remote.node.logs import Wanted, log_lines
from podwright.suggestion import did_you_mean


class Line(Struct, frozen=True):
    """A line that a container printed, or (without a container) why there are none."""

    node: str
    container: str
    text: str


class LogOptions(Struct, frozen=True):
    """Which container (empty: each), and which of its lines."""

    file_name: str
    container: str = ""
    wanted: Wanted = field(default_factory=Wanted)


class NoLogError(PodwrightError):
    """There is no such container on the node."""


def read_logs(
    nodes: tuple[Node, ...], world: World, options: LogOptions, *, forks: int
) -> Report[tuple[Line, ...]]:
    """The lines of every chosen node's containers; those of a node stand together."""
    results = run_on_all(
        nodes,
        partial(_read, world=world, options=options),
        _failed,
        forks=forks,
        interruption=world.interruption,
    )
    return Report("PodLogs", results)


def follow_logs(
    nodes: tuple[Node, ...], world: World, options: LogOptions, show: Callable[[Line], None]
) -> Report[tuple[Line, ...]]:
    """Show lines of all nodes as they are printed, until every container has ended or Ctrl-C is pressed."""
    lines: Queue[Line | NodeResult[tuple[Line, ...]]] = Queue(10_000)

    def follow(node: Node) -> None:
        try:
            for line in _lines(node, world, options):
                lines.put(line)
            lines.put(NodeResult(node.name, Status.OBSERVED, ()))
        except Exception as error:  # noqa: BLE001 - one node's failure is one line of the report
            lines.put(_failed(node, error))

    for node in nodes:
        threading.Thread(target=follow, args=(node,), daemon=True).start()
    results: dict[str, NodeResult[tuple[Line, ...]]] = {}
    while len(results) < len(nodes):
        entry = lines.get()
        if isinstance(entry, Line):
            show(entry)
        else:
            results[entry.node] = entry
    return Report("PodLogs", tuple(results[node.name] for node in nodes))


def _failed(node: Node, error: BaseException) -> NodeResult[tuple[Line, ...]]:
    return failure(node.name, error, ())


def _read(node: Node, world: World, options: LogOptions) -> NodeResult[tuple[Line, ...]]:
    return NodeResult(node.name, Status.OBSERVED, tuple(_lines(node, world, options)))


def _lines(node: Node, world: World, options: LogOptions) -> Iterator[Line]:
    """The containers one after the other; if they are followed, all at once."""
    with world.connect(node) as host:
        observation = observed(node, host)
        containers = _containers(observation, options)
        one = partial(_of_container, host, observation, wanted=options.wanted)
        if options.wanted.follow and len(containers) > 1:
            yield from _together([one(container) for container in containers])
        else:
            for container in containers:
                yield from one(container)


def _of_container(
    host: Host, observation: Observation, container: ObservedContainer, *, wanted: Wanted
) -> Iterator[Line]:
    text = ""
    try:
        for text in log_lines(host, observation, container, wanted):
            yield Line(observation.node, container.name, text)
    except ProgramError as error:
        # crictl's own words stand among those of the container
        why = text if text.startswith("FATA") or "level=fatal" in text else error.complaint
        message = f"`crictl logs` of container `{container.name}` failed: {why}"
        raise NoLogError(message, "see what the runtime has: `crictl ps -a` on the node") from error


def _together(sources: list[Iterator[Line]]) -> Iterator[Line]:
    """Lines of all sources as they come. Raises what one of them raised, after the others have ended."""
    lines: Queue[Line | Exception | None] = Queue(1000)

    def drain(source: Iterator[Line]) -> None:
        try:
            for line in source:
                lines.put(line)
            lines.put(None)
        except Exception as error:  # noqa: BLE001 - raised below, by the thread that reads
            lines.put(error)

    for source in sources:
        threading.Thread(target=drain, args=(source,), daemon=True).start()
    failed: Exception | None = None
    open_sources = len(sources)
    while open_sources:
        entry = lines.get()
        if isinstance(entry, Line):
            yield entry
        else:
            open_sources -= 1
            failed = failed or entry
    if failed:
        raise failed


def _containers(observation: Observation, options: LogOptions) -> tuple[ObservedContainer, ...]:
    """Raises NoLogError."""
    pod = _pod(observation, options.file_name)
    found = tuple(entry for entry in pod.containers if options.container in ("", entry.name))
    if not pod.containers:
        raise NoLogError(
            f"no container of `{options.file_name}` has been created yet", "see `podwright manifest status`"
        )
    if not found:
        names = ", ".join(f"`{entry.name}`" for entry in pod.containers)
        raise NoLogError(
            f"the pod of `{options.file_name}` has no container `{options.container}`",
            f"name one of its containers: {names}",
        )
    restarted = tuple(entry for entry in found if entry.attempt)
    if options.wanted.previous and not restarted:
        raise NoLogError(
            f"no container of `{options.file_name}` has been restarted in the pod that is there",
            "leave `--previous` out; what was pushed before is another pod",
        )
    return restarted if options.wanted.previous else found


def _pod(observation: Observation, file_name: str) -> ObservedPod:
    """The pod that runs of the file, otherwise its newest that ended. Raises NoLogError."""
    if observation.pods is None:
        raise NoLogError(f"the runtime could not be asked: {observation.pods_problem}")
    found = (observation.file(name) for name in in_both_slots([file_name]))
    file = next((file for file in found if file and (file.marked or file.name == file_name)), None)
    if file is None or file.pod is None:
        what = "no file" if file is None else "no pod in the file"
        there = (one.name.removesuffix(SUFFIX) for one in observation.files)
        meant = did_you_mean(file_name.removesuffix(SUFFIX), there, "see `podwright manifest status`")
        raise NoLogError(f"there is {what} `{file_name}`", meant)
    name = file.pod.on(observation.node_name)
    of_it = [pod for pod in observation.pods if pod.ref == name]
    if not of_it:
        raise NoLogError(f"no pod of `{file_name}` ever ran, as far as the runtime remembers")
    return max(of_it, key=lambda pod: (pod.ready, pod.created_at))
