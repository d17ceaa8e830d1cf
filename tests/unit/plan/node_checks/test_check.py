"""What checks are made of: facts that are unknown stay so, and settings have their defaults."""

from __future__ import annotations

from tests.fakes.machines import config, facts, kubelet, subject

from podwright.plan.kubelet_state import Setting
from podwright.plan.node_checks.check import Result, held, in_inventory, known, of_fact, setting
from podwright.plan.unknown_fact import Unknown


def test_a_fact_is_judged_or_unknown() -> None:
    assert known(Unknown("why"), lambda value: held(value, value, "x")).result is Result.UNKNOWN
    judge = of_fact(lambda facts: facts.cpus, lambda count: count > 2, "3", say=lambda count: f"{count} CPUs")
    assert (judge(subject(cpus=4)).result, judge(subject(cpus=1)).seen) == (Result.PASS, "1 CPUs")
    assert judge(subject(cpus=Unknown("hidden"))).seen == "hidden"


def test_a_setting_is_what_is_set_or_the_default() -> None:
    machine = facts(kubelet=kubelet(config=config(maxPods=7)))
    assert setting(machine, "maxPods", 110).value == 7
    assert setting(machine, "failSwapOn", True) == Setting(True, "default")


def test_a_kubelet_inside_another_program_has_no_defaults_that_are_known() -> None:
    inside = facts(kubelet=kubelet(process="k3s-server", config={}))
    assert isinstance(setting(inside, "failSwapOn", True), Unknown)
    assert isinstance(setting(facts(kubelet=kubelet(config=Unknown("x"))), "failSwapOn", True), Unknown)


def test_a_field_of_the_kubelet_is_a_line_of_the_inventory() -> None:
    assert in_inventory("readOnlyPort: 0") == "kubelet: {settings: {readOnlyPort: 0}}"
    nested = in_inventory("authentication.anonymous.enabled: false")
    assert nested == "kubelet: {settings: {authentication: {anonymous: {enabled: false}}}}"
