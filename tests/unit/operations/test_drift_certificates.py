"""A check of a node whose pod mounts certificates: what ends, and what was renewed and is not served."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.authority import Authority
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import SETTINGS

from podwright.errors import HostUnreachableError
from podwright.operations.drift import check_drift, findings_of
from podwright.plan.node_commands import starting_again
from podwright.plan.reasons import Drift
from podwright.reports.drift_remedies import remedy_of

CA = Authority("ca")


def web(pki: Path, port: int = 1):
    """A pod with the folder mounted, probed at the port; the text of a container's end is that of the manifest."""
    volumes = f"  volumes:\n  - {{name: pki, hostPath: {{path: {pki}, type: Directory}}}}\n"
    probe = f"    livenessProbe: {{httpGet: {{path: /livez, port: {port}, scheme: HTTPS}}}}\n"
    return manifest(extra=volumes, image=f"example.com/web:1\n{probe}".rstrip("\n"))


def serving(pki: Path, port: int, flags: str = "", ports: str = ""):
    """A pod that names what it serves by flags, or has a port of which nothing is said."""
    volumes = f"  volumes:\n  - {{name: pki, hostPath: {{path: {pki}, type: Directory}}}}\n"
    more = f"    volumeMounts: [{{name: pki, mountPath: /pki}}]\n    args: [{flags}]\n    ports: [{ports}]"
    return manifest(extra=volumes, image=f"example.com/web:1\n{more}")


def write(pki: Path, **dates: timedelta) -> None:
    pki.mkdir(exist_ok=True)
    for name, text in zip(("web.crt", "web.key"), CA.issue("web", "127.0.0.1", **dates), strict=True):
        (pki / name).write_text(text)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Serves the certificate that lies in the folder when it is started."""
    write(tmp_path / "pki", valid_from=timedelta(days=-9), valid_to=timedelta(days=90))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pki" / "web.crt", tmp_path / "pki" / "web.key")
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
                with context.wrap_socket(connection, server_side=True):
                    pass
            except (TimeoutError, ssl.SSLError, OSError):
                continue

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    over.set()
    thread.join()
    listener.close()


def found(site, desired) -> list[tuple[str, str, str]]:
    report = check_drift((site.desired(desired),), site.world, SETTINGS)
    return [(one.drift.value, Path(one.subject).name, one.file) for one in findings_of(report)]


def test_one_that_ends_soon(site, tmp_path: Path) -> None:
    write(tmp_path / "pki", valid_to=timedelta(days=3))
    desired = web(tmp_path / "pki")
    site.place(desired)
    site.runs(desired)
    assert found(site, desired) == [("certificate-expiring", "web.crt", "web.yaml")]


def test_one_that_was_renewed_and_is_not_served_yet(site, tmp_path: Path, port: int) -> None:
    desired = web(tmp_path / "pki", port)
    site.place(desired)
    site.runs(desired)
    assert found(site, desired) == []
    write(tmp_path / "pki", valid_to=timedelta(days=90))
    assert found(site, desired) == [("certificate-stale", "web.crt", "web.yaml")]
    [finding] = findings_of(check_drift((site.desired(desired),), site.world, SETTINGS))
    assert remedy_of(finding)[1] == "podwright manifest restart web --dry-run --limit n1"
    # podwright does not restart what others wrote
    (site.folder / "web.yaml").write_text(json.dumps(desired.document))
    [*_, finding] = findings_of(check_drift((site.desired(desired),), site.world, SETTINGS))
    assert finding.drift is Drift.CERTIFICATE_STALE
    assert remedy_of(finding)[1] == starting_again(str(site.folder), "web.yaml")


def test_what_could_not_be_seen_is_a_note(site, tmp_path: Path, port: int, monkeypatch) -> None:
    desired = web(tmp_path / "pki", port)
    site.place(desired)
    site.runs(desired)

    def dial(*_: object, **__: object):
        raise HostUnreachableError("n1: forwarding is not permitted")

    monkeypatch.setattr(type(site.host), "dial", dial)
    report = check_drift((site.desired(desired),), site.world, SETTINGS)
    assert findings_of(report) == ()
    [note] = report.notes
    assert note.startswith("n1: not all certificates that pods mount could be seen: what port ")


@pytest.mark.parametrize("by", ["flags", "port"])
def test_ports_without_a_probe_are_asked_too(site, tmp_path: Path, port: int, by: str) -> None:
    flags = f"--tls-cert-file=/pki/web.crt, --secure-port={port}" if by == "flags" else ""
    desired = serving(tmp_path / "pki", port, flags, "" if flags else f"{{containerPort: {port}}}")
    site.place(desired)
    site.runs(desired)
    assert found(site, desired) == []
    write(tmp_path / "pki", valid_to=timedelta(days=90))
    assert found(site, desired) == [("certificate-stale", "web.crt", "web.yaml")]


def test_a_port_that_speaks_something_else_is_nothing_to_tell(site, tmp_path: Path) -> None:
    write(tmp_path / "pki", valid_to=timedelta(days=90))
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            with listener.accept()[0] as connection:
                connection.sendall(b"220 mail\r\n" * 99)

        plain = threading.Thread(target=greet)
        plain.start()
        desired = serving(tmp_path / "pki", 1, ports=f"{{containerPort: {listener.getsockname()[1]}}}")
        site.place(desired)
        site.runs(desired)
        report = check_drift((site.desired(desired),), site.world, SETTINGS)
        plain.join()
    assert (findings_of(report), report.notes) == ((), ())


def test_a_certificate_that_is_named_and_cannot_be_read_is_a_note(site, tmp_path: Path) -> None:
    write(tmp_path / "pki", valid_to=timedelta(days=90))
    desired = serving(tmp_path / "pki", 1, "--tls-cert-file=/opt/web.crt, --secure-port=6443")
    site.place(desired)
    site.runs(desired)
    [note] = check_drift((site.desired(desired),), site.world, SETTINGS).notes
    assert note.endswith("what port 6443 should serve is not known: `/opt/web.crt` could not be read")
