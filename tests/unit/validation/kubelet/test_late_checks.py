from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import judged, moment

from podwright.validation.kubelet.verdict import Host

NO_USER_NAMESPACES = "featureGates: {UserNamespacesSupport: false, ProcMountType: false}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kubeReserved: {hugepages-2Mi: 1Gi}", "start"),
        ("qosReserved: {memory: 50%}", ""),
        ("qosReserved: {memory: 150%}", "start"),
        ("qosReserved: {cpu: 50%}", "start"),
        ("containerLogMaxSize: '-1'", ""),
        ("containerLogMaxSize: 100m", "start"),
        ("containerLogMaxSize: 1.5M", ""),
        ("containerLogMaxSize: 1.5Mi", "start"),
        ("qosReserved: {memory: +50%}", ""),
        ("syncFrequency: 0s", ""),
        ("syncFrequency: -1s", "start"),
        ("systemCgroups: /\ncgroupRoot: /", "start"),
        ("address: localhost\nenableServer: false\nreadOnlyPort: 10255", "start"),
        ("readOnlyPort: 10250", "start"),
        ("readOnlyPort: 10250\nenableServer: false", ""),
        ("readOnlyPort: 10248", "start"),
        ("readOnlyPort: 10248\naddress: 192.0.2.7", ""),
        # cmd/kubelet/app `startKubelet` against the health check of `run`: real kubelets end at some starts only
        ("healthzPort: 10250", "start"),
        ("healthzPort: 10250\nhealthzBindAddress: 192.0.2.7", "start"),
        ("healthzPort: 10250\nenableServer: false", ""),
        ("runtimeRequestTimeout: 0s", ""),
        ("runtimeRequestTimeout: -1s", "start"),
        # pkg/kubelet/server `ListenAndServeTLS`: Go's net/http `ConfigureServer`
        ("tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]", "start"),
        ("tlsCipherSuites: [TLS_AES_128_GCM_SHA256]", "start"),
        ("tlsCipherSuites: [TLS_AES_128_GCM_SHA256]\ntlsMinVersion: VersionTLS13", ""),
        ("tlsCipherSuites: [TLS_AES_128_GCM_SHA256]\nenableServer: false", ""),
        ("tlsCipherSuites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]", ""),
        ("tlsCipherSuites: []", ""),
        ("address: '::'", ""),
        ("address: localhost", "start"),
        ("address: localhost\nenableServer: false", ""),
        ("allowedUnsafeSysctls: ['net/core/*']", ""),
        ("allowedUnsafeSysctls: [vm.swappiness]", "start"),
    ],
)
def test_what_ends_a_kubelet_after_its_runtime_answered(text: str, expected: str) -> None:
    assert moment(text) == expected


def test_what_of_the_host_ends_it() -> None:
    assert moment("", host=Host(swap=True)) == "start"
    assert moment("failSwapOn: false", host=Host(swap=True)) == ""
    assert moment("configMapAndSecretChangeDetectionStrategy: Poll") == ""
    assert moment("configMapAndSecretChangeDetectionStrategy: Poll", host=Host(kubeconfig=True)) == "start"
    assert moment("memorySwap: {swapBehavior: LimitedSwap}", minor=34, host=Host(cgroup_v1=True)) == "start"


def test_an_image_service_that_is_not_there_ends_it() -> None:
    host = Host(missing=frozenset(["/gone.sock"]))
    assert moment("imageServiceEndpoint: unix:///gone.sock", host=host) == "start"


@pytest.mark.parametrize(
    ("text", "minor", "expected"),
    [
        ("tlsCertFile: /a\ntlsPrivateKeyFile: /b", 35, ""),
        # until 1.35 its server reads them too (pkg/kubelet/server `ListenAndServeTLS`)
        ("tlsCertFile: /a", 35, "start"),
        ("tlsCertFile: /a", 36, ""),
        ("tlsCertFile: /a\nenableServer: false", 35, ""),
        ("tlsCertFile: /gone\ntlsPrivateKeyFile: /b\nserverTLSBootstrap: true", 35, "start"),
        ("tlsCertFile: /gone\ntlsPrivateKeyFile: /b\nenableServer: false", 35, "start"),
        (
            "tlsCertFile: /gone\ntlsPrivateKeyFile: /b\nenableServer: false\n"
            "featureGates: {ReloadKubeletServerCertificateFile: false}",
            35,
            "",
        ),
        (
            "tlsCertFile: /gone\ntlsPrivateKeyFile: /b\nenableServer: false\n"
            "featureGates: {ReloadKubeletServerCertificateFile: false}",
            36,
            "start",
        ),
    ],
)
def test_which_certificates_a_version_reads(text: str, minor: int, expected: str) -> None:
    assert moment(text, minor=minor, host=Host(missing=frozenset(["/gone"]))) == expected


@pytest.mark.parametrize(
    ("text", "minor", "expected"),
    [
        ("maxPods: 65535", 31, ""),
        ("maxPods: 65536", 31, "start"),
        ("maxPods: 65536", 36, "start"),
        ("maxPods: 65536\nfeatureGates: {UserNamespacesSupport: false}", 34, "start"),
        ("maxPods: 65536\nfeatureGates: {UserNamespacesSupport: false, ProcMountType: false}", 35, ""),
        ("userNamespaces: {idsPerPod: 131072}", 33, ""),
        ("userNamespaces: {idsPerPod: 196608}", 32, ""),
        # with the gate off the default mapping is sure (`getKubeletMappings`)
        (f"userNamespaces: {{idsPerPod: 196608}}\n{NO_USER_NAMESPACES}", 34, "start"),
        (f"userNamespaces: {{idsPerPod: 196608}}\n{NO_USER_NAMESPACES}", 35, ""),
        ("userNamespaces: {idsPerPod: 196608}\nmaxPods: 21845", 36, ""),
        ("userNamespaces: {idsPerPod: 196608}\nmaxPods: 21846", 36, "start"),
        ("userNamespaces: {idsPerPod: 0}", 36, "trial"),
        ("userNamespaces: {idsPerPod: 67108864}", 36, "start"),
        ("userNamespaces: {idsPerPod: 67108864}\nmaxPods: 63", 36, ""),
    ],
)
def test_the_user_ids_of_a_node_are_enough_for_its_pods(text: str, minor: int, expected: str) -> None:
    """Source: pkg/kubelet/userns `MakeUserNsManager`, which 1.31 to 1.34 ask whatever the gate says."""
    assert moment(text, minor=minor) == expected


def test_user_ids_that_only_subordinate_ids_can_give_are_warned_of() -> None:
    """Source: pkg/kubelet `getKubeletMappings`: which IDs the node's user `kubelet` has is not known here."""
    (warning,) = judged("userNamespaces: {idsPerPod: 196608}").warnings
    assert warning.message.startswith("`userNamespaces.idsPerPod` is 196608, which only a node takes")
    assert not judged("userNamespaces: {idsPerPod: 131072}").warnings
    assert not judged(f"userNamespaces: {{idsPerPod: 196608}}\n{NO_USER_NAMESPACES}", minor=35).warnings
