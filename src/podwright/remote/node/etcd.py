"""Asks an etcd member how it is, at the address where it shows its metrics without TLS: strictly read, and bounded.

`/metrics` has the member's id, whether it leads, is a learner and has a leader, and the ids of the members that it sends to;
`/health` whether it can read with the quorum's consent, and alarms. Both are the same from 3.4 to 3.6, while `/readyz` came
with 3.5.11 and does not report an alarm. Members themselves are listed at the port for clients alone, which asks for a
client's key: none is taken from a node.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from podwright.errors import HostileOutputError
from podwright.pods.container_commands import commands
from podwright.remote.host import Host
from podwright.remote.node.http import Page, get
from podwright.text import printable

#: measured: 150 KB of metrics
_METRICS_BYTES, _HEALTH_BYTES = 4 << 20, 64 << 10
_ANSWER_SECONDS = 5.0
_URLS = ("listen-metrics-urls", "listen-client-urls")
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not listened at
_FLAGS = ("etcd_server_has_leader", "etcd_server_is_leader", "etcd_server_is_learner")
_FLAG = re.compile(rf"({'|'.join(_FLAGS)}) ([01])")
_ID = re.compile(r'etcd_server_id\{server_id="([0-9a-f]{1,16})"\} 1')
_PEER = re.compile(
    r'etcd_network_(?:active_peers|peer_sent_(?:bytes|failures)_total)\{[^}]*\b(?:Remote|To)="([0-9a-f]{1,16})"\} \S+'
)
#: more than etcd can have
_MOST_PEERS = 100


class EtcdAnswer(Struct, frozen=True):
    """What a member reports; `why` it is not well, and the `alarm` that may be the reason."""

    id: str
    peers: tuple[str, ...]
    leader: bool = False
    learner: bool = False
    why: str = ""
    alarm: str = ""


def runs_etcd(pod: Mapping[str, object]) -> bool:
    return any(command.program == "etcd" for command in commands(pod))


def address_of(pod: Mapping[str, object]) -> tuple[str, int] | None:
    """Where the etcd of a pod shows its metrics without TLS; None if its flags name no such address."""
    for command in commands(pod):
        if command.program == "etcd":
            for name in _URLS:
                variable = f"ETCD_{name.upper().replace('-', '_')}"
                urls = command.flag(name) or command.variables.get(variable, "")
                if found := next(_plain(urls.split(",")), None):
                    return found
    return None


def ask_etcd(host: Host, address: tuple[str, int]) -> EtcdAnswer:
    """Raises HostError and its kinds: PortClosedError if no etcd listens there."""
    metrics = get(host, address, "/metrics", timeout=_ANSWER_SECONDS, most=_METRICS_BYTES)
    found = parse_metrics(metrics)
    if found.why:
        # without a leader the other question may take its whole time
        return found
    health = get(host, address, "/health", timeout=_ANSWER_SECONDS, most=_HEALTH_BYTES)
    why, alarm = parse_health(health)
    return EtcdAnswer(found.id, found.peers, found.leader, found.learner, why, alarm)


def parse_metrics(page: Page) -> EtcdAnswer:
    """Raises HostileOutputError if one of the few lines is missing, stands twice or is not as etcd writes it."""
    lines = page.body.decode("utf-8", "replace").splitlines()
    flags = [found.groups() for line in lines if (found := _FLAG.fullmatch(line))]
    ids = [found[1] for line in lines if (found := _ID.fullmatch(line))]
    peers = {found[1] for line in lines if (found := _PEER.fullmatch(line))}
    if page.status != 200 or sorted(name for name, _ in flags) != sorted(_FLAGS) or len(ids) != 1:
        raise HostileOutputError("what it shows as its metrics is not etcd's (3.4 or later)")
    if len(peers) > _MOST_PEERS:
        raise HostileOutputError(f"its metrics name more than {_MOST_PEERS} members")
    said = {name: value == "1" for name, value in flags}
    return EtcdAnswer(
        ids[0],
        tuple(sorted(peers - set(ids))),
        leader=said["etcd_server_is_leader"],
        learner=said["etcd_server_is_learner"],
        why="" if said["etcd_server_has_leader"] else "it has no leader",
    )


def parse_health(page: Page) -> tuple[str, str]:
    """Why a member with a leader is not well, and the alarm; both empty if it is. Raises HostileOutputError."""
    try:
        answer = json.loads(page.body)
    except (ValueError, RecursionError):
        answer = None
    said = answer.get("health") if isinstance(answer, dict) else None
    if (page.status, said) == (200, "true"):
        return "", ""
    if (page.status, said) != (503, "false"):
        raise HostileOutputError("what it shows as its health is not etcd's")
    # 3.4 gives no reason, and with a leader it is an alarm there
    reason = printable(str(answer.get("reason") or "ALARM"))[:200]
    return reason, reason if "ALARM" in reason else ""


def _plain(urls: Iterable[str]) -> Iterator[tuple[str, int]]:
    for url in urls:
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname, parts.port
        except ValueError:
            continue
        if parts.scheme == "http" and host and port:
            yield _ANYWHERE.get(host, host), port
