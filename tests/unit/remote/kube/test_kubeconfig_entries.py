"""One cluster, one user: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.kubeconfigs import base64_of

from podwright.errors import KubeconfigError
from podwright.remote.kube.kubeconfig_entries import read_endpoint, read_user
from podwright.remote.kube.kubeconfig_entry import Entry

FILE = Path("/kube/config")
EXEC_V1 = {"apiVersion": "client.authentication.k8s.io/v1", "command": "aws", "interactiveMode": "Never"}


def endpoint(**body):
    return read_endpoint(Entry("cluster", "c", {"server": "https://h:6443", **body}, FILE))


def user(**body):
    return read_user(Entry("user", "u", body, FILE))


def test_a_cluster_is_read_with_all_that_it_says():
    config = [
        {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}},
        {"name": "other"},
    ]
    read = endpoint(
        **{
            "server": "https://[::1]:6443/k8s/clusters/c-1/",
            "certificate-authority-data": base64_of("PEM"),
            "certificate-authority": "ca.pem",
            "tls-server-name": "kubernetes",
            "proxy-url": "http://u:pw@proxy:3128",
            "extensions": config,
        }
    )
    assert read.server == "https://[::1]:6443/k8s/clusters/c-1"
    assert (read.ca_pem, read.ca_file) == ("PEM", None)
    assert (read.tls_server_name, read.insecure) == ("kubernetes", False)
    assert read.proxy_url.reveal() == "http://u:pw@proxy:3128"
    assert "pw" not in repr(read)
    assert json.loads(read.exec_config) == {"audience": "x"}


def test_a_server_without_a_scheme_is_https():
    assert endpoint(server="10.0.0.1:6443").server == "https://10.0.0.1:6443"


@pytest.mark.parametrize(
    "server",
    [
        "",
        "ftp://h",
        "https://",
        "https://h:99999",
        "https://h:x",
        "https://u:pw@h",
        "https://h/?x=y",
        "https://h\r\nX: y",
        "https://h/\u00e9",
        "https://h/\x7f",
        "https://[::1",
    ],
)
def test_a_server_that_is_no_url_is_refused(server):
    with pytest.raises(KubeconfigError, match="server") as caught:
        endpoint(server=server)
    assert "pw" not in caught.value.message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"insecure-skip-tls-verify": True, "certificate-authority": "x"}, "contradict"),
        ({"insecure-skip-tls-verify": "true"}, "neither true nor false"),
        ({"certificate-authority-data": "%%%"}, "not PEM in base64"),
        ({"certificate-authority-data": "é"}, "not PEM in base64"),
        ({"certificate-authority": 7}, "not a string"),
        ({"extensions": {"a": 1}}, "not a list"),
        ({"extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {1, 2}}]}, "as JSON"),
    ],
)
def test_a_cluster_that_contradicts_itself_is_refused(body, message):
    with pytest.raises(KubeconfigError, match=message) as caught:
        endpoint(**body)
    assert caught.value.message.startswith("cluster `c` of kubeconfig `/kube/config`: ")


def test_a_user_shows_none_of_its_secrets():
    read = user(
        **{
            "token": "TOKEN",
            "client-certificate-data": base64_of("CERT"),
            "client-key-data": base64_of("KEYKEY"),
            "exec": {**EXEC_V1, "args": ["--secret=ARG"], "env": [{"name": "PASS", "value": "ENVVALUE"}]},
        }
    )
    assert read.token.reveal() == "TOKEN"
    assert read.certificate.key_pem.reveal() == "KEYKEY"
    assert read.plugin.args == ("--secret=ARG",)
    for secret in ("TOKEN", "KEYKEY", "ARG", "ENVVALUE"):
        assert secret not in repr(read)
    assert "TOKEN" not in repr(Entry("user", "u", {"token": "TOKEN"}, FILE))


def test_data_wins_over_files():
    read = user(
        **{
            "client-certificate-data": base64_of("CERT"),
            "client-certificate": "c.pem",
            "client-key": "k.pem",
        }
    )
    assert (read.certificate.certificate_pem, read.certificate.certificate_file) == ("CERT", None)
    assert read.certificate.key_file == Path("/kube/k.pem")


def test_impersonation_is_read():
    extra = {"scopes": ["a", "b"]}
    read = user(**{"as": "bob", "as-uid": "7", "as-groups": ["dev"], "as-user-extra": extra}).impersonation
    assert (read.user, read.uid, read.groups) == ("bob", "7", ("dev",))
    assert read.extra == (("scopes", "a"), ("scopes", "b"))


def test_a_plugin_by_relative_path_is_relative_to_its_file():
    assert user(exec={**EXEC_V1, "command": "./bin/login"}).plugin.command == "/kube/bin/login"
    assert user(exec={**EXEC_V1, "command": "login"}).plugin.command == "login"
    assert user(exec={**EXEC_V1, "command": "/bin/login"}).plugin.command == "/bin/login"


def test_v1beta1_plugins_ask_if_they_can_and_v1_plugins_must_say():
    beta = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "x"}
    assert user(exec=beta).plugin.interactive_mode == "IfAvailable"
    with pytest.raises(KubeconfigError, match="no `interactiveMode`"):
        user(exec={"apiVersion": "client.authentication.k8s.io/v1", "command": "x"})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"token": 12345}, "`token` is not a string"),
        ({"token": "t", "username": "u"}, "a token and a password are both set"),
        ({"client-certificate": "c"}, "no client key"),
        ({"client-key-data": base64_of("k")}, "no client certificate"),
        ({"exec": "aws"}, "`exec` is not a mapping"),
        ({"exec": {**EXEC_V1, "apiVersion": "client.authentication.k8s.io/v1alpha1"}}, "v1alpha1"),
        ({"exec": {**EXEC_V1, "command": ""}}, "no `command`"),
        ({"exec": {**EXEC_V1, "args": "x"}}, "`args` is not a list of strings"),
        ({"exec": {**EXEC_V1, "env": [{"name": "A", "value": 1}]}}, "`exec.env`"),
        ({"exec": {**EXEC_V1, "env": [{"name": "A=", "value": "x"}]}}, "`exec.env`"),
        ({"exec": {**EXEC_V1, "env": [{"name": "A", "value": "\0"}]}}, "zero byte"),
        ({"exec": {**EXEC_V1, "env": "A=b"}}, "`exec.env` is not a list"),
        ({"exec": {**EXEC_V1, "interactiveMode": "Perhaps"}}, "`Perhaps`"),
        ({"exec": EXEC_V1, "auth-provider": {"name": "oidc"}}, "cannot both be set"),
        ({"auth-provider": {"name": "homemade"}}, "legacy auth provider `homemade` is not supported"),
        ({"as-groups": ["x"]}, "need `as`"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(body, message):
    with pytest.raises(KubeconfigError, match=message):
        user(**body)


@pytest.mark.parametrize(
    ("provider", "remedy"),
    [("gcp", "gcloud"), ("azure", "kubelogin"), ("oidc", "kubectl oidc-login"), ("homemade", "use")],
)
def test_a_legacy_provider_names_what_writes_an_exec_plugin(provider, remedy):
    with pytest.raises(KubeconfigError) as caught:
        user(**{"auth-provider": {"name": provider, "config": {"id-token": "SECRET"}}})
    assert remedy in caught.value.hint
    assert "an exec plugin" in caught.value.hint
    assert "SECRET" not in f"{caught.value.message} {caught.value.hint}"
