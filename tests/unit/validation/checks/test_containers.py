"""Containers: identity, ports, environment, mounts, probes, hooks, resources and restarts."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("imagePullPolicy: always", "pull-policy"),
        ("terminationMessagePolicy: Log", "termination-message"),
        ("resources: {requests: {cpu: one}}", "wrong-type"),
        ("resources: {requests: {cpu: true}}", "wrong-type"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]


@pytest.mark.parametrize(
    "container",
    [
        "ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP}]",
        "ports: [{containerPort: 80, hostIP: 127.0.0.1}, {containerPort: 80, hostIP: 127.0.0.2}]",
        "env: [{name: '1 odd name!'}]",
        "env: [{name: A}, {name: A}]",
        "env: [{name: a, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['app']\"}}}]",
        "env: [{name: a, valueFrom: {fieldRef: {fieldPath: status.hostIPs}}}]",
        "env: [{name: a, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}]",
        "resources: {limits: {example.com/gpu: 1}}",
        "resources: {limits: {cpu: 0.5, memory: 1e9}}",
        "resources: {limits: {hugepages-2Mi: 4Mi, memory: 1Gi}}",
        "resources: {}",
        "livenessProbe: {httpGet: {port: web}}, readinessProbe: {tcpSocket: {port: 1}, successThreshold: 3}",
        "lifecycle: {preStop: {sleep: {seconds: 0}}}",
        "lifecycle: {postStart: {exec: {command: ['true']}}, preStop: {httpGet: {port: 1}}}",
        "restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]",
        "securityContext: {appArmorProfile: {type: Localhost, localhostProfile: x}}",
        "imagePullPolicy: ''",
        "terminationMessagePath: null",
        "stdin: true, tty: true, workingDir: /x, command: [], args: null",
    ],
)
def test_the_kubelet_would_take(errors, container):
    assert errors(container=container) == []


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ("containers: []", "containers-missing"),
        ("containers: [{}]", "container-name"),
        ("containers: [{name: c, image: ''}]", "image"),
        ("containers: [{name: c, image: ' i'}]", "image"),
        ("containers: [{name: C, image: i}]", "container-name"),
        ("containers: [{name: c, image: i}, {name: c, image: i}]", "container-name"),
        ("initContainers: [{name: c, image: i}]", "container-name"),
        ("initContainers: [{name: i, image: i, livenessProbe: {tcpSocket: {port: 1}}}]", "init-container"),
        ("initContainers: [{name: i, image: i, lifecycle: {}}]", "init-container"),
        ("initContainers: [{name: i, image: i, restartPolicy: always}]", "container-restart"),
        ("ephemeralContainers: [{name: e, image: i}]", "ephemeral-containers"),
    ],
)  # fmt: skip
def test_the_kubelet_would_refuse_these_containers(errors, spec, rule):
    assert rule in errors(spec)


def test_init_containers_are_resized_since_1_35(errors):
    policy = "initContainers: [{name: i, image: i, resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]}]"
    assert errors(policy, version="1.34") == ["init-container"]
    assert errors(policy, version="1.35") == []


@pytest.mark.parametrize(
    ("container", "version", "refused"),
    [
        ("env: [{name: '1 odd'}]", "1.34", True),
        ("env: [{name: '1 odd'}]", "1.35", False),
        ("restartPolicy: Never", "1.34", True),
        ("restartPolicy: Never", "1.35", False),
        ("lifecycle: {preStop: {sleep: {seconds: 0}}}", "1.33", True),
    ],
)
def test_what_the_kubelet_takes_depends_on_its_version(errors, container, version, refused):
    assert bool(errors(container=container, version=version)) is refused
