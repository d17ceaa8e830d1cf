"""Every row of the table of versions changes a verdict at the version it names."""

from __future__ import annotations

import pytest

from podwright.validation.judge import judge
from podwright.validation.schema import pod_types
from podwright.validation.versions import (
    DEFAULT_MINOR,
    DEFAULT_VERSION,
    NEWEST_MINOR,
    OLDEST_MINOR,
    Behaviour,
    minor_of,
)

POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: p, labels: {{app: x}}}}\nspec: {{{spec}}}\n"
CONTAINERS = "containers: [{name: c, image: 'i:1', volumeMounts: %s}]"
PLAIN = CONTAINERS % "[]"
CLAIM = "resourceClaims: [{name: a, resourceClaimName: b}]"
IMAGE = "volumes: [{name: v, image: {reference: 'i:1'}}]"
BUNDLE = "volumes: [{name: v, projected: {sources: [{clusterTrustBundle: {name: b, path: p}}]}}]"
SPREADING = (
    "topologySpreadConstraints: [{maxSkew: 1, topologyKey: k, whenUnsatisfiable: DoNotSchedule,"
    " labelSelector: {matchExpressions: [{key: app, operator: Exists}, {key: app, operator: Exists}]},"
    " matchLabelKeys: [team]}]"
)
NODE_VALUE = (
    "requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:"
    " [{matchExpressions: [{key: a, operator: In, values: ['a b']}]}]}"
)
INIT = "initContainers: [{name: i, image: 'i:1', %s}]"
#: a spec that the kubelet takes in one form of the behaviour and refuses in the other
EXAMPLES = {
    Behaviour.TRUST_BUNDLES_REFUSED: f"{PLAIN}, {BUNDLE}",
    Behaviour.RESOURCE_CLAIMS_REFUSED: f"{PLAIN}, {CLAIM}",
    Behaviour.IMAGE_VOLUMES: f"{PLAIN}, {IMAGE}",
    Behaviour.IMAGE_VOLUME_SUB_PATHS: f"{CONTAINERS % '[{name: v, mountPath: /v, subPath: a}]'}, {IMAGE}",
    Behaviour.SAFE_TCP_BUFFERS: f"{PLAIN}, securityContext: {{sysctls: [{{name: net.ipv4.tcp_rmem, value: '1'}}]}}",
    Behaviour.NODE_AFFINITY_VALUES: f"{PLAIN}, affinity: {{nodeAffinity: {{{NODE_VALUE}}}}}",
    Behaviour.SELINUX_MOUNT_REFUSED_BY_API: f"{PLAIN}, securityContext: {{seLinuxChangePolicy: MountOption}}",
    Behaviour.SELINUX_MOUNT_REFUSED: f"{PLAIN}, securityContext: {{seLinuxChangePolicy: MountOption}}",
    Behaviour.API_REFERENCES_REFUSED: f"{PLAIN}, volumes: [{{name: v, configMap: {{name: c}}}}]",
    Behaviour.INIT_RESIZE_POLICY: (
        f"{PLAIN}, {INIT % 'resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]'}"
    ),
    Behaviour.POD_RESOURCES_VALIDATED: f"{PLAIN}, resources: {{requests: {{cpu: 2}}, limits: {{cpu: 1}}}}",
    Behaviour.ANY_ENV_NAME: "containers: [{name: c, image: 'i:1', env: [{name: 'a b', value: x}]}]",
    Behaviour.SLEEP_ZERO: "containers: [{name: c, image: 'i:1', lifecycle: {preStop: {sleep: {seconds: 0}}}}]",
    Behaviour.RESTART_RULES: "containers: [{name: c, image: 'i:1', restartPolicy: OnFailure}]",
    Behaviour.RESTART_ALL_CONTAINERS: (
        "containers: [{name: c, image: 'i:1', restartPolicy: Never, restartPolicyRules:"
        " [{action: RestartAllContainers, exitCodes: {operator: In, values: [1]}}]}]"
    ),
    Behaviour.INIT_RESTART_ON_RESIZE_REFUSED: (
        f"{PLAIN}, {INIT % 'resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]'}"
    ),
    Behaviour.SCHEDULING_GROUP_VALIDATED: f"{PLAIN}, schedulingGroup: {{podGroupName: A}}",
    Behaviour.ANY_SEARCH_DOMAIN: f"{PLAIN}, dnsConfig: {{searches: [a_b.example]}}",
    Behaviour.SPREADING_KEYS_MERGED: f"{PLAIN}, {SPREADING.replace('[team]', '[app]')}",
    Behaviour.STRICT_ADDRESSES: f"{PLAIN}, hostAliases: [{{ip: 010.0.0.1, hostnames: [a]}}]",
}


def verdict_of(spec: str, minor: int) -> tuple[object, ...]:
    verdict = judge(POD.format(spec=spec).encode(), file_name="p.yaml", kubernetes_version=f"1.{minor}")
    errors = tuple(finding.message for finding in verdict.findings if finding.severity == "error")
    return verdict.kubelet, verdict.mirror, verdict.depends, errors


def test_every_row_has_an_example() -> None:
    assert set(EXAMPLES) == set(Behaviour)


@pytest.mark.parametrize("behaviour", Behaviour, ids=lambda one: one.name)
def test_a_row_changes_a_verdict_where_it_begins_and_where_it_ends(behaviour) -> None:
    spec = EXAMPLES[behaviour]
    if behaviour.since > OLDEST_MINOR:
        assert verdict_of(spec, behaviour.since - 1) != verdict_of(spec, behaviour.since)
    if behaviour.until:
        assert verdict_of(spec, behaviour.until) != verdict_of(spec, behaviour.until + 1)
    assert behaviour.version == f"Kubernetes 1.{behaviour.since}"


def test_the_default_is_a_version_that_is_known() -> None:
    assert OLDEST_MINOR <= DEFAULT_MINOR <= NEWEST_MINOR
    assert minor_of(DEFAULT_VERSION) == DEFAULT_MINOR
    assert pod_types(DEFAULT_MINOR)


def test_on_1_31_an_image_beside_another_source_is_no_second_one() -> None:
    spec = f"{PLAIN}, volumes: [{{name: v, emptyDir: {{}}, image: {{reference: i}}}}]"
    assert [verdict_of(spec, minor)[0] for minor in (31, 32)] == ["accepts", "rejects"]
