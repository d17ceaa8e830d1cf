"""Legacy auth providers through the official library, where that is installed (the extra `kubernetes`)."""

from __future__ import annotations

import base64
import json
import time

import pytest
from tests.fakes.kubeconfigs import kubeconfig

from podwright.errors import KubeconfigError
from podwright.remote.kube.auth import credential_source
from podwright.remote.kube.kubeconfig import find_access

pytest.importorskip("kubernetes")
# the library's own imports warn about one another
pytestmark = pytest.mark.filterwarnings("default")


def token(expires: float) -> str:
    parts = ({"alg": "none"}, {"exp": expires})
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*coded, "signature"])


def source_of(tmp_path, provider: str, **config: str):
    user = {"auth-provider": {"name": provider, "config": config}}
    access = find_access(str(kubeconfig(tmp_path / "config", user=user)), None, {})
    return credential_source(access, {}, person=False)


def test_an_oidc_token_that_is_still_good_is_sent(tmp_path):
    good = token(time.time() + 3600)
    source = source_of(
        tmp_path, "oidc", **{"id-token": good, "client-id": "x", "idp-issuer-url": "https://x.invalid"}
    )
    credentials = source.current()
    assert credentials.authorization.reveal() == f"Bearer {good}"
    assert source.after_refusal(credentials) is None


def test_a_provider_that_cannot_renew_is_an_error_without_secrets(tmp_path):
    config = {
        "id-token": token(1),
        "client-id": "x",
        "refresh-token": "SECRET",
        "idp-issuer-url": "https://127.0.0.1:1",
    }
    with pytest.raises(KubeconfigError, match="auth provider `oidc`") as caught:
        source_of(tmp_path, "oidc", **config).current()
    assert "SECRET" not in f"{caught.value.message}{caught.value.hint}"
    assert caught.value.__cause__ is None


def test_a_provider_that_the_library_does_not_know_gives_no_token(tmp_path):
    with pytest.raises(KubeconfigError, match="auth provider `homemade`"):
        source_of(tmp_path, "homemade").current()
