"""Brings nodes to what `podwright_node` declares: the part of a converge that is about the node itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing

from msgspec.structs import replace

from podwright.errors import HostError
from podwright.inventory.node import Node
from podwright.operations.converge import is_guarded
from podwright.operations.desired import Desired
from podwright.operations.explain import unproven
from podwright.operations.judging_kubelet import certificate_problems, judge_kubelet
from podwright.operations.prepare import Prepared
from podwright.operations.provision_confirmation import not_confirmed, seconds_to_confirm
from podwright.operations.provision_disruption import asked_again, disruption
from podwright.operations.provision_progress import Done
from podwright.operations.report import Applied, Convergence, NodeResult, Outcome, problems_on
from podwright.operations.world import Settings, World
from podwright.plan.changes import Action, Change, Subject
from podwright.plan.events import Unconfirmed
from podwright.plan.lock_times import PROVISION_LOCK_SECONDS
from podwright.plan.observed import FolderState, KubeletFacts, Observation
from podwright.plan.provision.compare import compare
from podwright.plan.provision.item import UNPROVEN, Item, Kind, Thing
from podwright.plan.provision.kubelet_asks import TURNED_ON, KubeletAsks
from podwright.plan.provision.observed import NodeSeen
from podwright.plan.provision.packages import index_warnings, package_problems
from podwright.plan.provision.preconditions import own_folder_problems
from podwright.plan.provision.rewritten_files import refusal
from podwright.plan.provision.sysctls import beaten
from podwright.plan.provision.time_service import is_time_file, sync_warnings, time_problems
from podwright.plan.provision.trials import trials_of, with_refusals
from podwright.plan.stages import Plan, Stage
from podwright.problem import Problem
from podwright.remote.host import Host
from podwright.remote.node.provision import (
    PACKAGE_SECONDS,
    ChangeOrder,
    NamedKubelet,
    change_things,
    observe_things,
)
from podwright.remote.node.provision_kubelet import KUBELET_SECONDS, MOVE_SECONDS
from podwright.remote.node.provision_trial import refused as refused_texts
from podwright.remote.node.records import new_nonce


def released(nodes: Iterable[Node], paths: tuple[str, ...]) -> tuple[Desired, ...]:
    """Files of podwright that are to go for what lay there before it."""
    items = tuple(Item(Kind.ORIGINAL, path, "released") for path in paths)
    return tuple(Desired(node, items=items) for node in nodes)


def prepare_things(desired: Desired, host: Host, world: World, settings: Settings) -> Prepared:
    """Observe the node itself and plan; changes nothing. Raises HostError and its kinds."""
    node, items = desired.node, desired.items or ()
    folder = node.settings.manifest_dir or ""
    seen = observe_things(node.name, host, items, folder=folder, kubelet=_named(node))
    observation = _observation(node, seen)
    refused = refusal(seen.facts)
    if refused:
        message, hint = refused
        return Prepared(desired, observation, Plan(node.name), (Problem(message, hint, node=node.name),))
    judged = judge_kubelet(items, seen)
    changes = compare(judged.items, judged.seen, adopt=settings.adopt)
    if tried := refused_texts(node.name, host, trials_of(changes, seen), _named(node)):
        changes = compare(judged.items, with_refusals(judged.seen, tried), adopt=settings.adopt)
    plan = Plan(node.name, (Stage(changes),) if changes else ())
    problems = (*_problems(plan, items, seen), *judged.problems, *certificate_problems(changes, seen))
    warnings = (*_warnings(judged.items, judged.seen), *judged.warnings)
    if moves := next((item.move for item in judged.items if item.move[0]), None):
        problems = (*problems, *_misnamed(node, moves[1]))
        # a push that does not know the new folder yet looks for its lock there
        observation = replace(observation, folder=moves[0])
    prepared = Prepared(desired, observation, plan, problems, warnings)
    if not prepared.disruptive or seen.kubelet is None:
        return prepared
    found = disruption(node.name, seen.kubelet, world.mirrors)
    return replace(
        prepared,
        problems=(*problems, *found.problems),
        warnings=(*warnings, *found.warnings),
        least=found.least,
    )


def _observation(node: Node, seen: NodeSeen) -> Observation:
    """As far as it was asked for: the folder is the kubelet's, whose lock a push takes too."""
    facts = seen.kubelet.facts if seen.kubelet else KubeletFacts(False)
    folder = node.settings.manifest_dir or facts.static_pod_path or ""
    name = node.settings.node_name or facts.node_name or node.name
    return Observation(node.name, name.lower(), facts, folder, FolderState.UNKNOWN)


def _misnamed(node: Node, folder: str) -> Iterator[Problem]:
    if node.settings.manifest_dir not in (None, folder):
        yield Problem(
            f"its static pods would move to `{folder}`, but `podwright_manifest_dir` names another folder",
            "leave it out, or write the new folder there too",
            node=node.name,
        )


def _named(node: Node) -> NamedKubelet:
    return NamedKubelet(node.settings.kubelet_pid_file or "", node.settings.kubelet_unit or "")


def _problems(plan: Plan, items: tuple[Item, ...], seen: NodeSeen) -> Iterator[Problem]:
    if plan.pending and seen.facts.login:
        yield Problem(
            f"the login (uid {seen.facts.login}) may not change the node itself",
            "set `ansible_become: true`",
            node=plan.node,
        )
    found = (*own_folder_problems(seen.facts), *package_problems(items, seen), *time_problems(items, seen))
    for message, hint in found:
        yield Problem(message, hint, node=plan.node)


def _warnings(items: tuple[Item, ...], seen: NodeSeen) -> Iterator[str]:
    yield from beaten(((item.key, item.state) for item in items if item.kind is Kind.SYSCTL), seen)
    yield from index_warnings(items, seen)
    yield from sync_warnings(seen)
    yield from _never_proven(items, seen)
    if any(item.kind is Kind.SWAP for item in items):
        for path in seen.facts.boot_swap:
            yield f"`{path}` may turn swap on at the next boot; of that only `/etc/fstab` is changed"
    for path in seen.put_back:
        yield f"`{path[:1024]}` was put back when the node started: the run that wrote it was cut off before it was proven"
    for path in seen.left:
        yield (
            f"`{path[:1024]}` was not put back when the node started, as it was changed since, or its copy is gone:"
            " the run that wrote it was cut off before it was proven"
        )
    if released := [item for item in items if item.kind is Kind.ORIGINAL]:
        for item in released:
            if not seen.things[item.name].recorded:
                yield f"`{item.key}` is not a file of podwright's there, so it stays as it is"
        return
    declared_paths = {item.key for item in items if item.kind is Kind.FILE}
    kinds = {item.kind for item in items}
    for path in seen.owned:
        # both are declared by what they are for
        of_time = Kind.TIME in kinds and is_time_file(path)
        if not (path in declared_paths or of_time or (Kind.KUBELET in kinds and path.endswith(TURNED_ON))):
            yield f"`{path}` is podwright's and no longer declared: `podwright node release {path}` gives it back"


def _never_proven(items: tuple[Item, ...], seen: NodeSeen) -> Iterator[str]:
    """Of what a run changed that was cut off, and what nothing restarts again."""
    for item in items:
        if seen.things[item.name].state.endswith(UNPROVEN) and not item.is_restarted:
            yield (
                f"`{item.name}` may have been changed by a run that was cut off before it was proven, and is not restarted"
                " to prove it: see whether the node's pods run"
            )


def apply_things(prepared: Prepared, host: Host, world: World, settings: Settings) -> Outcome:
    """Change what differs, all of it or nothing; if its guarded pods may end, only while their groups can do without."""
    if prepared.stopped or not prepared.plan.pending:
        return prepared.outcome()
    prepared = asked_again(prepared, world.mirrors)
    if prepared.stopped:
        return prepared.outcome()
    if not is_guarded(prepared):
        return _applied(prepared, host, world, settings)
    from podwright.operations.guarded import under_guard

    seconds = _order(prepared, world, settings).lock_seconds
    return under_guard(
        prepared, host, world, settings, lambda held: _applied(prepared, host, world, held), seconds=seconds
    )


def _applied(prepared: Prepared, host: Host, world: World, settings: Settings) -> Outcome:
    """Each change is proven by the thing's state afterwards."""
    pending = prepared.plan.pending
    node = prepared.plan.node
    done = _carried_out(prepared, host, world, _order(prepared, world, settings))
    made = {entry.file_name for entry in done.applied if entry.what == "written"}
    if not done.problems:
        done = done.failing(*(unproven(change.name, node) for change in pending if change.name not in made))
    return NodeResult(
        node,
        done.status,
        Convergence(prepared.plan, tuple(_named_as(pending, done.applied))),
        problems=done.problems,
        warnings=prepared.warnings,
    )


def _named_as(pending: Iterable[Change[Subject]], applied: Iterable[Applied]) -> Iterator[Applied]:
    """A node reports any change as written; what went, or came back, is called so."""
    what = {change.name: _went(change) for change in pending}
    for entry in applied:
        yield replace(entry, what=what.get(entry.file_name, entry.what)) if entry.what == "written" else entry


def _went(change: Change[Subject]) -> str:
    if change.action is Action.RELEASE:
        return "returned" if change.subject.after is not None else "released"
    return "removed" if change.action is Action.DELETE else "written"


def _carried_out(prepared: Prepared, host: Host, world: World, order: ChangeOrder) -> Done:
    node = prepared.desired.node
    done = Done(node.name, prepared.observation)
    try:
        seconds = order.lock_seconds + order.lock_wait
        with closing(change_things(node.name, host, order, timeout=seconds)) as events:
            for event in events:
                done = done.after(event)
                if isinstance(event, Unconfirmed):
                    missed = not_confirmed(node, world, order, seconds=order.confirm_seconds)
                    done = replace(done.failing(*missed), confirmed=not missed)
    except HostError as error:
        lost = problems_on(node.name, error)
        if not (order.confirm_seconds and done.begun) or done.problems:
            return done.failing(*lost)
        # the node went on, and waits: what locked nobody out stays although this connection was lost
        if not done.confirmed and (missed := not_confirmed(node, world, order, seconds=order.lock_seconds)):
            return done.failing(*lost, *missed)
        return replace(done, applied=tuple(Applied(thing.name, "written") for thing in order.things))
    return done


def _order(prepared: Prepared, world: World, settings: Settings) -> ChangeOrder:
    subjects = (change.subject for change in prepared.plan.pending)
    things = tuple(subject for subject in subjects if isinstance(subject, Thing))
    confirm_seconds = seconds_to_confirm(things)
    return ChangeOrder(
        things,
        prepared.observation.folder,
        lock_owner=str(world.run),
        lock_seconds=PROVISION_LOCK_SECONDS + sum(map(_more_seconds, things)) + confirm_seconds,
        lock_broken=settings.break_lock,
        lock_wait=int(settings.wait_lock),
        kubelet=_named(prepared.desired.node),
        confirm_seconds=confirm_seconds,
        run=world.run.id,
        change_id=new_nonce(),
        endpoint=prepared.observation.kubelet.runtime_endpoint or _made_with(things),
        lock_id=settings.lock_id,
        wall=world.wall(),
        least=tuple(one.words for one in prepared.least),
    )


def _made_with(things: Iterable[Thing]) -> str:
    """The runtime of a kubelet that is still to be made."""
    asked = (KubeletAsks(*thing.item.asks) for thing in things if thing.item.kind is Kind.KUBELET)
    return next((asks.runtime for asks in asked), "")


def _more_seconds(thing: Thing) -> int:
    """What is put back is changed, or proven, twice; pods are proven after what restarts a kubelet or a runtime."""
    soak = int(KubeletAsks(*thing.item.asks).soak) if thing.item.kind is Kind.KUBELET else 0
    moving = MOVE_SECONDS if thing.item.move[0] else 0
    proving = 2 * (2 * KUBELET_SECONDS + soak + moving) if thing.item.restarts else 0
    return proving + (2 * PACKAGE_SECONDS if thing.item.kind is Kind.PACKAGE else 0)
