"""What drift a node may have: what is wrong is told where it is written."""

from __future__ import annotations

import pytest

from podwright.inventory.structure import Source
from podwright.inventory.waivers import (
    Waiver,
    expected_files,
    expected_problems,
    waiver_problems,
    waivers,
)
from podwright.inventory.yaml_document import parse_document

KINDS = ["file-missing", "pod-not-ready"]
GOOD = "podwright_waivers: [{drift: file-missing, reason: soon, until: 2027-01-31, file: kube-*.yaml}]\n"


def source(text: str) -> Source:
    document = parse_document("f", text, [])
    return Source(document, document.value)


CHECKS = ("swap-on", "cgroup-v1")


@pytest.mark.parametrize(
    ("entry", "message", "hint"),
    [
        ("{check: swap-onn, reason: x, until: 2027-01-31}",
         "`podwright_waivers[0].check` is the id of a check of nodes, not `swap-onn`", "did you mean `swap-on`?"),
        ("{check: swap-on, drift: file-missing, reason: x, until: 2027-01-31}",
         "`podwright_waivers[0]` has both `drift` and `check`", "write a waiver for each"),
        ("{check: swap-on, until: 2027-01-31}", "`podwright_waivers[0]` has no `reason`", "write `[{check: ID,"),
        ("{check: swap-on, reason: x, until: soon}",
         "`podwright_waivers[0].until` is a date such as `2027-01-31`, not `soon`", "write `[{check: ID,"),
        ("{drift: file-missing, until: 2027-01-31}", "`podwright_waivers[0]` has no `reason`", "write `[{drift: KIND,"),
        ("{reason: x, until: 2027-01-31}", "`podwright_waivers[0]` has no `drift`", "write `["),
    ],
)  # fmt: skip
def test_a_waiver_is_of_a_check_or_of_a_kind_of_drift(entry, message, hint):
    wrong = source(f"podwright_waivers:\n- {entry}\n")
    [problem] = waiver_problems(wrong, KINDS, lambda: CHECKS)
    assert (problem.message, problem.hint[: len(hint)]) == (message, hint)


def test_a_waiver_of_a_check_is_read():
    good = source("podwright_waivers: [{check: swap-on, reason: soon, until: 2027-01-31}]\n")
    assert list(waiver_problems(good, KINDS, lambda: CHECKS)) == []
    assert waivers(good.variables["podwright_waivers"]) == (
        Waiver("", "soon", "2027-01-31", check="swap-on"),
    )


def test_checks_are_asked_for_only_if_one_is_waived():
    assert list(waiver_problems(source(GOOD), KINDS, lambda: pytest.fail("asked"))) == []


def test_a_waiver_is_read_with_its_date_as_it_is_written():
    assert list(waiver_problems(source(GOOD), KINDS)) == []
    expected = (Waiver("file-missing", "soon", "2027-01-31", "kube-*.yaml"),)
    assert waivers(source(GOOD).variables["podwright_waivers"]) == expected


@pytest.mark.parametrize(
    ("entry", "place", "message", "hint"),
    [
        ("{drift: file-mising, reason: x, until: 2027-01-31}", "f:2:11",
         "`podwright_waivers[0].drift` is a kind of drift, not `file-mising`", "did you mean `file-missing`?"),
        ("{drift: file-missing, reason: x}", "f:2:3", "`podwright_waivers[0]` has no `until`", "write `["),
        ("{drift: file-missing, until: 2027-01-31}", "f:2:3", "`podwright_waivers[0]` has no `reason`", "write `["),
        ("{drift: file-missing, reason: ' ', until: 2027-01-31}", "f:2:33",
         "`podwright_waivers[0].reason` is a text that gives the reason, not ` `", "write `["),
        ("{drift: file-missing, reason: x, until: '2027-02-31'}", "f:2:43",
         "`podwright_waivers[0].until` is a date such as `2027-01-31`, not `2027-02-31`", "write `["),
        ("{drift: file-missing, reason: x, until: '31.1.2027'}", "f:2:43",
         "`podwright_waivers[0].until` is a date such as `2027-01-31`, not `31.1.2027`", "write `["),
        ("{drift: file-missing, reason: x, until: 2027-01-31, flie: y}", "f:2:61",
         "`podwright_waivers[0]` has no setting `flie`", "did you mean `file`?"),
        ("{drift: file-missing, reason: x, until: 2027-01-31, file: a/b}", "f:2:61",
         "`podwright_waivers[0].file` is the name of a file, or a pattern such as `kube-*.yaml`, not `a/b`", "write"),
        ("for ever", "f:2:3", "`podwright_waivers[0]` is not a waiver", "write `["),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_place_and_a_hint(entry, place, message, hint):
    wrong = source(f"podwright_waivers:\n- {entry}\n")
    [problem] = waiver_problems(wrong, KINDS)
    assert (str(problem.place), problem.message) == (place, message)
    assert problem.hint.startswith(hint)
    if "mising" not in entry:  # which kinds there are is not known any more
        assert waivers(wrong.variables["podwright_waivers"]) == ()


def test_a_value_that_is_no_list_is_one_problem():
    [problem] = waiver_problems(source("podwright_waivers: {drift: file-missing}\n"), KINDS)
    assert (str(problem.place), problem.message) == ("f:1:20", "`podwright_waivers` is a list of waivers")
    assert waivers("x") == waivers(None) == ()


def test_expected_files_are_names_and_patterns():
    good = source("podwright_expected_files: [etcd.yaml, kube-*.yaml]\n")
    assert list(expected_problems(good)) == []
    assert expected_files(good.variables["podwright_expected_files"]) == ("etcd.yaml", "kube-*.yaml")
    [problem] = expected_problems(source("podwright_expected_files: [etcd.yaml, 1]\n"))
    assert str(problem.place) == "f:1:39"
    assert "`podwright_expected_files[1]` is not the name of a file" in problem.message
    [problem] = expected_problems(source("podwright_expected_files: etcd.yaml\n"))
    assert problem.message == "`podwright_expected_files` is not a list of names of files"
    assert expected_files("x") == ()


def test_an_id_with_a_mistyped_number_is_like_the_one_that_there_is():
    wrong = source("podwright_waivers:\n- {check: cgroup-v9, reason: x, until: 2027-01-31}\n")
    [problem] = waiver_problems(wrong, KINDS, lambda: CHECKS)
    assert problem.hint == "did you mean `cgroup-v1`?"
