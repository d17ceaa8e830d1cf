"""A warning says what a careful operator would act on: what every control plane does is a note."""

from __future__ import annotations

import pytest
from tests.unit.validation.test_recorded_verdicts import content, rows

from podwright.validation.judge import judge
from podwright.validation.rules import RULES

#: what every control plane does
COMMON = {"unchecked", "no-requests", "host-path-type", "no-readiness", "privileged"}
#: what kubeadm writes, in short: volumes of the host, a liveness probe, requests of CPU alone
CONTROL_PLANE = """\
apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
  labels: {component: kube-apiserver, tier: control-plane}
spec:
  hostNetwork: true
  priority: 2000001000
  priorityClassName: system-node-critical
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.2
    command: [kube-apiserver, --secure-port=6443]
    livenessProbe: {httpGet: {host: 10.0.0.1, path: /livez, port: 6443, scheme: HTTPS}}
    resources: {requests: {cpu: 250m}}
    volumeMounts: [{name: pki, mountPath: /etc/kubernetes/pki, readOnly: true}]
  volumes:
  - {name: pki, hostPath: {path: /etc/kubernetes/pki}}
"""


def severities(data: bytes) -> dict[str, str]:
    return {finding.rule: finding.severity for finding in judge(data, file_name="a.yaml").findings}


def test_what_every_control_plane_does_is_a_note() -> None:
    assert {rule.id for rule in RULES.values() if rule.severity == "note"} == COMMON


def test_a_control_planes_manifest_has_no_warning() -> None:
    assert set(severities(CONTROL_PLANE.encode()).values()) == {"note"}


def test_no_recorded_manifest_is_warned_of_for_what_is_common() -> None:
    for row in rows():
        for rule, severity in severities(content(row["manifest"])[0]).items():
            assert (rule in COMMON) == (severity == "note"), row["manifest"]


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("  hostNetwork: true\n", "unknown-field"),
        ("containers:\n", "unknown-field"),
        ("readOnly: true", "wrong-type"),
    ],
)
def test_errors_found_in_published_manifests_are_kept(wrong, rule) -> None:
    changed = {
        "  hostNetwork: true\n": "  hostNetwrok: true\n",
        "containers:\n": "securityContext: {allowPrivilegeEscalation: false}\n  containers:\n",
        "readOnly: true": 'readOnly: "true"',
    }[wrong]
    text = CONTROL_PLANE.replace("  securityContext: {seccompProfile: {type: RuntimeDefault}}\n", "")
    assert severities(text.replace(wrong, changed, 1).encode())[rule] == "error"


@pytest.mark.parametrize(
    ("resource", "amount", "shown"),
    [
        ("memory", "3Gi", "3Gi"),
        ("memory", "2500M", "2.328Gi"),
        ("cpu", "2500m", "2.5"),
        ("cpu", "1200", "1200"),
    ],
)
def test_amounts_are_told_in_units(resource, amount, shown) -> None:
    text = CONTROL_PLANE.replace("{cpu: 250m}", f"{{{resource}: {amount}}}")
    [told] = [one for one in judge(text.encode(), file_name="a").findings if one.rule == "unchecked"]
    assert f"requests `{resource}` of {shown}, " in told.message


def test_an_unknown_mirror_says_what_decides() -> None:
    verdict = judge(CONTROL_PLANE.replace("kube-system", "team").encode(), file_name="a")
    assert verdict.mirror == "unknown"
    assert verdict.depends == ("`metadata.namespace` is `team`, which must exist in the cluster",)
