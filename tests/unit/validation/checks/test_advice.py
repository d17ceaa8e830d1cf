"""What is allowed and yet unwise."""

import pytest


@pytest.mark.parametrize(
    ("spec", "container", "rule"),
    [
        ("containers: [{name: c, image: nginx}]", "", "image-tag"),
        ("containers: [{name: c, image: 'r:5000/nginx:latest'}]", "", "image-tag"),
        ("containers: [{name: c, image: 'r:5000/nginx'}]", "", "image-tag"),
        ("", "", "no-requests"),
        ("volumes: [{name: v, hostPath: {path: /x}}]", "", "host-path-type"),
        ("volumes: [{name: v, emptyDir: {}}]", "", "unused-volume"),
        ("", "livenessProbe: {tcpSocket: {port: 1}}", "no-readiness"),
        ("", "env: [{name: DB_PASSWORD, value: hunter2}]", "plain-secret"),
        ("", "env: [{name: apiKey, value: hunter2}, {name: API_KEY, value: hunter2}]", "plain-secret"),
        ("", "securityContext: {privileged: true}", "privileged"),
        ("volumes: [{name: v, downwardAPI: {defaultMode: 0666}}]", "", "file-mode"),
        ("priorityClassName: x", "", "unchecked"),
    ],
)
def test_advice_is_no_error_and_never_shows_a_secret(verdict, spec, container, rule):
    told = verdict(spec, container=container)
    assert told.kubelet == "accepts"
    assert rule in {finding.rule for finding in told.findings if finding.severity in ("warning", "note")}
    assert "hunter2" not in repr(told.findings)
