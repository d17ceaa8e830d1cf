"""What works beside the kubelet: kube-proxy, and what goes through proxies that must not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.recorded_machine import machine_host
from tests.unit.remote.node.test_facts import look

from podwright.plan.facts import KubeProxy, ProxyUse
from podwright.plan.kubelet_state import Setting
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_files import Texts
from podwright.remote.node.facts_kubelet import api_of
from podwright.remote.node.facts_proxies import kube_proxy_of, proxies_of
from podwright.remote.node.records import Record

CONFIG = {
    "--kubeconfig": Setting("/etc/kubernetes/kubelet.conf", "--kubeconfig"),
    "clusterDNS": Setting(["10.96.0.10"], "/var/lib/kubelet/config.yaml"),
}


def proxies(environment: str, server: str = "https://192.0.2.7:6443", words: str = "kubelet:812"):
    body = "\0".join(f"proc/812/environ:{line}" for line in environment.split())
    lines = {"etc/kubernetes/kubelet.conf": (f"server: {server}",)}
    texts = Texts(lines, frozenset(), frozenset(), frozenset())
    api = api_of("/etc/kubernetes/kubelet.conf", texts)
    return proxies_of((Record("machine-proxies", words, body.encode()),), CONFIG, api)


def test_a_recorded_machine_shows_its_proxies_without_passwords(tmp_path: Path) -> None:
    facts = look(machine_host("debian-12", "dash", tmp_path))
    assert [(one.process, one.proxy, one.no_proxy) for one in facts.proxies] == [
        ("kubelet", "http://proxy.example.com:3128", "10.0.0.0/8,.example.com"),
        ("containerd", "http://proxy.example.com:3128", "localhost"),
    ]
    assert "tooth-and-nail" not in repr(facts)
    assert facts.kube_proxy == KubeProxy(905, False, "/var/lib/kube-proxy/kubeconfig", "0.0.0.0:10249")


@pytest.mark.parametrize("written_as", ['""', "'127.0.0.1:10249'", '"127.0.0.1:10249"', "127.0.0.1:10249"])
def test_the_files_of_a_kube_proxy_in_a_pod_are_its_pods(tmp_path: Path, written_as: str) -> None:
    host = machine_host("debian-12", "dash", tmp_path)
    process = tmp_path / "root/proc/905"
    (process / "cmdline").write_text("kube-proxy\0--config=/var/lib/kube-proxy/config.conf\0")
    (process / "ns/mnt").unlink()
    (process / "ns/mnt").symlink_to("/proc/self/ns/net")
    written = process / "root/var/lib/kube-proxy"
    written.mkdir(parents=True)
    (written / "config.conf").write_text(
        "clientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\n"
        f"metricsBindAddress: {written_as}\nmode: nftables\n"
    )
    assert look(host).kube_proxy == KubeProxy(
        905, in_pod=True, kubeconfig="", metrics="127.0.0.1:10249", mode="nftables"
    )


@pytest.mark.parametrize(
    ("environment", "server", "api", "services"),
    [
        ("HTTPS_PROXY=http://p:1", "https://192.0.2.7:6443", "192.0.2.7:6443", ("10.96.0.10",)),
        ("https_proxy=p:1 no_proxy=192.0.2.0/24", "https://192.0.2.7:6443", "", ("10.96.0.10",)),
        ("HTTPS_PROXY=http://p:1 NO_PROXY=*", "https://192.0.2.7:6443", "", ()),
        ("HTTP_PROXY=http://p:1", "https://192.0.2.7:6443", "", ("10.96.0.10",)),
        ("HTTPS_PROXY=http://p:1", "https://127.0.0.1:6443", "", ("10.96.0.10",)),
        ("HTTPS_PROXY=http://p:1", "https://[2001:db8::7]", "[2001:db8::7]:443", ("10.96.0.10",)),
        ("HTTPS_PROXY=http://p:1", "https://[nonsense", "", ("10.96.0.10",)),
    ],
)
def test_what_goes_through_a_proxy(
    environment: str, server: str, api: str, services: tuple[str, ...]
) -> None:
    [use] = proxies(environment, server)
    assert (use.api, use.services) == (api, services)


def test_without_a_proxy_nothing_is_told() -> None:
    assert proxies("PATH=/bin NO_PROXY=x") == ()
    assert proxies_of((), CONFIG, Unknown("it asks no API")) == ()


def test_what_a_login_may_not_read_is_unknown() -> None:
    assert isinstance(proxies("", words="kubelet:812:hidden"), Unknown)
    hidden = kube_proxy_of((Record("kube-proxy", "905 pod", b"kube-proxy\n--config=/x"),))
    assert isinstance(hidden.metrics, Unknown)
    assert isinstance(hidden.mode, Unknown)


def test_a_password_may_hold_what_parts_an_address() -> None:
    assert proxies("HTTPS_PROXY=http://a:p@ss@proxy:1") == (
        ProxyUse("kubelet", "http://proxy:1", "", "192.0.2.7:6443", ("10.96.0.10",)),
    )


def test_what_the_kernels_own_rules_do_with_packets(tmp_path: Path) -> None:
    rocky, debian = (look(machine_host(name, "dash", tmp_path / name)) for name in ("rocky-9", "debian-12"))
    assert rocky.security.input == "drop"
    assert isinstance(debian.security.input, Unknown)
