"""All checks at once: on a good node none fails, and whatever is unknown stays so."""

from __future__ import annotations

import re

import pytest
import yaml
from tests.fakes.copies import replace
from tests.fakes.machines import config, kubelet, subject
from tests.fakes.recorded_machine import MACHINES, machine_host
from tests.unit.remote.node.test_facts import look

from podwright.inventory.provisioning import NodeDeclaration
from podwright.inventory.provisioning_checks import declaration_faults
from podwright.inventory.waivers import Waiver
from podwright.plan.facts import Facts, Swap
from podwright.plan.kubelet_state import KubeletState
from podwright.plan.node_checks.check import Profile, Result
from podwright.plan.node_checks.table import CHECKS, judge_nodes, of_profiles
from podwright.plan.unknown_fact import Unknown

ALL = tuple(Profile)
TODAY = "2026-11-30"


def unknowable(kind: type) -> list[str]:
    return [name for name, said in kind.__annotations__.items() if said.startswith("Known")]


def results(*subjects, profiles=ALL, today=TODAY):
    return list(judge_nodes(subjects, profiles, today))


def test_ids_are_one_each_and_every_profile_has_some() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS) >= 90
    assert {profile: len(of_profiles([profile])) > 20 for profile in Profile} == dict.fromkeys(Profile, True)


def test_what_provision_would_mend_is_a_section_that_it_has() -> None:
    sections = {name.removesuffix("_off") for name in NodeDeclaration.__struct_fields__}
    named = {check.provision.partition(":")[0] for check in CHECKS if check.provision}
    assert named <= sections
    assert {"swap", "sysctls", "modules", "packages", "time", "kubelet"} <= named


@pytest.mark.parametrize(
    "line",
    sorted({check.provision for check in CHECKS if not re.search(r"\b[A-Z]{4,}\b", check.provision)} - {""}),
)
def test_what_provision_would_mend_may_be_copied_into_the_inventory(line: str) -> None:
    assert list(declaration_faults(yaml.safe_load(line))) == []


def test_a_good_node_passes_everything() -> None:
    bad = [
        (finding.check.id, finding.judged)
        for finding in results(subject())
        if finding.result not in (Result.PASS, Result.NOT_APPLICABLE)
    ]
    assert bad == []


def test_what_is_unknown_is_never_a_pass_by_default() -> None:
    """Each fact that can be unknown, one by one: no check that looks at it may pass or fail as if it knew."""
    nothing = Unknown("hidden")
    good = {finding.check.id: finding.judged for finding in results(subject())}
    for name in unknowable(Facts):
        for finding in results(subject(**{name: nothing})):
            if finding.judged != good[finding.check.id]:
                assert finding.result in (Result.UNKNOWN, Result.NOT_APPLICABLE), (
                    name,
                    finding.check.id,
                )
                assert finding.judged.seen


@pytest.mark.parametrize("name", unknowable(KubeletState))
def test_what_is_unknown_of_the_kubelet_fails_nothing(name: str) -> None:
    for finding in results(subject(kubelet=kubelet(**{name: Unknown("hidden")}))):
        allowed = finding.check.id == "static-pod-path" and name == "static_pod_path"
        assert finding.result is not Result.FAIL or allowed, finding.check.id


@pytest.mark.parametrize("name", MACHINES)
def test_every_recorded_machine_can_be_judged(name: str, tmp_path) -> None:
    found = results(replace(subject(), facts=look(machine_host(name, "dash", tmp_path))))
    assert len(found) == len(CHECKS)
    assert all(finding.judged.seen for finding in found)


@pytest.mark.parametrize("value", [None, "x", 7, -1, True, [], {}, [1, {}], "9" * 5000])
def test_a_hostile_configuration_breaks_no_check(value: object) -> None:
    names = dict.fromkeys(config(), value)
    hostile = {name: replace(setting, value=names[name]) for name, setting in config().items()}
    more = (
        "failSwapOn",
        "failCgroupV1",
        "fileCheckFrequency",
        "eventRecordQPS",
        "readOnlyPort",
        "protectKernelDefaults",
    )
    hostile |= {name: replace(hostile["cgroupDriver"], value=value) for name in more}
    assert len(results(subject(kubelet=kubelet(config=hostile)))) == len(CHECKS)


def test_a_waiver_accepts_a_finding_until_its_day_and_it_still_shows() -> None:
    swapping = Swap(("/dev/vda5",), ())
    waiver = Waiver("", "INC-7", "2026-11-30", check="swap-on")

    def swap(today: str):
        on = subject(swap=swapping, settings={"waivers": (waiver,)})
        return next(finding for finding in results(on, today=today) if finding.check.id == "swap-on")

    waived, ended = swap("2026-11-30"), swap("2026-12-01")
    assert (waived.result, waived.counts, waived.waived_until, waived.waived_because) == (
        Result.FAIL, False, "2026-11-30", "INC-7",
    )  # fmt: skip
    assert (ended.counts, ended.waived_until, ended.waiver_ended) == (True, "", "2026-11-30")


def test_a_warning_never_counts() -> None:
    found = next(one for one in results(subject(name_servers=())) if one.check.id == "name-servers")
    assert (found.result, found.counts) == (Result.WARN, False)
