"""Items on what the kubelet uses: each with a setting that breaks it, and the defaults without a file."""

from __future__ import annotations

import pytest
from tests.fakes.machines import config, judged, kubelet, result, subject

from podwright.plan.facts import KubeProxy
from podwright.plan.kubelet_state import Setting
from podwright.plan.unknown_fact import Known, Unknown


@pytest.mark.parametrize(
    ("item", "name", "value"),
    [
        ("4.2.1", "authentication.anonymous.enabled", True),
        ("4.2.2", "authorization.mode", "AlwaysAllow"),
        ("4.2.3", "authentication.x509.clientCAFile", ""),
        ("4.2.4", "readOnlyPort", 10255),
        ("4.2.5", "streamingConnectionIdleTimeout", "0s"),
        ("4.2.6", "makeIPTablesUtilChains", False),
        ("4.2.7", "--hostname-override", "other"),
        ("4.2.8", "eventRecordQPS", -1),
        ("4.2.10", "rotateCertificates", False),
        ("4.2.11", "featureGates.RotateKubeletServerCertificate", False),
        ("4.2.12", "tlsCipherSuites", ["TLS_RSA_WITH_RC4_128_SHA"]),
        ("4.2.13", "podPidsLimit", -1),
        ("4.2.14", "seccompDefault", False),
    ],
)
def test_a_setting_that_breaks_an_item(item: str, name: str, value: object) -> None:
    assert result(f"cis-{item}", subject()) == "pass"
    broken = {**config(), name: Setting(value, "/etc/kubelet.yaml")}
    assert result(f"cis-{item}", subject(kubelet=kubelet(config=broken))) == "fail"


def test_a_serving_certificate_is_its_own_or_asked_for() -> None:
    unset = config(serverTLSBootstrap=None)
    assert result("cis-4.2.9", subject(kubelet=kubelet(config=unset))) == "fail"
    own = config(serverTLSBootstrap=None, tlsCertFile="/a", tlsPrivateKeyFile="/b")
    assert result("cis-4.2.9", subject(kubelet=kubelet(config=own))) == "pass"


def test_without_a_file_a_kubelet_has_other_defaults() -> None:
    by_flags = kubelet(config={"--kubeconfig": Setting("/k", "--kubeconfig")})
    assert judged("cis-4.2.1", subject(kubelet=by_flags)).seen == "authentication.anonymous.enabled: true"
    assert result("cis-4.2.4", subject(kubelet=by_flags)) == "fail"


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ("127.0.0.1:10249", "pass"), ("[::1]:10249", "pass"), ("localhost:10249", "pass"),
        ("127.0.0.1", "pass"), ("::1", "pass"), ("0.0.0.0", "fail"), ("::", "fail"), ("0.0.0.0:10249", "fail"),
        ("10.0.0.1:10249", "fail"), (":10249", "fail"), (Unknown("hidden"), "unknown"),
    ],
)  # fmt: skip
def test_kube_proxy_shows_its_metrics_to_its_node_alone(metrics: Known[str], expected: str) -> None:
    shown = KubeProxy(905, in_pod=True, kubeconfig="", metrics=metrics)
    assert result("cis-4.3.1", subject(kube_proxy=shown)) == expected
