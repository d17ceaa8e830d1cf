"""Exec credential plugins, as real programs."""

from __future__ import annotations

import base64
import json
import os
import shlex
import time
from pathlib import Path

import pytest

from podwright.errors import KubeconfigError
from podwright.remote.kube.cluster_access import Endpoint, ExecPlugin
from podwright.remote.kube.exec_plugin import read_credentials, run_plugin
from podwright.secret import Secret

V1 = "client.authentication.k8s.io/v1"
ENDPOINT = Endpoint("https://h:6443", ca_pem="PEM", tls_server_name="kubernetes", exec_config='{"a": 1}')


@pytest.fixture
def plugin(tmp_path):
    """Makes a plugin of a shell script."""

    def make(script: str, **more) -> ExecPlugin:
        path = tmp_path / "plugin"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return ExecPlugin(V1, str(path), **{"interactive_mode": "Never", **more})

    return make


def printing(status: dict, version: str = V1) -> str:
    document = {"kind": "ExecCredential", "apiVersion": version, "status": status}
    return f"printf %s {shlex.quote(json.dumps(document))}"


def run(plugin: ExecPlugin, endpoint: Endpoint = ENDPOINT, terminal: bool = False, **more):
    return run_plugin(
        plugin, endpoint, {"PATH": os.environ["PATH"], "MINE": "yes"}, terminal=terminal, **more
    )


def test_a_token_with_its_expiry(plugin):
    given = run(plugin(printing({"token": "T", "expirationTimestamp": "2026-11-23T00:56:42.116118269Z"})))
    assert given.token.reveal() == "T"
    assert int(given.expires) == 1795395402
    assert "T" not in repr(given.token)


def test_a_client_certificate(plugin):
    given = run(plugin(printing({"clientCertificateData": "CERT", "clientKeyData": "KEY"})))
    assert given.certificate.certificate_pem == "CERT"
    assert given.certificate.key_pem.reveal() == "KEY"
    assert given.expires is None


def test_it_gets_its_arguments_and_environment_and_no_standard_input(plugin, tmp_path):
    seen = tmp_path / "seen"
    script = f'{{ echo "$1|$MINE|$EXTRA"; cat; printf %s "$KUBERNETES_EXEC_INFO"; }} > {seen}\n{printing({"token": "T"})}'
    run(plugin(script, args=("a b",), env=(("EXTRA", Secret("e")),)))
    line, info = seen.read_text().split("\n", 1)
    assert line == "a b|yes|e"
    assert json.loads(info) == {"kind": "ExecCredential", "apiVersion": V1, "spec": {"interactive": False}}


def test_it_gets_the_cluster_where_it_asks_for_it(plugin, tmp_path):
    seen = tmp_path / "seen"
    script = f'printf %s "$KUBERNETES_EXEC_INFO" > {seen}\n{printing({"token": "T"})}'
    run(plugin(script, provide_cluster_info=True))
    assert json.loads(seen.read_text())["spec"]["cluster"] == {
        "server": "https://h:6443",
        "tls-server-name": "kubernetes",
        "certificate-authority-data": base64.b64encode(b"PEM").decode(),
        "config": {"a": 1},
    }


def test_an_authority_in_a_file_is_handed_over_as_data(plugin, tmp_path):
    (tmp_path / "ca").write_text("FILE")
    seen = tmp_path / "seen"
    script = f'printf %s "$KUBERNETES_EXEC_INFO" > {seen}\n{printing({"token": "T"})}'
    run(
        plugin(script, provide_cluster_info=True),
        Endpoint("https://h", ca_file=tmp_path / "ca", insecure=True),
    )
    cluster = json.loads(seen.read_text())["spec"]["cluster"]
    assert cluster["certificate-authority-data"] == base64.b64encode(b"FILE").decode()
    assert cluster["insecure-skip-tls-verify"] is True
    with pytest.raises(KubeconfigError, match="`/no/ca` cannot be read"):
        run(plugin(script, provide_cluster_info=True), Endpoint("https://h", ca_file=Path("/no/ca")))


def test_it_may_ask_a_person_where_there_is_one(plugin, tmp_path):
    seen = tmp_path / "seen"
    script = f'printf %s "$KUBERNETES_EXEC_INFO" > {seen}\n{printing({"token": "T"})}'
    for mode, asked in (("IfAvailable", True), ("Always", True), ("Never", False)):
        run(plugin(script, interactive_mode=mode), terminal=True)
        assert json.loads(seen.read_text())["spec"]["interactive"] is asked
    with pytest.raises(KubeconfigError, match="on a terminal"):
        run(plugin(script, interactive_mode="Always"))


def test_a_failure_shows_the_end_of_what_it_said_and_never_its_output(plugin):
    failing = plugin(
        "echo SECRET; echo >&2 'you are\nlogged out'; exit 3", install_hint="get it\nat x.example"
    )
    with pytest.raises(KubeconfigError, match=r"ended with exit code 3: you are logged out$") as caught:
        run(failing)
    assert caught.value.hint == "get it at x.example"
    assert "SECRET" not in repr(caught.value)


def test_a_complaint_repeats_no_secret_and_steers_no_terminal(plugin):
    failing = plugin(
        'printf "\\033[31mwrong secret %s%s for $1, env %s" "${1#*=}" "" "$KEY" >&2; exit 1',
        args=("--client-secret=hunter2hunter2",),
        env=(("KEY", Secret("s3cr3t\nof two lines")), ("PROFILE", Secret("prod"))),
    )
    with pytest.raises(KubeconfigError) as caught:
        run(failing)
    assert caught.value.message.endswith(
        r": \x1b[31mwrong secret [redacted] for --client-secret=[redacted], env [redacted]"
    )


def test_a_flood_on_standard_error_is_cut(plugin):
    with pytest.raises(KubeconfigError) as caught:
        run(plugin("yes complaint | head -c 60000 >&2; echo END >&2; exit 1"))
    assert len(caught.value.message) < 600
    assert caught.value.message.endswith("END")


def test_endless_output_is_cut_off(plugin):
    for script in ("exec yes", "exec yes >&2"):
        with pytest.raises(KubeconfigError, match=r"printed more than \d+ KiB"):
            run(plugin(script))


def test_a_plugin_that_hangs_is_ended_with_all_that_it_started(plugin, tmp_path):
    pid = tmp_path / "pid"
    # a busy machine may take longer to begin it
    for seconds in (0.3, 3, 30):
        with pytest.raises(KubeconfigError, match=f"did not end within {seconds:g} s"):
            run(plugin(f"sleep 600 & echo $! > {pid}; wait"), seconds=seconds)
        if pid.exists() and pid.read_text():
            break
    child = int(pid.read_text())
    deadline = time.monotonic() + 60
    while _runs(child):
        assert time.monotonic() < deadline, "the child lives on"
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_something_that_it_leaves_running_does_not_hold_us_up(plugin):
    given = run(plugin(f"sleep 3 & {printing({'token': 'T'})}"), seconds=60)
    assert given.token.reveal() == "T"


def test_a_missing_program_shows_how_to_get_it():
    missing = ExecPlugin(V1, "no-such-plugin", install_hint="apt install it")
    with pytest.raises(KubeconfigError, match=r"`no-such-plugin`: there is no such program") as caught:
        run(missing)
    assert caught.value.hint == "apt install it"


def test_what_cannot_be_started_says_why(tmp_path):
    script = tmp_path / "plugin"
    script.write_text("#!/no/interpreter\n")
    script.chmod(0o755)
    with pytest.raises(KubeconfigError, match="there is no such program"):
        run(ExecPlugin(V1, str(script)))


@pytest.mark.parametrize(
    ("stdout", "message"),
    [
        (b"SECRET", "not JSON"),
        (b'{"SECRET": \xff}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'["SECRET"]', "did not print an ExecCredential"),
        (b'{"kind": "Pod", "apiVersion": "v1"}', "did not print an ExecCredential"),
        ({"apiVersion": "client.authentication.k8s.io/v1beta1"}, "another version"),
        ({}, "neither a token nor a client certificate"),
        ({"status": {"token": ""}}, "neither a token nor a client certificate"),
        ({"status": {"token": 7}}, "`status.token` is not a string"),
        ({"status": {"clientKeyData": "SECRET"}}, "a key without certificate"),
        ({"status": {"token": "SECRET", "expirationTimestamp": "soon"}}, "not a time"),
        ({"status": {"token": "SECRET", "expirationTimestamp": 7}}, "not a time"),
    ],
)
def test_what_is_no_credential_is_refused_and_not_shown(stdout, message):
    if isinstance(stdout, dict):
        stdout = json.dumps({"kind": "ExecCredential", "apiVersion": V1, **stdout}).encode()
    with pytest.raises(KubeconfigError, match=message) as caught:
        read_credentials(ExecPlugin(V1, "p"), stdout)
    assert "SECRET" not in f"{caught.value.message} {caught.value.hint} {caught.value.__cause__}"


def test_no_file_descriptor_is_left_open(plugin):
    credentials = plugin(printing({"token": "T"}))
    run(credentials)
    before = len(list(Path("/proc/self/fd").iterdir()))
    run(credentials)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
