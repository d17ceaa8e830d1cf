"""Where each workload lies on a node, and where it goes: an update without a gap alternates between two slots."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload, in_both_slots
from podwright.plan.observed import Observation, ObservedFile
from podwright.pods.shared_resources import lease_named_by_node, uses_host_network, written_host_paths


class Placed(Struct, frozen=True):
    """Manifests in the slots that they are to have, and files that are to go.

    Of those in `beside` a new generation starts while the old one runs, whose file is the value; `ending` are files that go
    once what takes their place is proven.
    """

    manifests: tuple[Manifest, ...]
    absent: tuple[str, ...]
    beside: Mapping[str, ObservedFile] = {}
    ending: frozenset[str] = frozenset()


def placed(
    manifests: Iterable[Manifest],
    absent: Iterable[str],
    observation: Observation,
    *,
    surging: Collection[str] = (),
    restart: bool = False,
    kubernetes_version: str | None = None,
) -> Placed:
    """Each manifest in the slot that its workload has on the node; if it is `surging` and changes, in the other.

    `surging` are files of first slots. Raises ManifestError for a name that a second slot makes too long.
    """
    found, ending, beside = [], set[str](), {}
    for manifest in manifests:
        files = _files(manifest.workload, observation)
        slot = _used(files, manifest, observation) if files else 1
        there = files.get(slot)
        changes = there is not None and there.managed and (restart or not _is_same(there, manifest))
        if changes and there and manifest.workload.slots[0].file_name in surging:
            slot = 3 - slot
            beside[manifest.workload.slots[slot - 1].file_name] = there
        found.append(manifest.in_slot(slot, kubernetes_version=kubernetes_version))
        ending |= {file.name for other, file in files.items() if other != slot}
    return Placed(tuple(found), (*absent, *sorted(ending - set(absent))), beside, frozenset(ending))


def with_second_slots(
    absent: Iterable[str], observation: Observation, wanted: Collection[str] = ()
) -> tuple[str, ...]:
    """With the files of second slots that the node has; a first slot's that it has not is left out for them.

    Not those `wanted`: of what was put into slots before, one slot is absent and the other is not.
    """
    found: list[str] = []
    for name in absent:
        there = [one for one in in_both_slots([name]) if (file := observation.file(one)) and file.marked]
        found += [name] if name in there or not there else []
        found += [one for one in there if one != name]
    return tuple(name for name in dict.fromkeys(found) if name not in wanted)


def _files(workload: Workload, observation: Observation) -> dict[int, ObservedFile]:
    """What lies in each slot; a file in the place of a second one that does not say that it is one is somebody else's."""
    first, second = workload.slots
    files = {1: observation.file(first.file_name), 2: observation.file(second.file_name)}
    return {
        slot: file
        for slot, file in files.items()
        if file and (slot == 1 or (file.marked and file.stamp.workload == second))
    }


def _used(files: Mapping[int, ObservedFile], manifest: Manifest, observation: Observation) -> int:
    """Both are there if a run ended between the two: then what is wanted counts, then what runs, then the newer one."""

    def rank(slot: int) -> tuple[bool, bool, int]:
        file = files[slot]
        runs = file.pod is not None and bool(observation.ready_pods(file.pod.on(observation.node_name)))
        return _is_same(file, manifest), runs, file.stamp.generation or 0

    return max(files, key=rank)


def _is_same(file: ObservedFile, manifest: Manifest) -> bool:
    there = file.manifest
    return isinstance(there, Manifest) and there.digest == manifest.digest == there.stamp.digest


def obstacle(old: Manifest, new: Manifest, *, runs_twice: bool) -> str:
    """Why the new generation cannot start while the old one runs; "" if it can. `runs_twice`: the inventory says so."""
    for port in new.host_ports:
        if any(port.collides(other) for other in old.host_ports):
            return f"the kubelet admits one pod on the port {port} of the node"
    if runs_twice:
        return ""
    was, will = old.document, new.document
    if any(uses_host_network(pod) for pod in (was, will)) and not (old.host_ports and new.host_ports):
        return "it uses the network of the node and declares no ports, so nobody knows on which it listens"
    for path in written_host_paths(will):
        if any(_overlap(path, other) for other in written_host_paths(was)):
            return f"both would write to `{path}` of the node"
    lease = lease_named_by_node(was) or lease_named_by_node(will)
    return f"both would hold a lease under the name of the node (`{lease}`)" if lease else ""


def _overlap(one: str, other: str) -> bool:
    first, second = sorted(f"{path.rstrip('/')}/" for path in (one, other))
    return second.startswith(first)
