"""Where a pod's text says that certificates are."""

from __future__ import annotations

import pytest

from podwright.pods.certificates import MOST_PORTS, mounted_paths, tls_ports


def pod(*volumes: object, containers: list | None = None, **spec: object) -> dict:
    return {"spec": {"volumes": list(volumes), "containers": containers or [], **spec}}


def host_path(path: object) -> dict:
    return {"hostPath": {"path": path}}


def test_paths_of_the_host_without_the_machines_trust() -> None:
    pod_of_an_api_server = pod(
        host_path("/etc/kubernetes/pki"),
        host_path("/etc/ssl/certs"),
        host_path("/usr/share/ca-certificates"),
        host_path("/etc/kubernetes/pki"),
        {"emptyDir": {}},
    )
    assert mounted_paths(pod_of_an_api_server) == ("/etc/kubernetes/pki",)
    assert mounted_paths(pod(host_path("/etc/sslx"))) == ("/etc/sslx",)


@pytest.mark.parametrize("path", ["/", "//", "relative", "", 3, None, "/a\nb"])
def test_what_is_no_path_to_look_at(path: object) -> None:
    assert mounted_paths(pod(host_path(path))) == ()


def probe(port: object, scheme: str = "HTTPS", **more: object) -> dict:
    return {"httpGet": {"port": port, "scheme": scheme, **more}}


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        (
            {"livenessProbe": probe(6443, host="10.0.0.7"), "readinessProbe": probe(6443, host="10.0.0.7")},
            [("10.0.0.7", 6443)],
        ),
        (
            {"startupProbe": probe("web"), "ports": [{"name": "web", "containerPort": 8443}]},
            [("127.0.0.1", 8443)],
        ),
        ({"livenessProbe": probe("nowhere")}, []),
        ({"livenessProbe": probe(80, scheme="HTTP")}, []),
        ({"livenessProbe": {"tcpSocket": {"port": 1}}}, []),
    ],
)
def test_ports_of_https_probes(container: dict, expected: list) -> None:
    found = tls_ports(pod(containers=[container], hostNetwork=True))
    assert [(one.host, one.port) for one in found if one.sure] == expected
    assert tls_ports(pod(containers=[container])) == ()


PKI = {"name": "pki", "mountPath": "/pki"}
API_SERVER = {
    "command": ["/usr/bin/kube-apiserver", "--secure-port=7443", "--tls-cert-file=/pki/apiserver.crt"],
    "livenessProbe": probe(7443, host="10.0.0.7"),
    "volumeMounts": [PKI],
}
ETCD = {
    "command": ["etcd", "--cert-file", "/pki/etcd/server.crt", "--peer-cert-file=/etc/peer.crt"],
    "args": [
        "--listen-client-urls=https://127.0.0.1:2379,https://[fd00::7]:2381,http://127.0.0.1:2382",
        "--listen-peer-urls=https://10.0.0.7:2380",
    ],
    "volumeMounts": [PKI, {"name": "other", "mountPath": "/etc"}],
}


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        (API_SERVER, [("127.0.0.1", 7443, "/etc/kubernetes/pki/apiserver.crt")]),
        (
            ETCD,
            [
                ("127.0.0.1", 2379, "/etc/kubernetes/pki/etcd/server.crt"),
                ("fd00::7", 2381, "/etc/kubernetes/pki/etcd/server.crt"),
                ("10.0.0.7", 2380, ""),
            ],
        ),
        ({"command": ["kube-scheduler", "--tls-cert-file=/pki/s.crt"]}, [("127.0.0.1", 10259, "")]),
        ({"command": ["web", "--tls-cert-file=/pki/s.crt", "--secure-port=https"]}, []),
        ({"command": ["web", "--tls-cert-file=/pki/s.crt", "--secure-port=99999"]}, []),
        ({"command": ["etcd", "--cert-file=", "--listen-client-urls=https://127.0.0.1:2379"]}, []),
        ({"command": "etcd --cert-file=/pki/a", "args": [3, None]}, []),
    ],
)
def test_a_control_plane_names_its_certificates_and_ports(container: dict, expected: list) -> None:
    volumes = [{"name": "pki", **host_path("/etc/kubernetes/pki/")}, {"name": "other", "emptyDir": {}}]
    found = tls_ports(pod(*volumes, containers=[container], hostNetwork=True))
    assert [(one.host, one.port, one.file) for one in found] == expected
    assert all(one.sure and one.named for one in found)


def test_other_ports_may_speak_anything_and_are_some_at_most() -> None:
    ports = [{"containerPort": port} for port in range(8000, 8100)]
    udp = {"containerPort": 53, "protocol": "UDP"}
    container = {
        "ports": [udp, {"containerPort": 8443, "hostIP": "10.0.0.7"}, *ports],
        "livenessProbe": probe(8443),
    }
    found = tls_ports(pod(containers=[container], hostNetwork=True))
    assert [(one.host, one.port, one.sure) for one in found][:2] == [
        ("127.0.0.1", 8443, True),
        ("127.0.0.1", 8000, False),
    ]
    assert len(found) == MOST_PORTS
