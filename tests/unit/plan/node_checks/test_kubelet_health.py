"""A kubelet that hangs has a process, and is not well."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.machines import config, facts, judged, kubelet, subject

from podwright.plan.node_checks.check import Health
from podwright.plan.node_checks.kubelet_health import health_address
from podwright.plan.unknown_fact import Unknown


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (Health("127.0.0.1:10248", good=True, seen="200 ok"), "pass"),
        (Health("127.0.0.1:10248", good=False, seen="no answer within 4 s"), "fail"),
        (Health("127.0.0.1:10248", good=False, seen="nothing listens there", closed=True), "fail"),
        (Health("127.0.0.1:10248", Unknown("prohibited")), "unknown"),
        (None, "n/a"),
    ],
)
def test_one_that_hangs_is_not_well(health: Health | None, expected: str) -> None:
    on = replace(subject(), health=health)
    assert judged("kubelet-healthy", on).result.value == expected
    if health and expected == "fail":
        assert judged("kubelet-healthy", on).seen == health.seen
    down = replace(subject(kubelet=kubelet(running=False)), health=health)
    assert judged("kubelet-healthy", down).result.value == "n/a"


@pytest.mark.parametrize("seen", ["nothing listens there", "no answer, or a refusal, within 4 s"])
def test_of_a_kubelet_inside_another_program_nobody_knows_where_it_answers(seen: str) -> None:
    inside = kubelet(process="k3s", config=Unknown("x"))
    on = replace(
        subject(kubelet=inside), health=Health("127.0.0.1:10248", good=False, seen=seen, closed=True)
    )
    assert judged("kubelet-healthy", on).result.value == "unknown"
    on = replace(subject(), health=on.health)
    assert judged("kubelet-healthy", on).result.value == "fail"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("127.0.0.1", 10248)),
        ({"healthzPort": 10300, "healthzBindAddress": "0.0.0.0"}, ("127.0.0.1", 10300)),
        ({"healthzBindAddress": "10.0.0.1"}, ("10.0.0.1", 10248)),
        ({"healthzPort": 0}, None),
        ({"healthzPort": "70000"}, None),
        ({"healthzPort": f"{10248:05000}"}, None),
    ],
)
def test_where_it_answers(settings: dict[str, object], expected: tuple[str, int] | None) -> None:
    assert health_address(facts(kubelet=kubelet(config=config(**settings)))) == expected
    assert health_address(facts(kubelet=kubelet(running=False))) is None
