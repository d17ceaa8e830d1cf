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
        # `validateInitContainers` refuses any lifecycle, also one that holds only a stop signal
        ("os: {name: linux}, initContainers: [{name: i, image: i, lifecycle: {stopSignal: SIGTERM}}]", "init-container"),
    ],
)  # fmt: skip
def test_the_kubelet_would_refuse_these_containers(errors, spec, rule):
    assert rule in errors(spec)


@pytest.mark.parametrize(
    ("image", "good"),
    [
        (r"\x1ci", True),
        (r"i\x1f", True),
        (r"i\u200b", True),
        (r"\u00a0i", False),
        (r"i\u3000", False),
        (r"i\t", False),
    ],
)
def test_blanks_are_what_go_trims(verdict, image, good):
    """`validateContainerCommon` compares with `strings.TrimSpace`."""
    assert verdict(f'containers: [{{name: c, image: "{image}"}}]').kubelet == (
        "accepts" if good else "rejects"
    )


def test_init_containers_are_resized_since_1_35(errors):
    policy = "initContainers: [{name: i, image: i, resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]}]"
    assert errors(policy, version="1.34") == ["init-container"]
    assert errors(policy, version="1.35") == []


@pytest.mark.parametrize(
    ("more", "version", "told"),
    [
        ("", "1.34", ("rejects", "rejects")),
        ("", "1.35", ("accepts", "rejects")),
        ("", "1.36", ("rejects", "rejects")),
        ("restartPolicy: Always, ", "1.36", ("accepts", "accepts")),
        ("restartPolicy: Never, ", "1.36", ("rejects", "rejects")),
    ],
)
def test_an_init_container_does_not_restart_on_a_resize_since_1_36(verdict, more, version, told):
    """`validateInitContainers` of 1.36; a sidecar may."""
    policy = "resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]"
    judged = verdict(f"initContainers: [{{name: i, image: i, {more}{policy}}}]", version=version)
    assert (judged.kubelet, judged.mirror) == told


def test_a_sidecar_may_have_probes_and_hooks(errors):
    sidecar = (
        "initContainers: [{name: s, image: i, restartPolicy: Always, livenessProbe: {tcpSocket: {port: 1}}}]"
    )
    assert errors(sidecar) == []
