"""Each need of a pod is met, not met, or nobody knows."""

from __future__ import annotations

from fractions import Fraction

import pytest

from podwright.validation.surroundings import NOTHING_KNOWN, Needs, NodeTerm, Surroundings, answers


def met(needs: Needs, known: Surroundings) -> list[bool | None]:
    return [answer.met for answer in answers(needs, known, "n1")]


@pytest.mark.parametrize(
    ("needs", "known", "expected"),
    [
        (Needs(namespace="team"), Surroundings(namespaces=frozenset(["team"])), True),
        (Needs(namespace="team"), Surroundings(namespaces=frozenset()), False),
        (Needs(priority_class="high"), Surroundings(priority_classes={"high": 5}), True),
        (Needs(priority_class="high", priority=4), Surroundings(priority_classes={"high": 5}), False),
        (Needs(priority_class="high"), Surroundings(priority_classes={}), False),
        (Needs(runtime_class="kata"), Surroundings(runtime_classes=frozenset(["kata"])), True),
        (Needs(resources=(("cpu", Fraction(4)),)), Surroundings(allocatable={"cpu": Fraction(4)}), True),
        (Needs(resources=(("cpu", Fraction(4)),)), Surroundings(allocatable={"cpu": Fraction(2)}), False),
        (Needs(resources=(("hugepages-2Mi", Fraction(1)),)), Surroundings(allocatable={}), False),
        (Needs(node_labels=(("a", "b"),)), Surroundings(node_labels={"a": "b"}), True),
        (Needs(node_labels=(("a", "b"),)), Surroundings(node_labels={}), False),
        (Needs(network=True), Surroundings(network_ready=False), False),
        (Needs(apparmor=True), Surroundings(apparmor=True), True),
        (Needs(strict_groups=True), Surroundings(strict_groups=False), False),
        (Needs(sysctls=("net.core.somaxconn",)), Surroundings(allowed_sysctls=frozenset()), False),
    ],
)
def test_what_is_known_decides(needs, known, expected) -> None:
    assert met(needs, known) == [expected]
    assert met(needs, NOTHING_KNOWN) == [None]


def test_a_pod_without_needs_asks_nothing() -> None:
    assert met(Needs(), NOTHING_KNOWN) == []


def test_a_node_that_is_not_registered_has_no_mirror_pods() -> None:
    assert met(Needs(), Surroundings(node_registered=False)) == [False]


def test_a_sysctl_without_a_namespace_of_its_own_is_allowed_nowhere() -> None:
    assert met(Needs(sysctls=("vm.swappiness",)), NOTHING_KNOWN) == [False]


@pytest.mark.parametrize(("os", "expected"), [("linux", True), ("windows", False)])
def test_every_nodes_own_labels_are_known(os, expected) -> None:
    assert met(Needs(node_labels=(("kubernetes.io/os", os),)), NOTHING_KNOWN) == [expected]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (NodeTerm(), False),
        (NodeTerm(fields=(("metadata.name", "In", ("n1",)),)), True),
        (NodeTerm(fields=(("metadata.name", "In", ("n2",)),)), False),
        (NodeTerm((("zone", "NotIn", ("b",)),)), True),
        (NodeTerm((("zone", "DoesNotExist", ()),)), False),
        (NodeTerm((("count", "Gt", ("4",)),)), True),
        (NodeTerm((("count", "Lt", ("4",)),)), False),
        (NodeTerm((("zone", "Gt", ("4",)),)), False),
    ],
)
def test_one_term_that_holds_is_enough(term, expected) -> None:
    known = Surroundings(node_labels={"zone": "a", "count": "5"})
    assert met(Needs(node_terms=(term,)), known) == [expected]
    assert met(Needs(node_terms=(NodeTerm(), term)), known) == [expected]
