"""What stops a mirror pod, of the pod itself and of what surrounds it."""

import pytest

from podwright.validation.judge import judge
from podwright.validation.surroundings import Surroundings


@pytest.mark.parametrize(
    ("spec", "metadata", "rule"),
    [
        ("", "name: p, labels: {kubernetes.io/os: windows}", "not-admitted"),
        ("securityContext: {sysctls: [{name: vm.swappiness, value: '1'}]}", "name: p", "not-admitted"),
        ("", "name: p, annotations: {kubernetes.io/config.mirror: x}", "never-runs"),
        ("", "name: p, deletionTimestamp: '2026-01-01T00:00:00Z'", "never-runs"),
        ("", "name: p, resourceVersion: '1'", "resource-version"),
        ("priority: 5", "name: p", "priority"),
        ("priorityClassName: system-node-critical, priority: 5", "name: p", "priority"),
        ("preemptionPolicy: Never", "name: p", "priority"),
        ("priorityClassName: system-of-mine", "name: p", "priority"),
        ("overhead: {cpu: 1m}", "name: p", "runtime-class"),
        ("os: {name: windows}", "name: p", "not-admitted"),
    ],
)
def test_the_kubelet_takes_it_but_no_mirror_pod_appears(verdict, spec, metadata, rule):
    told = verdict(spec, metadata=metadata)
    assert (told.kubelet, told.mirror) == ("accepts", "rejects")
    assert {finding.rule for finding in told.findings if finding.severity == "error"} == {rule}


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
def test_the_surroundings_decide_where_the_file_cannot(namespace, more, known, mirror):
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
