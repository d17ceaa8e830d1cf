"""Resources of the pod as a whole, with the defaults that Kubernetes takes from its containers."""

from fractions import Fraction

import pytest

from podwright.validation.checks.pod_resources import container_amounts, effective_requests


def container(**resources):
    return {"name": "c", "resources": resources}


@pytest.mark.parametrize(
    ("of_pod", "of_container"),
    [
        ("requests: {cpu: 2}", "requests: {cpu: 1}"),
        ("limits: {cpu: 2}", "requests: {cpu: 1}"),
        ("limits: {cpu: 2}", "limits: {cpu: 2}"),
        ("limits: {cpu: 2}", "requests: {cpu: 1, ephemeral-storage: 1Gi}"),
        # without limits there are no defaults, and what the pod does not request is not compared
        # (`validatePodResourceConsistency`)
        ("requests: {memory: 1Gi}", "requests: {cpu: 1}"),
        ("", "requests: {cpu: 1}"),
        ("limits: {memory: 2Gi, cpu: 1}", ""),
        ("limits: {cpu: 2}", "limits: {hugepages-2Mi: 4Mi, cpu: 1}"),
        ("requests: {hugepages-2Mi: 4Mi, cpu: 1}, limits: {hugepages-2Mi: 4Mi}", ""),
    ],
)
def test_both_would_take(errors, of_pod, of_container):
    assert errors(f"resources: {{{of_pod}}}", container=f"resources: {{{of_container}}}") == []


@pytest.mark.parametrize(
    ("of_pod", "of_container"),
    [
        ("requests: {cpu: 2}", "requests: {cpu: 3}"),
        # what is limited and not requested is requested
        ("requests: {cpu: 2}", "limits: {cpu: 3}"),
        # requests default to the sum of the containers', which is above the pod's limit
        ("limits: {cpu: 2}", "requests: {cpu: 3}"),
        ("limits: {cpu: 2}", "limits: {cpu: 3}, requests: {cpu: 1}"),
        ("limits: {example.com/gpu: 1}", ""),
        ("requests: {hugepages-2Mi: 4Mi, cpu: 1}", ""),
        ("claims: []", ""),
    ],
)
def test_the_kubelet_would_refuse(errors, of_pod, of_container):
    found = errors(f"resources: {{{of_pod}}}", container=f"resources: {{{of_container}}}")
    assert found == ["resources"]


@pytest.mark.parametrize(
    ("spec", "version", "told"),
    [
        ("resources: {requests: {cpu: '-1'}}", "1.34", ("accepts", "rejects")),
        ("resources: {requests: {cpu: 1}}", "1.34", ("accepts", "accepts")),
        # the field is not known yet
        ("resources: {requests: {cpu: '-1'}}", "1.31", ("accepts", "accepts")),
        ("resources: {requests: {cpu: '-1'}}", "1.35", ("rejects", "rejects")),
    ],
)
def test_before_1_35_only_the_api_looks_at_them(verdict, spec, version, told):
    """`validatePodResources` is asked with the gate's option, which kubelets do not set before."""
    judged = verdict(spec, version=version)
    assert (judged.kubelet, judged.mirror) == told


def test_a_windows_pod_has_none(verdict):
    """`validatePodResources`."""
    found = verdict("hostNetwork: false, os: {name: windows}, resources: {requests: {cpu: 1}}").findings
    assert ("resources", "spec.resources") in [(finding.rule, finding.path) for finding in found]


def test_an_init_container_counts_with_the_sidecars_before_it():
    sidecar = {**container(requests={"cpu": "1"}), "restartPolicy": "Always"}
    init = container(requests={"cpu": "3", "memory": "1"})
    spec = {
        "containers": [container(requests={"cpu": "500m"}), container(limits={"cpu": "1"})],
        "initContainers": [init, sidecar, container(requests={"cpu": "2900m"})],
    }
    assert container_amounts(spec, "requests") == {"cpu": Fraction(39, 10), "memory": Fraction(1)}
    assert container_amounts(spec, "limits") == {"cpu": Fraction(1)}


def test_the_pods_own_requests_count_for_what_a_pod_can_have():
    spec = {
        "containers": [container(requests={"cpu": "500m", "ephemeral-storage": "5"})],
        "resources": {"limits": {"cpu": "4", "memory": "8"}},
    }
    wanted = {"cpu": Fraction(1, 2), "memory": Fraction(8), "ephemeral-storage": Fraction(5)}
    assert effective_requests(spec) == wanted
