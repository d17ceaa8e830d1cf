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
        "securityContext: {runAsUser: 0, runAsNonRoot: true, sysctls: [{name: kernel.msgmax, value: '1'}]}",
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
    assert errors(metadata=f"name: p, annotations: {{a: {'x' * 261_900}}}") == []
    assert errors(metadata=f"name: p, annotations: {{a: {'x' * 262_144}}}") == ["annotations"]


def test_what_the_kubelet_adds_counts_against_the_limit_of_annotations(verdict):
    # config.hash (25 bytes) of 32 bytes is there before validation, three more are on the mirror pod
    for size, kubelet, mirror in ((262_087, "rejects", "rejects"), (262_086, "accepts", "rejects")):
        judged = verdict(metadata=f"name: p, annotations: {{a: {'x' * size}}}")
        assert (judged.kubelet, judged.mirror) == (kubelet, mirror)


def test_profiles_in_annotations_and_fields_must_agree(errors):
    metadata = "name: p, annotations: {container.seccomp.security.alpha.kubernetes.io/c: unconfined}"
    assert errors(container="securityContext: {seccompProfile: {type: Unconfined}}", metadata=metadata) == []
    container = "securityContext: {seccompProfile: {type: RuntimeDefault}}"
    assert errors(container=container, metadata=metadata) == ["profiles"]


@pytest.mark.parametrize(
    ("version", "kubelet", "mirror"),
    [
        ("1.32", "accepts", "accepts"),
        ("1.34", "accepts", "rejects"),
        ("1.36", "rejects", "rejects"),
        ("1.37", "accepts", "accepts"),
    ],
)
def test_selinux_labels_are_mounted_since_1_37(verdict, version, kubelet, mirror):
    judged = verdict("securityContext: {seLinuxChangePolicy: MountOption}", version=version)
    assert (judged.kubelet, judged.mirror) == (kubelet, mirror)
    assert verdict("securityContext: {seLinuxChangePolicy: Recursive}", version=version).kubelet == "accepts"


@pytest.mark.parametrize(
    "options",
    [
        "gmsaCredentialSpecName: ''",
        "gmsaCredentialSpecName: A_b",
        "gmsaCredentialSpec: ''",
        "runAsUserName: ''",
        'runAsUserName: "a\\x07"',
        "runAsUserName: 'a\\b\\c'",
        "runAsUserName: '\\user'",
        "runAsUserName: '.domain\\user'",
        "runAsUserName: 'domain\\'",
        "runAsUserName: '. .'",
        "runAsUserName: 'a@b'",
        "runAsUserName: " + "u" * 105,
    ],
)
def test_windows_users_and_credentials_have_a_form_on_any_system(errors, options):
    assert errors(f"securityContext: {{windowsOptions: {{{options}}}}}") == ["pod-os"]
    assert errors(container=f"securityContext: {{windowsOptions: {{{options}}}}}") == ["pod-os"]


def test_windows_users_may_have_a_domain(errors):
    for user in ("NT AUTHORITY\\SYSTEM", "ContainerUser", "corp.example.com\\a.b", "u" * 104):
        assert errors(f"securityContext: {{windowsOptions: {{runAsUserName: '{user}'}}}}") == []


@pytest.mark.parametrize(("of_pod", "of_container"), [("true", "false"), ("false", "true")])
def test_host_processes_are_all_or_none(errors, of_pod, of_container):
    spec = f"securityContext: {{windowsOptions: {{hostProcess: {of_pod}}}}}"
    container = f"securityContext: {{windowsOptions: {{hostProcess: {of_container}}}}}"
    assert errors(spec, container=container) == ["pod-os"]


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("[]", []),
        ("null", []),
        ('[{"key": "a", "Operator": "Exists", "tolerationseconds": 5, "effect": "NoExecute"}]', []),
        ('[{"key": "a b"}]', ["scheduling"]),
        ('[{"operator": "Equal"}]', ["scheduling"]),
        ('[{"key": 5}]', ["annotations"]),
        ('{"key": "a"}', ["annotations"]),
        ("[1]", ["annotations"]),
        ("none", ["annotations"]),
    ],
)
def test_tolerations_of_old_stand_in_an_annotation(errors, value, broken):
    metadata = f"name: p, annotations: {{scheduler.alpha.kubernetes.io/tolerations: '{value}'}}"
    assert errors(metadata=metadata) == broken


@pytest.mark.parametrize(
    ("version", "good"),
    [("v1", True), ("apps/v1", True), ("a/b/c", False), ("apps/", False), ("/", False), ("''", False)],
)
def test_an_owner_has_a_version(errors, version, good):
    owner = f"{{apiVersion: {version}, kind: K, name: owner, uid: u}}"
    assert errors(metadata=f"name: p, ownerReferences: [{owner}]") == ([] if good else ["owner-references"])


@pytest.mark.parametrize(
    "fields", ['manager: "a\\tb"', "manager: " + "m" * 129, "subresource: " + "s" * 257, "operation: Patch"]
)
def test_managed_fields_have_a_form(errors, fields):
    operation = "" if "operation" in fields else "operation: Update, "
    assert errors(metadata=f"name: p, managedFields: [{{{operation}{fields}}}]") == ["managed-fields"]


@pytest.mark.parametrize(
    ("time", "good"),
    [
        ("2024-02-29T00:00:00Z", True),
        ("2026-02-30T00:00:00Z", False),
        ("2026-01-31T1:00:00+02:00", True),
        ("2026-01-31", False),
        ("0000-01-01T00:00:00Z", True),
    ],
)
def test_a_time_is_a_day_of_the_calendar(errors, time, good):
    assert errors(metadata=f"name: p, creationTimestamp: {time}") == ([] if good else ["wrong-type"])


def test_resources_are_rounded_up_to_thousandths_before_they_are_compared(errors):
    assert errors(container="resources: {requests: {cpu: 0.0002}, limits: {cpu: 0.0001}}") == []
    assert errors(container="resources: {requests: {cpu: 0.0011}, limits: {cpu: 0.001}}") == ["resources"]
    assert errors(container="resources: {limits: {example.com/a: 1.0001}}") == ["resources"]
