from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import judged, moment

from podwright.validation.kubelet.verdict import Host

ON_ITS_OWN = "authentication: {webhook: {enabled: false}}\nauthorization: {mode: AlwaysAllow}"


def test_a_kubelet_without_a_kubeconfig_needs_both_webhooks_off() -> None:
    verdict = judged("", host=Host(kubeconfig=False))
    assert [error.message.partition(" ")[0] for error in verdict.errors] == [
        "`authorization.mode`",
        "`authentication.webhook.enabled`",
    ]
    assert moment(ON_ITS_OWN, host=Host(kubeconfig=False)) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tlsMinVersion: VersionTLS13", ""),
        ("tlsMinVersion: TLS13", "trial"),
        ("containerRuntimeEndpoint: /run/containerd/containerd.sock", ""),
        ("containerRuntimeEndpoint: tcp://127.0.0.1:1", "trial"),
        ("imageServiceEndpoint: http://a:1", "start"),
        ("tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]", ""),
        ("tlsCipherSuites: [TLS_NOPE]", "trial"),
        ("authorization: {mode: RBAC}", "trial"),
        ("authentication: {x509: {clientCAFile: /gone}}", "trial"),
        ("tlsCertFile: /gone", ""),
        ("tlsCertFile: /gone\ntlsPrivateKeyFile: /gone", "start"),
        ("tlsCertFile: /gone\ntlsPrivateKeyFile: /gone\nserverTLSBootstrap: true", ""),
    ],
)
def test_what_a_kubelet_refuses_of_its_access(text: str, expected: str) -> None:
    assert moment(text, host=Host(missing=frozenset(["/gone"]))) == expected
