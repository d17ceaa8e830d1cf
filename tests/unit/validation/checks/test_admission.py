"""Whether a mirror pod would appear: what is refused on any node, and what the surroundings decide."""

from fractions import Fraction

import pytest

from podwright.pods.digest import canonical
from podwright.validation.checks.admission import check_admission, check_size
from podwright.validation.findings import Report
from podwright.validation.judge import judge
from podwright.validation.node_and_cluster import NO_NEEDS, NodeTerm, Surroundings


@pytest.mark.parametrize(
    ("spec", "metadata", "rule", "field"),
    [
        (
            "securityContext: {sysctls: [{name: vm.swappiness, value: '1'}]}",
            "",
            "not-admitted",
            "spec.securityContext.sysctls",
        ),
        ("", "labels: {kubernetes.io/os: windows}", "not-admitted", "metadata.labels[kubernetes.io/os]"),
        ("os: {name: windows}", "", "not-admitted", "spec.os.name"),
        ("overhead: {cpu: 1m}", "", "runtime-class", "spec.overhead"),
        ("priority: 5", "", "priority", "spec.priority"),
        ("priorityClassName: system-node-critical, priority: 5", "", "priority", "spec.priority"),
        ("preemptionPolicy: Never", "", "priority", "spec.preemptionPolicy"),
        ("priorityClassName: system-of-mine", "", "priority", "spec.priorityClassName"),
    ],
)
def test_the_kubelet_takes_it_but_no_mirror_pod_appears(verdict, spec, metadata, rule, field):
    told = verdict(spec, metadata=f"name: p, {metadata}")
    assert (told.kubelet, told.mirror) == ("accepts", "rejects")
    errors = [one for one in told.findings if one.severity == "error"]
    assert [(one.rule, one.path) for one in errors] == [(rule, field)]


@pytest.mark.parametrize(
    ("spec", "metadata"),
    [
        ("priority: 0", ""),
        ("priorityClassName: system-node-critical, priority: 2000001000", ""),
        ("priorityClassName: system-cluster-critical, priority: 2000000000", ""),
        ("preemptionPolicy: PreemptLowerPriority", ""),
        ("os: {name: linux}", "labels: {kubernetes.io/os: linux}"),
    ],
)
def test_a_mirror_pod_appears(verdict, spec, metadata):
    assert verdict(spec, metadata=f"name: p, {metadata}").mirror == "accepts"


def needs(spec, metadata=None):
    report = Report(36)
    found = check_admission({"metadata": metadata or {}, "spec": spec}, report)
    assert not report.notes
    return found


REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
EXPRESSION = {"key": "a", "operator": "In", "values": ["b"]}
APPARMOR = "container.apparmor.security.beta.kubernetes.io/c"


@pytest.mark.parametrize(
    ("spec", "metadata", "name", "value"),
    [
        ({}, {"namespace": "team"}, "namespace", "team"),
        ({}, {"namespace": "kube-system"}, "namespace", ""),
        ({"priorityClassName": "high", "priority": 0}, {}, "priority_class", "high"),
        ({"priorityClassName": "high", "priority": 0}, {}, "priority", 0),
        ({"priorityClassName": "high"}, {}, "priority", None),
        ({"priorityClassName": "system-node-critical"}, {}, "priority_class", ""),
        ({"runtimeClassName": "kata", "overhead": {"cpu": "1"}}, {}, "runtime_class", "kata"),
        ({"nodeSelector": {"b": "1", "a": "2"}}, {}, "node_labels", (("a", "2"), ("b", "1"))),
        ({}, {}, "node_terms", None),
        ({"affinity": {"nodeAffinity": {REQUIRED: {}}}}, {}, "node_terms", ()),
        (
            {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [{"matchFields": [EXPRESSION]}]}}}},
            {},
            "node_terms",
            (NodeTerm((), (("a", "In", ("b",)),)),),
        ),
        ({}, {}, "network", True),
        ({"hostNetwork": True}, {}, "network", False),
        ({"securityContext": {"sysctls": [{"name": "net.a"}]}}, {}, "sysctls", ("net.a",)),
        ({"securityContext": {"sysctls": [{"name": "net/ipv4/tcp_rmem"}]}}, {}, "sysctls", ()),
        ({"securityContext": {"supplementalGroupsPolicy": "Strict"}}, {}, "strict_groups", True),
        ({"securityContext": {"supplementalGroupsPolicy": "Merge"}}, {}, "strict_groups", False),
        ({"securityContext": {"appArmorProfile": {"type": "RuntimeDefault"}}}, {}, "apparmor", True),
        ({"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}, {}, "apparmor", False),
        (
            {"initContainers": [{"securityContext": {"appArmorProfile": {"type": "Localhost"}}}]},
            {},
            "apparmor",
            True,
        ),
        ({}, {"annotations": {APPARMOR: "runtime/default"}}, "apparmor", True),
        ({}, {"annotations": {APPARMOR: "unconfined"}}, "apparmor", False),
        ({}, {"annotations": {APPARMOR: ""}}, "apparmor", False),
        ({}, {"annotations": {"other": "runtime/default"}}, "apparmor", False),
    ],
)  # fmt: skip
def test_what_the_surroundings_decide_is_handed_on(spec, metadata, name, value):
    assert getattr(needs(spec, metadata), name) == value


@pytest.mark.parametrize(
    ("requests", "large"),
    [
        ({"cpu": "2", "memory": "1700M", "ephemeral-storage": "1Gi"}, {}),
        ({"cpu": "2001m"}, {"cpu": Fraction(2001, 1000)}),
        ({"memory": "1700001k"}, {"memory": Fraction(1_700_001_000)}),
        ({"example.com/gpu": "100"}, {}),
        ({"hugepages-2Mi": "2Mi"}, {"hugepages-2Mi": Fraction(2**21)}),
    ],
)
def test_only_what_a_small_node_may_lack_is_asked_for(requests, large):
    found = needs({"containers": [{"resources": {"requests": requests}}]})
    assert dict(found.resources) == large


def test_a_plain_pod_on_the_hosts_network_needs_nothing():
    assert needs({"hostNetwork": True}) == NO_NEEDS


@pytest.mark.parametrize(("beyond", "refused"), [(0, False), (1, True)])
def test_etcd_takes_a_pod_of_one_and_a_half_mebibytes(beyond, refused):
    rest = len(canonical({"metadata": {"annotations": {"a": ""}}}))
    report = Report(36)
    check_size({"metadata": {"annotations": {"a": "x" * (1536 * 1024 - rest + beyond)}}}, report)
    assert [note.rule for note in report.notes] == ["mirror-too-large"] * refused


TEXT = (
    "apiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: {ns}}}\n"
    "spec: {{hostNetwork: true, containers: [{{name: c, image: 'i:1'}}]{more}}}\n"
)


@pytest.mark.parametrize(
    ("namespace", "more", "known", "mirror"),
    [
        ("default", "", Surroundings(), "accepts"),
        ("team", "", Surroundings(), "unknown"),
        ("team", "", Surroundings(namespaces=frozenset(["team"])), "accepts"),
        ("team", "", Surroundings(namespaces=frozenset(["default"])), "rejects"),
        ("default", ", priorityClassName: high", Surroundings(), "unknown"),
        ("default", ", priorityClassName: high", Surroundings(priority_classes={"high": 7}), "accepts"),
        (
            "default",
            ", priorityClassName: high, priority: 8",
            Surroundings(priority_classes={"high": 7}),
            "rejects",
        ),
        ("default", ", runtimeClassName: kata", Surroundings(runtime_classes=frozenset()), "rejects"),
        ("default", ", nodeSelector: {disk: ssd}", Surroundings(), "unknown"),
        ("default", ", nodeSelector: {disk: ssd}", Surroundings(node_labels={"disk": "ssd"}), "accepts"),
        ("default", ", nodeSelector: {disk: ssd}", Surroundings(node_labels={"disk": "hdd"}), "rejects"),
        ("default", ", nodeSelector: {kubernetes.io/os: linux}", Surroundings(), "accepts"),
        ("default", ", nodeSelector: {kubernetes.io/os: windows}", Surroundings(), "rejects"),
        (
            "default",
            ", securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}",
            Surroundings(),
            "unknown",
        ),
        (
            "default",
            ", securityContext: {sysctls: [{name: kernel.shm_rmid_forced, value: '1'}]}",
            Surroundings(),
            "accepts",
        ),
        (
            "default",
            ", securityContext: {appArmorProfile: {type: RuntimeDefault}}",
            Surroundings(),
            "unknown",
        ),
        ("default", ", securityContext: {appArmorProfile: {type: Unconfined}}", Surroundings(), "accepts"),
        ("default", ", securityContext: {supplementalGroupsPolicy: Merge}", Surroundings(), "accepts"),
        ("default", ", securityContext: {supplementalGroupsPolicy: Strict}", Surroundings(), "unknown"),
        (
            "default",
            ", securityContext: {supplementalGroupsPolicy: Strict}",
            Surroundings(strict_groups=False),
            "rejects",
        ),
        (
            "default",
            ", affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{}]}}}",
            Surroundings(),
            "rejects",
        ),
        ("default", "", Surroundings(node_registered=False), "rejects"),
    ],
)
def test_the_surroundings_decide_if_the_file_cannot(namespace, more, known, mirror):
    told = judge(
        TEXT.format(ns=namespace, more=more).encode(), file_name="p.yaml", node_name="n", known=known
    )
    assert (told.kubelet, told.mirror) == ("accepts", mirror)
    assert bool(told.depends) is (mirror == "unknown")


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("{key: a, operator: In, values: [b, c]}", True),
        ("{key: a, operator: NotIn, values: [b]}", False),
        ("{key: x, operator: NotIn, values: [b]}", True),
        ("{key: x, operator: Exists}", False),
        ("{key: x, operator: DoesNotExist}", True),
        ("{key: count, operator: Gt, values: ['4']}", True),
        ("{key: count, operator: Lt, values: ['4']}", False),
        ("{key: a, operator: Gt, values: ['4']}", False),
    ],
)
def test_node_affinity_is_matched_as_the_kubelet_matches_it(expression, holds):
    terms = f"{{nodeSelectorTerms: [{{matchExpressions: [{expression}]}}]}}"
    required = f"requiredDuringSchedulingIgnoredDuringExecution: {terms}"
    text = TEXT.format(ns="default", more=f", affinity: {{nodeAffinity: {{{required}}}}}")
    told = judge(text.encode(), file_name="p.yaml", known=Surroundings(node_labels={"a": "b", "count": "5"}))
    assert told.mirror == ("accepts" if holds else "rejects")
