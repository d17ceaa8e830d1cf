"""Reads what a node shows of its kubelet before its configuration is changed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from msgspec.structs import replace

from podwright.plan.provision.item import Seen
from podwright.plan.provision.kubelet_observed import KubeletSeen, Move, StandaloneParts
from podwright.plan.provision.kubelet_ways_observed import WaysSeen
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_certificates import certificates_of
from podwright.remote.node.facts_files import texts_of
from podwright.remote.node.kubelet import MAX_CONFIGURATIONS, kubelet_facts, parse_flags
from podwright.remote.node.provision_pods import room_of, sandboxes_problem
from podwright.remote.node.records import Record

PARTS = (
    "kubelet",
    "crictl",
    "facts",
    "kubelet_trial",
    "provision_kubelet",
    "provision_pods",
    "provision_move",
    "provision_boot",
)
#: within which a kubelet that was restarted is to be healthy
KUBELET_SECONDS = 60
#: within which static pods that were moved are to run again: grace periods, and the kubelet's own waits
MOVE_SECONDS = 300
#: after all else, for it sets the folder
OBSERVE = ("observe_kubelet", "machine_kubelet", "observe_client", "clock")
_VERSION = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]{0,60}")


def kubelet_seen(records: tuple[Record, ...]) -> KubeletSeen:
    facts = kubelet_facts(records)
    last = {record.kind: record for record in records}
    room, unseen = room_of(records, facts.runtime_endpoint), sandboxes_problem(records)
    if not facts.pid or "arguments" not in last:
        return KubeletSeen(
            facts.problem or "no kubelet runs on it",
            version=_version(last),
            facts=facts,
            room=room,
            sandboxes_problem=unseen,
            standalone=_standalone(last.get("standalone")),
        )
    flags = parse_flags(last["arguments"].text)
    written = [record for record in records if record.kind == "configuration"][:MAX_CONFIGURATIONS]
    folder = flags.get("config-dir", "").rstrip("/")
    drop_ins = [one for one in written if folder and one.words.startswith(f"{folder}/")]
    return KubeletSeen(
        process=(*last["kubelet"].words.split(), "", "")[1],
        flags=flags,
        # the flag may name it by a path from the kubelet's own folder
        main=next((one.body for one in written if one not in drop_ins), None),
        drop_ins=tuple((one.words.removeprefix(f"{folder}/"), one.body) for one in drop_ins),
        unreadable=tuple(one.words[:1024] for one in records if one.kind == "configuration-unreadable"),
        version=_version(last),
        client_seconds=_client_seconds(records, flags, last.get("clock")),
        facts=facts,
        room=room,
        sandboxes_problem=unseen,
        move=_move(last.get("move")),
        ways=_ways(last),
        standalone=_standalone(last.get("standalone")),
    )


def _version(last: Mapping[str, Record]) -> str:
    found = _VERSION.search(last["kubelet-version"].text) if "kubelet-version" in last else None
    return found[0] if found else ""


def _standalone(record: Record | None) -> StandaloneParts:
    lines = [line[:1000].partition(" ") for line in record.text.splitlines()[:20]] if record else []
    programs, sockets, untrusted = (
        tuple(dict.fromkeys(text for name, _, text in lines if name == wanted))
        for wanted in ("program", "socket", "untrusted")
    )
    return StandaloneParts(programs, sockets, "".join(untrusted[:1]))


def _ways(last: Mapping[str, Record]) -> WaysSeen:
    if not {"unit-seen", "config-arguments", "drop-in-elsewhere"} <= last.keys():
        return WaysSeen()
    found = WaysSeen(
        last["config-arguments"].text.partition("\n")[0],
        _seen(last["unit-seen"]),
        last["drop-in-elsewhere"].text.partition("\n")[0][:300],
    )
    if "main-seen" not in last:
        return found
    original = last["main-original"].body if "main-original" in last else None
    return replace(found, main=replace(_seen(last["main-seen"]), original=original))


def _seen(record: Record) -> Seen:
    recorded, _, state = record.words.partition(" ")
    return Seen(state[:1000], record.body, recorded == "ours")


def _move(record: Record | None) -> Move:
    if record is None:
        return Move()
    links, occupied, old, new = (*(line[:1000] for line in record.text.split("\n")), "", "", "", "")[:4]
    count = int(record.words) if record.words.isdecimal() and len(record.words) < 7 else 0
    return Move(count, links.strip(), occupied, (old, new))


def _client_seconds(
    records: tuple[Record, ...], flags: Mapping[str, str], clock: Record | None
) -> int | None:
    """Of the certificate that its kubeconfig holds or names, or that it renews itself."""
    words = clock.words.split() if clock else []
    try:
        now = int(float(words[1]))
    except (IndexError, ValueError, OverflowError):
        return None
    folder = flags.get("cert-dir") or "/var/lib/kubelet/pki"
    paths = {flags.get("kubeconfig", ""), posixpath.join(folder, "kubelet-client-current.pem")}
    found = certificates_of(texts_of(records), now)
    if isinstance(found, Unknown):
        return None
    return max((one.seconds_left for one in found if one.path in paths and not one.authority), default=None)
