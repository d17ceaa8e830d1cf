"""Where a pod's text says that certificates are."""

from __future__ import annotations

import pytest

from podwright.pods.certificates import mounted_paths, tls_ports


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
    assert list(tls_ports(pod(containers=[container], hostNetwork=True))) == expected
    assert tls_ports(pod(containers=[container])) == ()
