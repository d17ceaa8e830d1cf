"""Observes one node, in the parts that are asked for; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import Enum
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import HostileOutputError
from podwright.manifests.manifest import Manifest
from podwright.plan.facts import Facts
from podwright.plan.observed import FolderState, KubeletFacts, Observation, ObservedPod
from podwright.remote.host import SILENCE_SECONDS, Host, Output
from podwright.remote.node import selinux_labels
from podwright.remote.node.availability import parse_addresses
from podwright.remote.node.crictl import parse_runtime
from podwright.remote.node.files import TornError, folder_state, parse_files, parse_rights, with_files_apart
from podwright.remote.node.history import (
    parse_aborted,
    parse_changes,
    parse_history,
    parse_newest,
    parse_outcomes,
    parse_unproven,
)
from podwright.remote.node.holds import parse_holds
from podwright.remote.node.kubelet import kubelet_facts
from podwright.remote.node.lock import parse_lock
from podwright.remote.node.prerequisites import needs_calls, parse_images, parse_paths
from podwright.remote.node.programs import program
from podwright.remote.node.records import Record, new_nonce, read_records
from podwright.remote.node.switch_pending import parse_pending

OBSERVE_SECONDS = 60.0
#: parts that use another's functions
_WITH = {
    "history": ("lock",),
    "switch_pending": ("lock",),
    "facts": ("crictl", "availability", "facts_proxies"),
}

_RunProgram = Callable[[str], Output]


class Part(Enum):
    """What can be asked for, in this order; the value is the part of the program, and its call."""

    FACTS = ("kubelet", "observe_kubelet")
    # before the files, these two: what a run writes next is not taken for what somebody took away, nor for what had run
    PODS = ("crictl", "observe_pods")
    CHANGES = ("history", "observe_changes")
    FILES = ("files", "observe_files")
    LABELS = ("selinux_labels", "observe_labels")
    # before the lock, for which it counts
    KUBEADM = ("lock", "observe_kubeadm")
    LOCK = ("lock", "observe_lock")
    HOLDS = ("lock", "observe_holds")
    PENDING = ("switch_pending", "observe_switches")
    HISTORY = ("history", "observe_history")
    REVERTED = ("history", "observe_reverted")
    IMAGES = ("prerequisites", "images_needed=1; observe_images")
    PORTS = ("facts", "ports_wanted=1")
    OPTIONS = ("facts", "options_wanted=1")
    MACHINE = ("facts", "observe_machine")
    TRIAL = ("kubelet_trial", "observe_trial")
    AVAILABILITY = ("availability", "observe_availability")


#: what a change is planned on and proven by
EVERY_DAY = frozenset((Part.FACTS, Part.FILES, Part.LABELS, Part.HOLDS, Part.PENDING, Part.PODS))


def observe(
    node: str,
    host: Host,
    *,
    folder: str | None = None,
    kubelet_pid_file: str = "",
    kubelet_unit: str = "",
    parts: Collection[Part] = EVERY_DAY,
    manifests: tuple[Manifest, ...] = (),
    state_dir: str = "",
    history_names: tuple[str, ...] = (),
    digests: tuple[str, ...] = (),
) -> Observation:
    """Observe the kubelet, the folder and the runtime once; a second time only if sh misread the kubelet's configuration.

    Without a `folder` it is the kubelet's, so FACTS must be among the parts. The kubelet is the one that is named, or the
    only one of the node. HISTORY is that of `history_names`, or of all, in `state_dir`; REVERTED that of those of which a
    revision failed, and what of all has one of these `digests`, without contents. Of `manifests` that would change it
    reports whether the node has what they need. What is not asked for is unknown. What the files mean depends on the
    kubelet's version, so nothing is read out of them here. Raises HostError and its kinds.
    """
    run = partial(host.stream, timeout=OBSERVE_SECONDS, secret=False, watchdog=False, silence=SILENCE_SECONDS)
    needs = tuple(needs_calls(manifests)) if manifests else ()
    asked = _Asked(tuple(parts), folder or "", kubelet_pid_file, kubelet_unit, needs=needs)
    asked = replace(asked, state_dir=state_dir, history_names=history_names, digests=digests)
    observation, endpoint = _once(node, run, asked)
    facts = observation.kubelet
    path = facts.static_pod_path
    misread = folder is None and path and path != observation.folder
    if misread or (facts.pid and facts.runtime_endpoint != endpoint):
        asked = replace(
            asked, folder=(folder is None and path) or asked.folder, endpoint=facts.runtime_endpoint
        )
        observation, _ = _once(node, run, asked)
    if folder is None and not path:
        # sh took something for the folder's name that the kubelet does not
        return replace(observation, folder="", folder_state=FolderState.UNKNOWN, files=())
    return observation


class _Asked(Struct, frozen=True):
    """What the program is to report, and what of the node is known already; it finds out what is empty."""

    parts: tuple[Part, ...]
    folder: str
    kubelet_pid_file: str = ""
    kubelet_unit: str = ""
    endpoint: str = ""
    one_by_one: str = ""
    needs: tuple[str, ...] = ()
    state_dir: str = ""
    history_names: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()


def _once(node: str, run: _RunProgram, asked: _Asked) -> tuple[Observation, str]:
    """One observation, and the endpoint at which it asked the runtime."""
    records = _records(node, run, asked)
    try:
        whole = with_files_apart(records)
    except TornError:
        whole = _records(node, run, replace(asked, one_by_one="yes"))
    endpoint = next((record.words for record in whole if record.kind == "endpoint"), "")
    return parse_observation(node, whole), endpoint


def _records(node: str, run: _RunProgram, asked: _Asked) -> tuple[Record, ...]:
    nonce = new_nonce()
    return read_records(node, nonce, b"".join(run(_program(nonce, asked))))


def _program(nonce: str, asked: _Asked) -> str:
    calls = [part.value for part in Part if part in asked.parts]
    # once the kubelet has named them, and before they are used
    calls.insert(calls[0] == Part.FACTS.value, ("path_trust", "observe_trust"))
    return program(
        tuple(dict.fromkeys(_parts(asked, calls))),
        {
            "nonce": nonce,
            "folder": asked.folder.rstrip("/") or asked.folder,
            "one_by_one": asked.one_by_one,
            "endpoint_asked": asked.endpoint,
            "kubelet_pid_file": asked.kubelet_pid_file,
            "kubelet_unit": asked.kubelet_unit,
            "state_dir": asked.state_dir,
            "history_names": " ".join(asked.history_names),
            "digests": " ".join(asked.digests),
            "selinux": selinux_labels.SELINUX,
        },
        ["record begin 1", *(f"{call}\nalive" for _name, call in calls), *asked.needs, "record end", "flush"],
    )


def _parts(asked: _Asked, calls: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, _call in calls:
        yield from (*_WITH.get(name, ()), name)
    if asked.needs:
        yield "prerequisites"


def parse_observation(node: str, records: tuple[Record, ...]) -> Observation:
    """What the records of an observation say."""
    facts = kubelet_facts(records)
    last = {record.kind: record for record in records}
    folder = last["folder"].words if "folder" in last else ""
    pods, pods_problem = _pods(node, last)
    clock = _wall_clock(last.get("clock"))
    return Observation(
        node=node,
        node_name=facts.node_name,
        kubelet=facts,
        folder=folder,
        folder_state=folder_state(last, folder),
        untrusted=last["folder-untrusted"].words[:300] if "folder-untrusted" in last else "",
        files=tuple(parse_files(node, records)),
        pods=pods,
        pods_problem=pods_problem,
        clock=clock,
        rights=parse_rights(last.get("rights")),
        labels=tuple(selinux_labels.parse_labels(last)),
        leftovers="leftovers" in last,
        lock=parse_lock(node, last["lock"]) if "lock" in last else None,
        history=parse_history(node, records),
        outcomes=parse_outcomes(records),
        newest=parse_newest(records),
        changes=parse_changes(records),
        unproven=parse_unproven(records),
        aborted=parse_aborted(records),
        pending=tuple(parse_pending(records)),
        holds=tuple(parse_holds(records)),
        history_problem=last["history-untrusted"].words[:300] if "history-untrusted" in last else "",
        images=parse_images(node, last.get("images")),
        unfit_paths=tuple(parse_paths(records)),
        machine=_machine(records, facts, clock) if "machine" in last else None,
        shutting_down="shutting-down" in last,
        addresses=parse_addresses(last),
    )


def _machine(records: tuple[Record, ...], kubelet: KubeletFacts, clock: float) -> Facts | None:
    from podwright.remote.node.facts import parse_facts  # a push needs none of it

    return parse_facts(records, kubelet, clock)


def _pods(node: str, last: Mapping[str, Record]) -> tuple[tuple[ObservedPod, ...] | None, str]:
    """The runtime's pods, or why they are unknown."""
    if "pods" in last and "containers" in last:
        try:
            return parse_runtime(node, last["pods"].body, last["containers"].body), ""
        except HostileOutputError as error:
            # a runtime that gives nonsense is unavailable; the folder is known nevertheless
            return None, str(error).removeprefix(f"{node}: ")
    if "runtime-untrusted" in last:
        return None, f"others can change the runtime's socket: {_first_line(last['runtime-untrusted'].text)}"
    if "runtime-failed" in last:
        return None, f"crictl failed: {_first_line(last['runtime-failed'].text)}"
    return None, "there is no crictl on the node" if "runtime-missing" in last else "not asked for"


def _first_line(text: str) -> str:
    stripped = text.strip()
    return stripped.splitlines()[0][:300] if stripped else "no reason given"


def _wall_clock(record: Record | None) -> float:
    if record is None:
        return 0.0
    try:
        return float(record.words.split()[1])
    except (ValueError, IndexError):
        return 0.0
