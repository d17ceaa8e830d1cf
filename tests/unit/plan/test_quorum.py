"""Whether a member of a guarded group may be changed: only if what is known to be well is enough without it."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace

from podwright.inventory.guards import Guard, GuardKind
from podwright.plan.quorum import Answer, Group, Health, Member, Verdict, decide, in_order, reordered
from podwright.plan.reasons import Guarded, because

ETCD = Guard(GuardKind.ETCD)
WEB = Guard(GuardKind.AVAILABLE, "web", 2)
VIP = Guard(GuardKind.VIP, address="10.0.0.9")


def etcd(*healths: Health, outsiders: int = 0) -> Group:
    """Members n1, n2, …: who is healthy shows its id, and the ids of all others that were ever seen."""
    ids = [f"{n:016x}" for n in range(len(healths) + outsiders)]
    shown = {n for n, health in enumerate(healths) if health is Health.HEALTHY}
    return Group(
        ETCD,
        tuple(
            Member(
                f"n{n + 1}",
                health,
                "refused" if health is not Health.HEALTHY else "",
                id=ids[n] if n in shown else "",
                peers=tuple(one for one in ids if one != ids[n]) if n in shown else (),
            )
            for n, health in enumerate(healths)
        ),
    )


def kinds(verdict: Verdict) -> list[Guarded]:
    return [reason.kind for reason in verdict.reasons]


UP, DOWN, GONE, UNKNOWN = Health.HEALTHY, Health.UNHEALTHY, Health.ABSENT, Health.UNKNOWN


@pytest.mark.parametrize(
    ("healths", "outsiders", "answer"),
    [
        ((UP, UP, UP), 0, Answer.ALLOW),
        ((DOWN, UP, UP), 0, Answer.ALLOW),  # what is down may be repaired
        ((UP, DOWN, UP), 0, Answer.REFUSE),
        ((DOWN, DOWN, UP), 0, Answer.REFUSE),  # the quorum is lost already
        ((UP, UNKNOWN, UP), 0, Answer.REFUSE),
        ((UNKNOWN, UP, UP), 0, Answer.UNKNOWN),
        ((UP, UP, UP, DOWN, UP), 0, Answer.ALLOW),
        ((UP, DOWN, UP, DOWN, UP), 0, Answer.REFUSE),
        ((UP,), 0, Answer.REFUSE),
        ((UP, UP), 0, Answer.REFUSE),
        ((UP, UP, UP, UP), 0, Answer.ALLOW),
        ((UP, UP, UP, DOWN), 0, Answer.REFUSE),
        ((UP, UP, UP), 1, Answer.REFUSE),  # a member that no node runs counts as down
        ((GONE, UP, UP), 0, Answer.ALLOW),  # a member was added that is to be started here
        ((GONE, GONE, GONE), 0, Answer.ALLOW),  # nothing runs that could be lost
        ((UP, UP, GONE), 0, Answer.REFUSE),  # of two members each is needed
    ],
)
def test_an_etcd_keeps_its_quorum(healths: tuple[Health, ...], outsiders: int, answer: Answer) -> None:
    assert decide(etcd(*healths, outsiders=outsiders), "n1").answer is answer


def test_a_member_that_shows_no_id_is_counted_once() -> None:
    assert etcd(UP, UP, DOWN).size == 3
    assert etcd(UP, UP, DOWN, outsiders=1).size == 4
    forgotten = tuple(replace(one, peers=()) for one in etcd(UP, UP, UP, DOWN, DOWN).members)
    assert Group(ETCD, forgotten).size == 5, "a restarted etcd does not know whom it never reached"


def test_a_learner_or_an_alarm_anywhere_is_refused() -> None:
    well = etcd(UP, UP, UP, UP, UP)
    learner = tuple(replace(one, learner=one.node == "n4") for one in well.members)
    alarm = tuple(replace(one, alarm="NOSPACE" if one.node == "n1" else "") for one in well.members)
    assert kinds(decide(replace(well, members=learner), "n1")) == [Guarded.LEARNER]
    assert kinds(decide(replace(well, members=alarm), "n1")) == [Guarded.ALARM]


def test_another_change_under_way_is_refused_even_if_the_loss_of_the_quorum_is_accepted() -> None:
    members = etcd(UP, DOWN, UP).members
    locked = because(Guarded.LOCKED, node="n3", owner="alice@desk")
    group = Group(ETCD, (*members[:2], replace(members[2], in_flight=locked)))
    verdict = decide(group, "n1")
    assert kinds(verdict) == [Guarded.LOCKED, Guarded.QUORUM]
    assert verdict.accepting().reasons == (locked,)
    assert kinds(decide(group, "n3")) == [Guarded.QUORUM], "its own lock is ours"
    assert decide(etcd(UP), "n1").accepting().answer is Answer.ALLOW


@pytest.mark.parametrize(
    ("healths", "answer"),
    [
        ((UP, UP, UP), Answer.ALLOW),
        ((UP, UP, DOWN), Answer.REFUSE),
        ((DOWN, UP, DOWN), Answer.ALLOW),
        ((GONE, UP, GONE), Answer.ALLOW),
        ((UP, UP, UNKNOWN), Answer.REFUSE),
        ((UP, UP, UP, UNKNOWN), Answer.UNKNOWN),
    ],
)
def test_enough_pods_stay_ready(healths: tuple[Health, ...], answer: Answer) -> None:
    members = tuple(Member(f"n{n + 1}", health) for n, health in enumerate(healths))
    assert decide(Group(WEB, members), "n1").answer is answer


def vip(*holders: str, silent: str = "", no_api: str = "", n2: Health = UP) -> Group:
    members = (
        Member("n1", first="n1" in holders),
        Member("n2", n2, first="n2" in holders),
    )
    return Group(VIP, members, silent, no_api)


@pytest.mark.parametrize(
    ("group", "target", "found"),
    [
        (vip("n1"), "n1", []),
        (vip("n1"), "n2", []),
        (vip(), "n2", [Guarded.NO_HOLDER]),
        (vip("n1", "n2"), "n2", [Guarded.HOLDERS]),
        (vip("n1", silent="refused"), "n2", [Guarded.SILENT]),
        (vip("n1", no_api="down"), "n2", []),
        (vip("n1", no_api="down"), "n1", [Guarded.NO_API]),
        (vip("n1", n2=DOWN), "n1", [Guarded.NO_SUCCESSOR]),
        (vip("n1", n2=DOWN), "n2", []),
        (vip("n1", n2=UNKNOWN), "n2", [Guarded.UNKNOWN]),
    ],
)
def test_one_node_holds_the_address_and_another_can_take_it_over(
    group: Group, target: str, found: list[Guarded]
) -> None:
    assert kinds(decide(group, target)) == found


def test_what_is_down_goes_first_and_the_leader_last() -> None:
    leader, well, sick, lost = (
        Member("n1", first=True),
        Member("n2"),
        Member("n3", DOWN),
        Member("n4", UNKNOWN),
    )
    assert in_order(Group(ETCD, (leader, well, sick, lost))) == ("n3", "n4", "n2", "n1")


def test_a_group_is_put_in_order_at_the_places_that_it_has() -> None:
    assert reordered(("w1", "n1", "w2", "n2", "n3"), [("n3", "n4", "n1", "n2")]) == (
        "w1",
        "n3",
        "w2",
        "n1",
        "n2",
    )
