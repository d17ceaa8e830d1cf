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
        # cri-client pkg/util `parseEndpointWithFallbackProtocol`
        ("containerRuntimeEndpoint: 'unix:/run/x.sock'", ""),
        ("containerRuntimeEndpoint: '/run/a:b'", ""),
        ("containerRuntimeEndpoint: 'unix://a b/x'", ""),
        ("containerRuntimeEndpoint: 'localhost:1234'", "trial"),
        ("containerRuntimeEndpoint: 'npipe:/x'", "trial"),
        ("containerRuntimeEndpoint: 'a b'", "trial"),
        ("containerRuntimeEndpoint: '/x%zz'", "trial"),
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


@pytest.mark.parametrize(
    ("curves", "minor", "expected"),
    [
        ("[]", 36, ""),
        ("[29, 23, 24, 25, 4588, 4587, 4589]", 36, ""),
        ("[29, 29]", 36, "trial"),
        ("[0]", 36, "trial"),
        ("[-1]", 36, "trial"),
        ("[65536]", 36, "trial"),
        ("[30]", 36, "trial"),
        ("[30]", 35, ""),
    ],
)
def test_which_key_exchanges_a_kubelet_takes(curves: str, minor: int, expected: str) -> None:
    """Source: component-base cli/flag `TLSCurvePreferences`; before 1.36 the field is ignored."""
    assert moment(f"tlsCurvePreferences: {curves}", minor=minor) == expected
