"""Containers of every kind: identity, policies, and what an init container may not have."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("imagePullPolicy: always", "pull-policy"),
        ("terminationMessagePolicy: Log", "termination-message"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]


@pytest.mark.parametrize(
    "container",
    [
        "imagePullPolicy: ''",
        "imagePullPolicy: Never, terminationMessagePolicy: File",
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
    ],
)  # fmt: skip
def test_the_kubelet_would_refuse_these_containers(errors, spec, rule):
    assert rule in errors(spec)


def test_init_containers_are_resized_since_1_35(errors):
    policy = "initContainers: [{name: i, image: i, resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]}]"
    assert errors(policy, version="1.34") == ["init-container"]
    assert errors(policy, version="1.35") == []


def test_a_sidecar_may_have_probes_and_hooks(errors):
    sidecar = (
        "initContainers: [{name: s, image: i, restartPolicy: Always, livenessProbe: {tcpSocket: {port: 1}}}]"
    )
    assert errors(sidecar) == []
