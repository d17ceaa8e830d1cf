"""Certificates of files and kubeconfigs by the real program; a key never leaves the node."""

from __future__ import annotations

import base64
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.authority import Authority
from tests.fakes.recorded_machine import machine_host
from tests.fakes.shell_host import SHELLS
from tests.fakes.texts import texts
from tests.unit.remote.node.test_facts import PARTS, look

from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_certificates import certificates_of
from podwright.remote.node.observe import observe

DAY = 86_400


class Spy:
    """A host that keeps what the node sent."""

    def __init__(self, host) -> None:
        self.host, self.seen = host, b""

    def stream(self, program, **given):
        for chunk in self.host.stream(program, **given):
            self.seen += chunk
            yield chunk


@pytest.mark.parametrize("shell", SHELLS)
def test_all_are_found_and_no_key_is_sent(shell: str, tmp_path: Path) -> None:
    host, authority = machine_host("debian-12", shell, tmp_path), Authority("kubernetes")
    pki = tmp_path / "root/etc/kubernetes/pki"
    client = tmp_path / "root/var/lib/kubelet/pki"
    pki.mkdir(parents=True)
    client.mkdir(parents=True)
    (pki / "ca.crt").write_text(authority.pem)
    certificate, key = authority.issue("kube-apiserver", valid_to=timedelta(days=90))
    (pki / "apiserver.crt").write_text(f"{certificate}{key}")
    mine, my_key = authority.issue("system:node:cp-1", valid_to=timedelta(days=-0.1))
    (client / "kubelet-client-current.pem").write_text(f"{my_key}{mine}")
    admin, admin_key = authority.issue("kubernetes-admin", valid_to=timedelta(days=20))
    data, key_data = (base64.b64encode(text.encode()).decode() for text in (admin, admin_key))
    user = f'{{"client-certificate-data": "{data}", "client-key-data": "{key_data}"}}'
    (pki.parent / "admin.conf").write_text(f'{{"users": [{{"user": {user}}}]}}')
    # begun and never ended, so that what follows must not pass for it
    (pki / "sa.crt").write_text(f"-----BEGIN CERTIFICATE-----\n{key}")
    spy = Spy(host)
    facts = observe("n1", spy, parts=PARTS).machine
    found = {one.path: one for one in facts.certificates}
    days = {path: round(one.seconds_left / DAY) for path, one in found.items()}
    assert days == {
        "/etc/kubernetes/pki/ca.crt": 1, "/etc/kubernetes/pki/apiserver.crt": 90, "/etc/kubernetes/admin.conf": 20,
        "/var/lib/kubelet/pki/kubelet-client-current.pem": 0,
    }  # fmt: skip
    assert found["/var/lib/kubelet/pki/kubelet-client-current.pem"].seconds_left < 0
    assert found["/etc/kubernetes/admin.conf"].subject == "CN=kubernetes-admin"
    assert [path for path, one in found.items() if one.authority] == ["/etc/kubernetes/pki/ca.crt"]
    for secret in (key, my_key, admin_key):
        body = "".join(secret.splitlines()[1:-1])
        assert body[:40].encode() not in spy.seen
        assert base64.b64encode(secret.encode())[40:80] not in spy.seen


def test_only_who_saw_all_knows_that_there_is_none(tmp_path: Path) -> None:
    assert look(machine_host("debian-12", "dash", tmp_path)).certificates == ()
    assert certificates_of(texts(), 0) == Unknown("there are none that the login may read")
    unread = texts(a="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")
    assert isinstance(certificates_of(unread, 0, saw_all=True), Unknown)


def test_what_is_no_certificate_is_left_out() -> None:
    files = {
        "a": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "b": "client-certificate-data: %%%",
        "c": "client-certificate-data: " + base64.b64encode(b"\xff").decode(),
        "d": "client-certificate: /x",
    }
    assert isinstance(certificates_of(texts(**files), int(time.time())), Unknown)
