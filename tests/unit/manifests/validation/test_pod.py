"""The pod as a whole: policies, names, network, security, scheduling and operating system."""

import pytest


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ("restartPolicy: always", "restart-policy"),
        ("dnsPolicy: Cluster", "dns"),
        ("dnsPolicy: None", "dns"),
        ("dnsConfig: {nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]}", "dns"),
        ("dnsConfig: {nameservers: [ns.example.com]}", "dns"),
        ("dnsConfig: {searches: ['a b']}", "dns"),
        ("dnsConfig: {options: [{value: x}]}", "dns"),
        ("hostname: a.b", "hostname"),
        ("subdomain: A", "hostname"),
        ("hostnameOverride: a", "hostname"),
        ("hostAliases: [{ip: x, hostnames: [a]}]", "host-aliases"),
        ("hostAliases: [{ip: 1.2.3.4, hostnames: [a_b]}]", "host-aliases"),
        ("activeDeadlineSeconds: 0", "deadline"),
        ("priorityClassName: A", "priority-class"),
        ("runtimeClassName: ''", "runtime-class"),
        ("preemptionPolicy: Always", "preemption"),
        ("nodeSelector: {'a b': c}", "scheduling"),
        ("nodeSelector: {a: 'b c'}", "scheduling"),
        ("tolerations: [{key: a, operator: Exists, value: b}]", "scheduling"),
        ("tolerations: [{operator: Equal}]", "scheduling"),
        ("tolerations: [{key: a, operator: Is}]", "scheduling"),
        ("tolerations: [{key: a, effect: NoSchedul}]", "scheduling"),
        ("tolerations: [{key: a, effect: NoSchedule, tolerationSeconds: 5}]", "scheduling"),
        ("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}",
         "scheduling"),
        ("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
         "[{matchExpressions: [{key: a, operator: In}]}]}}}", "scheduling"),
        ("affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {}}]}}",
         "scheduling"),
        ("affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}}]}}",
         "scheduling"),
        ("topologySpreadConstraints: [{maxSkew: 0, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]", "scheduling"),
        ("topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: Never}]", "scheduling"),
        ("securityContext: {runAsUser: 2147483648}", "security-context"),
        ("securityContext: {fsGroup: -1}", "security-context"),
        ("securityContext: {supplementalGroups: [-1]}", "security-context"),
        ("securityContext: {fsGroupChangePolicy: Never}", "security-context"),
        ("securityContext: {sysctls: [{name: 'a b', value: c}]}", "sysctl"),
        ("securityContext: {sysctls: [{name: net.ipv4.ip_forward, value: '1'}]}", "sysctl"),
        ("hostIPC: true, securityContext: {sysctls: [{name: kernel.shmmax, value: '1'}]}", "sysctl"),
        ("securityContext: {sysctls: [{name: vm.a, value: b}, {name: vm.a, value: b}]}", "sysctl"),
        ("hostUsers: false", "security-context"),
        ("hostPID: true, shareProcessNamespace: true", "security-context"),
        ("os: {name: plan9}", "pod-os"),
        ("os: {name: linux}, securityContext: {windowsOptions: {}}", "pod-os"),
        ("readinessGates: [{conditionType: 'a b'}]", "readiness-gates"),
        ("schedulingGates: [{name: a}]", "scheduling-gates"),
        ("overhead: {gpu: 1}, runtimeClassName: x", "resources"),
        ("resources: {limits: {gpu: 1}}", "resources"),
        ("resources: {requests: {cpu: 2}, limits: {cpu: 1}}", "resources"),
        ("terminationGracePeriodSeconds: '30'", "wrong-type"),
        ("hostNetwork: 'true'", "wrong-type"),
    ],
)  # fmt: skip
def test_the_kubelet_would_refuse(verdict, spec, rule):
    told = verdict(spec)
    assert told.kubelet == "rejects"
    assert {finding.rule for finding in told.findings if finding.severity == "error"} - {"repeated-key"} == {
        rule
    }


@pytest.mark.parametrize(
    "spec",
    [
        "restartPolicy: OnFailure, dnsPolicy: Default",
        "dnsPolicy: None, dnsConfig: {nameservers: [1.1.1.1], searches: [a_b.example.com, .], options: [{name: x}]}",
        "hostAliases: [{ip: '::1', hostnames: [a.b]}]",
        "tolerations: [{operator: Exists}, {key: a, value: b, effect: NoExecute, tolerationSeconds: 0}]",
        "terminationGracePeriodSeconds: -5",
        "terminationGracePeriodSeconds: 0",
        "terminationGracePeriodSeconds: 1e1",
        "activeDeadlineSeconds: 1",
        "priorityClassName: system-node-critical, priority: 2000001000",
        "securityContext: {runAsUser: 0, runAsNonRoot: true, sysctls: [{name: vm.swappiness, value: '1'}]}",
        "os: {name: linux}",
        "preemptionPolicy: PreemptLowerPriority",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]",
        "schedulerName: 'any thing', enableServiceLinks: false",
        "resources: {requests: {cpu: 1}, limits: {cpu: 1}}",
        "readinessGates: [{conditionType: example.com/ready}]",
    ],
)
def test_both_would_take(errors, spec):
    spec = spec.replace(", enableServiceLinks: false", "")
    assert errors(spec) == []


@pytest.mark.parametrize(
    ("metadata", "rule"),
    [
        ("{}", "pod-name"),
        ("generateName: p-", "pod-name"),
        ("name: ''", "pod-name"),
        ("name: null", "pod-name"),
        ("name: P", "pod-name"),
        ("name: -p", "pod-name"),
        ("name: " + "p" * 251, "pod-name"),
        ("name: p, namespace: A", "namespace"),
        ("name: p, namespace: a.b", "namespace"),
        ("name: p, labels: {'-a': b}", "labels"),
        ("name: p, labels: {a/b/c: d}", "labels"),
        ("name: p, labels: {A_B/c: d}", "labels"),
        ("name: p, labels: {a: " + "x" * 64 + "}", "labels"),
        ("name: p, annotations: {'a b': c}", "annotations"),
        ("name: p, annotations: {controller.kubernetes.io/pod-deletion-cost: '1.5'}", "annotations"),
        ("name: p, annotations: {seccomp.security.alpha.kubernetes.io/pod: x}", "profiles"),
        ("name: p, annotations: {container.apparmor.security.beta.kubernetes.io/x: unconfined}", "profiles"),
        ("name: p, ownerReferences: [{}]", "owner-references"),
        ("name: p, labels: {a: 1}", "wrong-type"),
        ("name: p, labels: {a: yes}", "wrong-type"),
        ("name: p, annotations: []", "wrong-type"),
        ("name: p, creationTimestamp: yesterday", "wrong-type"),
        ("name: p, generation: 1.5", "wrong-type"),
        ("name: 1.0", "wrong-type"),
    ],
)
def test_the_kubelet_would_refuse_this_metadata(verdict, metadata, rule):
    told = verdict(metadata=metadata if metadata != "{}" else "")
    assert told.kubelet == "rejects"
    assert {finding.rule for finding in told.findings if finding.severity == "error"} == {rule}


@pytest.mark.parametrize(
    "metadata",
    [
        "name: " + "p" * 250,
        "name: p.q-, labels: {a: '', b.c/d: e_f, E: null}",
        'name: p, annotations: {Example.com/A: "any\\tthing\\n", b: null}',
        "name: p, namespace: kube-system, creationTimestamp: null",
        "name: p, creationTimestamp: '2026-01-01T00:00:00Z'",
        "name: p, annotations: {container.apparmor.security.beta.kubernetes.io/c: runtime/default}",
    ],
)
def test_both_would_take_this_metadata(errors, metadata):
    assert errors(metadata=metadata) == []


def test_annotations_have_a_limit_in_all(errors):
    assert errors(metadata=f"name: p, annotations: {{a: {'x' * 262_143}}}") == []
    assert errors(metadata=f"name: p, annotations: {{a: {'x' * 262_144}}}") == ["annotations"]


def test_profiles_in_annotations_and_fields_must_agree(errors):
    metadata = "name: p, annotations: {container.seccomp.security.alpha.kubernetes.io/c: unconfined}"
    assert errors(container="securityContext: {seccompProfile: {type: Unconfined}}", metadata=metadata) == []
    container = "securityContext: {seccompProfile: {type: RuntimeDefault}}"
    assert errors(container=container, metadata=metadata) == ["profiles"]
