"""Seccomp and AppArmor profiles."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("securityContext: {seccompProfile: {type: Localhost}}", "profiles"),
        ("securityContext: {seccompProfile: {type: runtime/default}}", "profiles"),
        ("securityContext: {appArmorProfile: {type: RuntimeDefault, localhostProfile: x}}", "profiles"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]


def test_profiles_in_annotations_and_fields_must_agree(errors):
    metadata = "name: p, annotations: {container.seccomp.security.alpha.kubernetes.io/c: unconfined}"
    assert errors(container="securityContext: {seccompProfile: {type: Unconfined}}", metadata=metadata) == []
    container = "securityContext: {seccompProfile: {type: RuntimeDefault}}"
    assert errors(container=container, metadata=metadata) == ["profiles"]
