"""What a node and its cluster decide: met, not met, or known to nobody."""

from fractions import Fraction

import pytest

from podwright.validation.judge import judge
from podwright.validation.node_and_cluster import NOTHING_KNOWN, Needs, NodeTerm, Surroundings, answers

SOME = Fraction(3)


def met(needs, known=NOTHING_KNOWN):
    (answer,) = answers(needs, known, "node-1")
    return answer.met


@pytest.mark.parametrize(
    ("needs", "known", "is_met"),
    [
        (Needs(namespace="team"), Surroundings(), None),
        (Needs(namespace="team"), Surroundings(namespaces=frozenset(["team"])), True),
        (Needs(namespace="team"), Surroundings(namespaces=frozenset(["default"])), False),
        (Needs(priority_class="high"), Surroundings(), None),
        (Needs(priority_class="high"), Surroundings(priority_classes={"high": 7}), True),
        (Needs(priority_class="high"), Surroundings(priority_classes={"low": 7}), False),
        (Needs(priority_class="high", priority=7), Surroundings(priority_classes={"high": 7}), True),
        (Needs(priority_class="high", priority=8), Surroundings(priority_classes={"high": 7}), False),
        (Needs(runtime_class="kata"), Surroundings(), None),
        (Needs(runtime_class="kata"), Surroundings(runtime_classes=frozenset()), False),
        (Needs(runtime_class="kata"), Surroundings(runtime_classes=frozenset(["kata"])), True),
        (Needs(resources=(("cpu", SOME),)), Surroundings(), None),
        (Needs(resources=(("cpu", SOME),)), Surroundings(allocatable={"cpu": SOME}), True),
        (Needs(resources=(("cpu", SOME),)), Surroundings(allocatable={"cpu": SOME - 1}), False),
        (Needs(resources=(("cpu", SOME),)), Surroundings(allocatable={}), False),
        (Needs(network=True), Surroundings(), None),
        (Needs(network=True), Surroundings(network_ready=True), True),
        (Needs(network=True), Surroundings(network_ready=False), False),
        (Needs(apparmor=True), Surroundings(apparmor=False), False),
        (Needs(strict_groups=True), Surroundings(strict_groups=True), True),
        (Needs(sysctls=("kernel.msgmax",)), Surroundings(), None),
        (Needs(sysctls=("kernel.sem",)), Surroundings(), None),
        (Needs(sysctls=("net/core/somaxconn",)), Surroundings(), None),
        (
            Needs(sysctls=("kernel.msgmax",)),
            Surroundings(allowed_sysctls=frozenset(["kernel.msgmax"])),
            True,
        ),
        (Needs(sysctls=("kernel.msgmax",)), Surroundings(allowed_sysctls=frozenset()), False),
        # no kubelet can allow one that has no namespace of its own
        (Needs(sysctls=("vm.swappiness",)), Surroundings(allowed_sysctls=frozenset(["vm.swappiness"])), False),
    ],
)  # fmt: skip
def test_a_need_is_met_or_not_or_nobody_knows(needs, known, is_met):
    assert met(needs, known) is is_met


def test_a_pod_that_needs_nothing_has_an_answer_only_if_its_node_is_missing():
    assert answers(Needs(), Surroundings(), "n") == []
    assert answers(Needs(), Surroundings(node_registered=True), "n") == []
    (answer,) = answers(Needs(), Surroundings(node_registered=False), "n")
    assert answer.met is False


LABELS = {"a": "b", "count": "5"}


@pytest.mark.parametrize(
    ("key", "operator", "values", "holds"),
    [
        ("a", "In", ("b", "c"), True),
        ("a", "In", ("c",), False),
        ("a", "NotIn", ("b",), False),
        ("x", "NotIn", ("b",), True),
        ("a", "Exists", (), True),
        ("x", "Exists", (), False),
        ("x", "DoesNotExist", (), True),
        ("a", "DoesNotExist", (), False),
        ("count", "Gt", ("4",), True),
        ("count", "Gt", ("5",), False),
        ("count", "Lt", ("6",), True),
        ("count", "Lt", ("5",), False),
        ("a", "Gt", ("4",), False),
        ("x", "Lt", ("4",), False),
        ("count", "Gt", (), False),
    ],
)
def test_an_expression_holds_as_the_kubelet_sees_it(key, operator, values, holds):
    needs = Needs(node_terms=(NodeTerm(((key, operator, values),)),))
    assert met(needs, Surroundings(node_labels=LABELS)) is holds


GOOD, BAD = ("a", "Exists", ()), ("x", "Exists", ())
HERE, ELSEWHERE = ("metadata.name", "In", ("node-1",)), ("metadata.name", "In", ("node-2",))


@pytest.mark.parametrize(
    ("terms", "holds"),
    [
        ((), False),
        ((NodeTerm(),), False),
        ((NodeTerm((GOOD,)),), True),
        ((NodeTerm((GOOD, BAD)),), False),
        ((NodeTerm((BAD,)), NodeTerm((GOOD,))), True),
        ((NodeTerm((), (HERE,)),), True),
        ((NodeTerm((GOOD,), (ELSEWHERE,)),), False),
        ((NodeTerm((BAD,), (HERE,)),), False),
    ],
)
def test_one_term_must_hold_in_all_its_expressions(terms, holds):
    assert met(Needs(node_terms=terms), Surroundings(node_labels=LABELS)) is holds


@pytest.mark.parametrize(
    ("labels", "terms", "is_met"),
    [
        ((("disk", "ssd"),), None, None),
        ((("kubernetes.io/os", "linux"),), None, True),
        ((("beta.kubernetes.io/os", "linux"),), None, True),
        ((("kubernetes.io/os", "windows"),), None, False),
        ((("kubernetes.io/os", "linux"), ("disk", "ssd")), None, None),
        ((("kubernetes.io/os", "linux"),), (NodeTerm((GOOD,)),), None),
        ((), (NodeTerm((GOOD,)),), None),
        ((), (NodeTerm(),), False),
        ((), (), False),
    ],
)
def test_of_an_unknown_node_its_labels_of_linux_are_known(labels, terms, is_met):
    assert met(Needs(node_labels=labels, node_terms=terms)) is is_met


@pytest.mark.parametrize(
    ("labels", "is_met"), [({"disk": "ssd"}, True), ({"disk": "hdd"}, False), ({}, False)]
)
def test_a_node_selector_is_met_by_its_labels(labels, is_met):
    assert met(Needs(node_labels=(("disk", "ssd"),)), Surroundings(node_labels=labels)) is is_met


@pytest.mark.parametrize(
    ("name", "amount", "text"),
    [
        ("cpu", Fraction(5, 2), "2.5"),
        ("cpu", Fraction(2048), "2048"),
        ("memory", Fraction(3 * 2**30), "3Gi"),
        ("memory", Fraction(1023), "1023"),
        ("memory", Fraction(1024), "1Ki"),
        ("ephemeral-storage", Fraction(2**51), "2Pi"),
        ("hugepages-2Mi", Fraction(2**21), "2Mi"),
    ],
)
def test_an_amount_is_told_as_a_person_writes_it(name, amount, text):
    (answer,) = answers(Needs(resources=((name, amount),)), NOTHING_KNOWN, "n")
    assert f"`{name}` of {text}, " in answer.message


@pytest.mark.parametrize(
    ("more", "known", "mirror"),
    [
        ("hostNetwork: true", Surroundings(), "accepts"),
        ("hostNetwork: false", Surroundings(), "unknown"),
        ("hostNetwork: false", Surroundings(network_ready=False), "rejects"),
    ],
)
def test_only_a_pod_with_a_network_of_its_own_waits_for_the_nodes(more, known, mirror):
    text = f"{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {{{more}, containers: [{{name: c, image: 'i:1'}}]}}}}"
    told = judge(b"# YAML, not JSON\n" + text.encode(), file_name="p.yaml", node_name="n", known=known)
    assert (told.kubelet, told.mirror) == ("accepts", mirror)
    assert bool(told.depends) is (mirror == "unknown")
