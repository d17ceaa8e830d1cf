"""What a node should run that only the node itself knows: what lies there already, or lay there once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from podwright.manifests.manifest import Manifest
from podwright.manifests.node_files import Rejected, manifest_from_node
from podwright.manifests.workload import SUFFIX, in_both_slots, whatever_slot
from podwright.operations.desired import Adopt, Desired, Release, Restart, Rollback, Withdraw
from podwright.plan.history import (
    Fate,
    Revision,
    before_run,
    last_good,
    newest_first,
    revision_of,
    written_by,
)
from podwright.plan.images import data_downgrade, is_stale
from podwright.plan.observed import Observation, ObservedFile
from podwright.problem import Problem
from podwright.remote.node.observe import EVERY_DAY, Part


def parts_for(desired: Desired) -> frozenset[Part]:
    """What is to be observed for it; reading more would cost every push."""
    match desired.from_node:
        case Adopt():
            return EVERY_DAY | {Part.HISTORY}
        case None if desired.manifests:
            history = {Part.HISTORY} if desired.node.settings.refuse_older else set[Part]()
            return EVERY_DAY | {Part.REVERTED} | history
        case Restart(stale=True):
            return EVERY_DAY | {Part.IMAGES}
        case Rollback() | Withdraw():
            return EVERY_DAY | {Part.IMAGES, Part.HISTORY}
    return EVERY_DAY


def filled_in(desired: Desired, observation: Observation) -> tuple[Desired, tuple[Problem, ...]]:
    """With the manifests that were asked for by what the node has, and why some cannot be had."""
    match desired.from_node:
        case Restart() as restart:
            if restart.stale and observation.images is None:
                return desired, (
                    Problem(
                        "cannot tell which pods run an older image: the node's images are not known",
                        "check that `crictl images` works on the node, or name the pods without `--stale`",
                        node=observation.node,
                    ),
                )
            files = tuple(_chosen(restart, observation))
            found = tuple(_problems(files, observation))
            manifests = (file.manifest for file in files if isinstance(file.manifest, Manifest))
            return replace(desired, manifests=() if found else tuple(manifests)), found
        case Adopt():
            foreign = {file.name: file for file in observation.files if not file.managed}
            kept = tuple(one for one in desired.manifests if one.file_name in foreign)
            found = tuple(_unread((foreign[one.file_name] for one in kept), observation))
            return replace(desired, manifests=() if found else kept), found
        case Release(names, _):
            files = tuple(file for file in observation.files if file.name in in_both_slots(names))
            found = tuple(_not_run(files, observation))
            manifests = (file.manifest for file in files if isinstance(file.manifest, Manifest))
            given_up = tuple(dataclasses.replace(manifest, marked=False) for manifest in manifests)
            return replace(desired, manifests=() if found else given_up), found
        case Rollback() as rollback:
            chosen = [revision_for(name, rollback.to, observation) for name in rollback.names]
            return _rolled_back(desired, chosen, observation, downgrade=rollback.accept_data_downgrade)
        case Withdraw() as withdraw:
            return _withdrawn(desired, withdraw, observation)
    return desired, ()


def _withdrawn(
    desired: Desired, withdraw: Withdraw, observation: Observation
) -> tuple[Desired, tuple[Problem, ...]]:
    """What the run created goes; what another run wrote since stays, and is a problem."""
    history, run = observation.history or (), withdraw.run
    if observation.history_problem:
        return desired, (_not_believed(observation),)
    before: dict[str, Revision | Problem | None] = {}
    written = [whatever_slot(name) for name in written_by(history, run)]
    for name in dict.fromkeys((*written, *map(whatever_slot, withdraw.removed))):
        newest = newest_first(history, name)[:1]
        # a workload that went to its other slot was written
        removed = name not in written
        before[name] = before_run(history, name, run)
        since = observation.file(name) if removed else newest and newest[0].run != run
        if since or (removed and before[name] is None):
            before[name] = Problem(
                f"`{name}` was written since, by the run {newest[0].run if newest else 'of another'}"
                if since
                else f"the history of `{name}` has nothing from before the run {run}",
                f"see what it has: `podwright manifest history {name.removesuffix(SUFFIX)}`",
            )
    new = tuple(name for name, found in before.items() if found is None)
    return _rolled_back(replace(desired, absent=new), before.values(), observation)


def _rolled_back(
    desired: Desired,
    found: Iterable[Revision | Problem | None],
    observation: Observation,
    *,
    downgrade: bool = False,
) -> tuple[Desired, tuple[Problem, ...]]:
    version = desired.node.settings.kubernetes_version
    read = [_read(one, version) if isinstance(one, Revision) else one for one in found]
    manifests = tuple(one for one in read if isinstance(one, Manifest))
    if not downgrade:
        read += _data_downgrades(manifests, observation, version)
    problems = tuple(one.on(observation.node) for one in read if isinstance(one, Problem))
    return replace(desired, manifests=() if problems else manifests), problems


def _data_downgrades(
    manifests: Iterable[Manifest], observation: Observation, version: str | None
) -> Iterator[Problem]:
    """The data of a removed pod are as those who wrote them last left them."""
    for manifest in manifests:
        file = observation.file(manifest.file_name)
        newest = newest_first(observation.history or (), manifest.file_name)
        there = file.manifest if file else read_revision(newest[0], version) if newest else None
        if isinstance(there, Manifest) and (what := data_downgrade(there, manifest)):
            yield Problem(
                f"`{manifest.file_name}` would take back {what}, and an older etcd does not start with newer data",
                "restore the data from a backup first, then give `--accept-data-downgrade` to `podwright manifest rollback`",
            )


def revision_for(name: str, to: int | None, observation: Observation) -> Revision | Problem | None:
    """The one to go back to, or why there is none; None: the node has neither that file nor a history of it."""
    history = observation.history or ()
    if observation.history_problem:
        return _not_believed(observation)
    known = newest_first(history, name)
    file = next(filter(None, (observation.file(one) for one in in_both_slots([name]))), None)
    if not known and file is None:
        return None
    there = file.manifest.digest if file and file.manifest else ""
    chosen = revision_of(history, name, to) if to is not None else last_good(history, name, other_than=there)
    if chosen:
        return chosen
    numbers = ", ".join(str(one.number) for one in known)
    what = f"no revision {to}" if to is not None else "no other content that was once proven good"
    return Problem(
        f"the history of `{name}` has {what}" + (f" (it has {numbers})" if numbers else ": it is empty"),
        _how_to_choose(name, known, "" if to is not None else there),
    )


def _how_to_choose(name: str, known: tuple[Revision, ...], there: str) -> str:
    """`there`: the digest of what is to be left; it may have replaced content of which nobody knows whether it ran."""
    pod = name.removesuffix(SUFFIX)
    if not known:
        return "a history begins with the next push that changes the file"
    older = (one for one in known if there and one.digest != there and one.fate is Fate.WRITTEN)
    if before := next(older, None):
        return f"`podwright manifest rollback {pod} --to {before.number}` brings back what was written and not proven"
    return f"see what it has: `podwright manifest history {pod}`, and choose with `--to REVISION`"


def _not_believed(observation: Observation) -> Problem:
    return Problem(
        f"the history cannot be believed: {observation.history_problem}",
        "give what is named there to root (`chown root`), and take the right to write from others (`chmod go-w`)",
        node=observation.node,
    )


def read_revision(revision: Revision, version: str | None) -> Manifest | Rejected:
    """As a kubelet of this version reads it."""
    return manifest_from_node(revision.name, revision.content, kubernetes_version=version)


def _read(revision: Revision, version: str | None) -> Manifest | Problem:
    found = read_revision(revision, version)
    if isinstance(found, Manifest):
        return found
    return Problem(
        f"revision {revision.number} of `{revision.name}` is nothing that this kubelet runs: {found.reason}",
        "choose another one with `--to REVISION`",
    )


def _chosen(restart: Restart, observation: Observation) -> Iterator[ObservedFile]:
    names = in_both_slots(restart.names)
    for file in observation.files:
        named = file.name in names if names else file.managed
        if named and not (restart.stale and _is_fresh(file, observation)):
            yield file


def _is_fresh(file: ObservedFile, observation: Observation) -> bool:
    return isinstance(file.manifest, Manifest) and not is_stale(file.manifest, observation)


def _unread(files: Iterable[ObservedFile], observation: Observation) -> Iterator[Problem]:
    """What cannot be read has nothing to compare with."""
    for file in files:
        if file.manifest is not None and not isinstance(file.manifest, Manifest):
            yield Problem(
                f"`{file.name}` is nothing that this kubelet runs: {file.manifest.reason}",
                "see what it is on the node; `podwright manifest push --adopt` writes over it",
                node=observation.node,
            )


def _not_run(files: tuple[ObservedFile, ...], observation: Observation) -> Iterator[Problem]:
    for file in files:
        if not isinstance(file.manifest, Manifest):
            yield Problem(
                f"`{file.name}` is nothing that this kubelet runs, so it cannot be written without the mark",
                "correct it on the node, or push it first",
                node=observation.node,
            )


def _problems(files: tuple[ObservedFile, ...], observation: Observation) -> Iterator[Problem]:
    """A restart writes what lies there once more, so that must be what podwright wrote."""
    for file in files:
        if not file.managed or not isinstance(file.manifest, Manifest):
            yield Problem(
                f"`{file.name}` was not written by podwright, or is not what a kubelet runs",
                "`--adopt` of `podwright manifest push` takes it over, which restarts it too",
                node=observation.node,
            )
        elif file.stamp.digest != file.manifest.digest:
            yield Problem(
                f"`{file.name}` was changed by hand",
                "`podwright manifest diff` shows what a push would make of it; push it, which restarts it too",
                node=observation.node,
            )
