"""Who we are in a cluster never shows what proves it."""

from __future__ import annotations

from pathlib import Path

from podwright.remote.kube.cluster_access import Access, ClientCertificate, Endpoint, ExecPlugin, User
from podwright.secret import Secret


def test_no_secret_of_a_kubeconfig_is_in_a_repr():
    hidden = Secret("SECRET")
    plugin = ExecPlugin("v1", "aws", args=("--token=SECRET",), env=(("TOKEN", hidden),))
    certificate = ClientCertificate("PUBLIC", key_pem=hidden)
    user = User("me", certificate, hidden, Path("/token"), "u", hidden, plugin)
    endpoint = Endpoint("https://h", proxy_url=hidden, exec_config='{"a": "SECRET"}')
    shown = repr(Access(endpoint, user, "context `lab` of `config`"))
    assert "SECRET" not in shown
    assert "https://h" in shown
