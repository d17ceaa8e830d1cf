"""Who we are, request by request."""

from __future__ import annotations

import threading

import pytest

from podwright.errors import KubeconfigError
from podwright.remote.kube.auth import PluginSource, credential_source, impersonation_headers
from podwright.remote.kube.cluster_access import (
    Access,
    ClientCertificate,
    Endpoint,
    ExecPlugin,
    Impersonation,
    User,
)
from podwright.remote.kube.exec_plugin import PluginCredentials
from podwright.secret import Secret


def source_of(user: User):
    access = Access(Endpoint("https://h"), user, "context `c` of `f`")
    return credential_source(access, {}, terminal=False)


def authorization(user: User) -> str | None:
    value = source_of(user).current().authorization
    return value.reveal() if value else None


def test_token_password_and_nobody():
    assert authorization(User(token=Secret("t"))) == "Bearer t"
    assert authorization(User(username="u", password=Secret("p"))) == "Basic dTpw"
    assert authorization(User(username="u")) == "Basic dTo="
    assert authorization(User()) is None
    assert source_of(User(token=Secret("t"))).after_refusal(source_of(User()).current()) is None


def test_a_token_beats_a_plugin():
    plugin = ExecPlugin("client.authentication.k8s.io/v1", "/no/such")
    assert authorization(User(token=Secret("t"), plugin=plugin)) == "Bearer t"


def test_a_token_file_is_read_again_each_time_and_stripped(tmp_path):
    path = tmp_path / "token"
    path.write_text("first\n")
    source = source_of(User(token_file=path, token=Secret("fallback")))
    first = source.current()
    assert first.authorization.reveal() == "Bearer first"
    assert source.after_refusal(first) is None
    path.write_text("second")
    assert source.after_refusal(first).authorization.reveal() == "Bearer second"
    path.unlink()
    assert source.current().authorization.reveal() == "Bearer fallback"


def test_a_token_file_that_is_gone_or_empty_is_an_error(tmp_path):
    with pytest.raises(KubeconfigError, match="cannot be read: No such file"):
        source_of(User(token_file=tmp_path / "none")).current()
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(KubeconfigError, match="is empty"):
        source_of(User(token_file=tmp_path / "empty")).current()


@pytest.mark.parametrize("token", ["TOKEN\r\nX-Evil: 1", "TOK EN", "TOKEN\u2603", "TOKEN\x7f"])
def test_a_token_that_would_break_the_header_is_refused_and_not_shown(token):
    with pytest.raises(KubeconfigError, match="illegal characters") as caught:
        source_of(User(token=Secret(token)))
    assert "TOK" not in f"{caught.value.message}{caught.value.hint}"


class Plugin:
    """Gives a new token each time it runs."""

    def __init__(self, expires: float | None = None) -> None:
        self.runs = 0
        self.expires = expires

    def __call__(self) -> PluginCredentials:
        self.runs += 1
        return PluginCredentials(Secret(f"t{self.runs}"), expires=self.expires)


def test_a_plugin_runs_once_for_many_threads():
    plugin = Plugin()
    source = PluginSource(plugin, User())
    threads = [threading.Thread(target=source.current) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert plugin.runs == 1


def test_a_plugin_runs_again_when_what_it_gave_has_expired():
    now = [100.0]
    plugin = Plugin(expires=200.0)
    source = PluginSource(plugin, User(), lambda: now[0])
    assert source.current() is source.current()
    now[0] = 200.0
    assert source.current().authorization.reveal() == "Bearer t2"


def test_after_a_refusal_a_plugin_runs_once_for_all_who_were_refused():
    plugin = Plugin()
    source = PluginSource(plugin, User())
    refused = source.current()
    assert source.after_refusal(refused).authorization.reveal() == "Bearer t2"
    assert source.after_refusal(refused).authorization.reveal() == "Bearer t2"
    assert plugin.runs == 2


def test_a_plugin_s_token_goes_with_the_user_s_own_certificate():
    mine = ClientCertificate("CERT", key_pem=Secret("KEY"))
    assert PluginSource(Plugin(), User(certificate=mine)).current().certificate is mine


def test_impersonation_becomes_headers():
    headers = impersonation_headers(Impersonation("bob", "7", ("dev", "ops"), (("a/b", "x"),)))
    assert headers == (
        ("Impersonate-User", "bob"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "dev"),
        ("Impersonate-Group", "ops"),
        ("Impersonate-Extra-a%2Fb", "x"),
    )
    assert impersonation_headers(Impersonation()) == ()


def test_impersonation_that_would_break_a_header_is_refused():
    with pytest.raises(KubeconfigError, match="cannot be sent"):
        impersonation_headers(Impersonation("bob\r\nX: y"))
