"""What a member of etcd reports, from a real one and from what only looks like one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.etcd import Etcd, await_answer, await_true, running_etcd
from tests.fakes.local_host import LocalHost

from podwright.errors import HostileOutputError, PortClosedError
from podwright.remote.node.etcd import (
    EtcdAnswer,
    address_of,
    ask_etcd,
    parse_health,
    parse_metrics,
    runs_etcd,
)
from podwright.remote.node.http import Page

LOCAL = LocalHost(Path("/"))
METRICS = """\
# HELP etcd_server_has_leader Whether or not a leader exists. 1 is existence, 0 is not.
etcd_server_has_leader 1
etcd_server_id{server_id="830117d5838b6d5c"} 1
etcd_server_is_leader 0
etcd_server_is_learner 0
etcd_network_active_peers{Local="830117d5838b6d5c",Remote="c1b83b64b4992b9a"} 1
etcd_network_peer_sent_bytes_total{To="c1b83b64b4992b9a"} 1.06e+06
etcd_network_peer_sent_failures_total{To="fe5ab81bf13ca4f8"} 17
process_open_fds 12
"""


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Etcd, ...]]:
    with running_etcd(tmp_path_factory.mktemp("etcd")) as members:
        yield members


def asked(member: Etcd) -> EtcdAnswer:
    return ask_etcd(LOCAL, ("127.0.0.1", member.metrics))


def test_three_members_are_well_know_one_another_and_have_one_leader(members: tuple[Etcd, ...]) -> None:
    found = [asked(one) for one in members]
    assert [(one.why, one.alarm, one.learner) for one in found] == [("", "", False)] * 3
    assert [one.leader for one in found].count(True) == 1
    leader = next(one for one in found if one.leader)
    assert {leader.id, *leader.peers} == {one.id for one in found}


def test_a_learner_says_so(members: tuple[Etcd, ...], tmp_path: Path) -> None:
    learner = Etcd("m4", tmp_path)
    added = await_answer(
        lambda: members[0].post("cluster/member/add", peerURLs=[learner.peer_url], isLearner=True)
    )
    try:
        learner.start((*members, learner), state="existing")
        await_true(lambda: listens(learner) and asked(learner).learner, 20)
    finally:
        members[0].post("cluster/member/remove", ID=added["member"]["ID"])
        learner.kill()


def test_a_member_that_is_down_answers_not_at_all_and_a_lost_quorum_is_told_at_once(
    members: tuple[Etcd, ...],
) -> None:
    for one in members[1:]:
        one.kill()
    try:
        with pytest.raises(PortClosedError):
            asked(members[1])
        await_true(lambda: asked(members[0]).why == "it has no leader", 10)
    finally:
        for one in members[1:]:
            one.start(members)
        await_true(
            lambda: not any(asked(one).why for one in members if one.healthy) and members[1].healthy, 20
        )


def listens(member: Etcd) -> bool:
    try:
        asked(member)
    except PortClosedError:
        return False
    return True


def test_a_full_database_is_an_alarm(members: tuple[Etcd, ...]) -> None:
    members[0].post("maintenance/alarm", action="ACTIVATE", memberID="0", alarm="NOSPACE")
    await_true(lambda: all("ALARM" in asked(one).alarm for one in members), 10)
    assert all(one.why for one in map(asked, members))
    members[0].post("maintenance/alarm", action="DEACTIVATE", memberID="0", alarm="NOSPACE")
    await_true(lambda: not any(asked(one).alarm for one in members), 10)


def test_metrics_show_who_there_is() -> None:
    found = parse_metrics(Page(200, METRICS.encode()))
    assert found == EtcdAnswer("830117d5838b6d5c", ("c1b83b64b4992b9a", "fe5ab81bf13ca4f8"))
    lost = parse_metrics(Page(200, METRICS.replace("has_leader 1", "has_leader 0").encode()))
    assert lost.why == "it has no leader"


@pytest.mark.parametrize(
    "page",
    [
        Page(200, b""),
        Page(404, METRICS.encode()),
        Page(200, METRICS.replace("is_learner 0", "is_learner maybe").encode()),
        Page(200, METRICS.replace("830117d5838b6d5c", "'; drop").encode()),
        Page(200, (METRICS * 2).encode()),
        Page(200, METRICS.replace("etcd_server", "consul_server").encode()),
        Page(
            200,
            (
                METRICS + "".join(f'etcd_network_active_peers{{Remote="{n:x}"}} 1\n' for n in range(500))
            ).encode(),
        ),
        Page(200, b"\xff\xfe" * 100),
    ],
)
def test_metrics_that_are_not_etcds_are_not_believed(page: Page) -> None:
    with pytest.raises(HostileOutputError):
        parse_metrics(page)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (Page(200, b'{"health":"true"}'), ("", "")),
        (Page(200, b'{"health":"true","reason":""}'), ("", "")),
        (Page(503, b'{"health":"false"}'), ("ALARM", "ALARM")),
        (Page(503, b'{"health":"false","reason":"ALARM NOSPACE"}'), ("ALARM NOSPACE", "ALARM NOSPACE")),
        (Page(503, b'{"health":"false","reason":"QGET ERROR:\\u001b[2J"}'), ("QGET ERROR:\\x1b[2J", "")),
    ],
)
def test_health_is_well_or_has_a_reason(page: Page, found: tuple[str, str]) -> None:
    assert parse_health(page) == found


@pytest.mark.parametrize(
    "page",
    [
        Page(200, b"ok"),
        Page(200, b'{"health":"false"}'),
        Page(503, b'{"health":"true"}'),
        Page(200, b"[" * 60_000),
        Page(200, b'["health"]'),
        Page(500, b""),
    ],
)
def test_health_that_is_not_etcds_is_not_believed(page: Page) -> None:
    with pytest.raises(HostileOutputError):
        parse_health(page)


def pod(*words: str, **container: object) -> dict[str, object]:
    return {"spec": {"containers": [{"command": list(words), **container}, None, "x"]}}


@pytest.mark.parametrize(
    ("found", "address"),
    [
        (pod("etcd", "--listen-metrics-urls=http://127.0.0.1:2381"), ("127.0.0.1", 2381)),
        (pod("/usr/bin/etcd", "-listen-metrics-urls", "http://0.0.0.0:2381"), ("127.0.0.1", 2381)),
        (pod("etcd", args=["--listen-metrics-urls=https://10.0.0.1:1,http://[::]:2381"]), ("::1", 2381)),
        (
            pod("etcd", env=[{"name": "ETCD_LISTEN_METRICS_URLS", "value": "http://127.0.0.1:9"}]),
            ("127.0.0.1", 9),
        ),
        (pod("etcd", "--listen-client-urls=https://127.0.0.1:2379"), None),
        (pod("etcd", "--listen-client-urls=http://127.0.0.1:2379"), ("127.0.0.1", 2379)),
        (pod("etcd", "--listen-metrics-urls=http://[bad"), None),
        (pod("etcd", "--config-file=/etc/etcd.yaml"), None),
        (pod("sh", "--listen-metrics-urls=http://127.0.0.1:2381"), None),
        ({"spec": None}, None),
    ],
)
def test_the_address_is_what_the_flags_say(found: dict[str, object], address: tuple[str, int] | None) -> None:
    assert address_of(found) == address


def test_etcd_is_known_by_its_command() -> None:
    assert runs_etcd(pod("/usr/local/bin/etcd"))
    assert not runs_etcd(pod("etcdctl"))
