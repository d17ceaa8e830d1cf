"""Finding, merging and choosing: as kubectl would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fakes.kubeconfigs import kubeconfig

from podwright.errors import KubeconfigError, NoKubeconfigError
from podwright.remote.kube.kubeconfig import find_access, in_cluster


def test_the_file_that_is_asked_for_wins_over_the_environment(tmp_path):
    asked = kubeconfig(tmp_path / "asked", {"server": "https://asked:6443"})
    other = kubeconfig(tmp_path / "other", {"server": "https://other:6443"})
    access = find_access(str(asked), None, {"KUBECONFIG": str(other), "HOME": str(tmp_path)})
    assert access.endpoint.server == "https://asked:6443"
    assert access.source == f"context `lab` of `{asked}`"


def test_the_environment_wins_over_the_home_folder(tmp_path):
    kubeconfig(tmp_path / ".kube" / "config", {"server": "https://home:6443"})
    listed = kubeconfig(tmp_path / "listed", {"server": "https://listed:6443"})
    home = {"HOME": str(tmp_path)}
    assert find_access(None, None, home).endpoint.server == "https://home:6443"
    assert (
        find_access(None, None, {**home, "KUBECONFIG": str(listed)}).endpoint.server == "https://listed:6443"
    )


def test_of_several_files_the_first_that_has_an_entry_wins_and_missing_ones_are_passed_over(tmp_path):
    first = kubeconfig(
        tmp_path / "first",
        {"server": "https://first:6443"},
        name="a",
        **{"current-context": "", "users": []},
    )
    second = kubeconfig(
        tmp_path / "second",
        {"server": "https://second:6443"},
        {"token": "second"},
        name="a",
    )
    third = kubeconfig(tmp_path / "third", {"server": "https://third:6443"}, {"token": "third"}, name="b")
    listed = os.pathsep.join(map(str, ["", tmp_path / "missing", first, second, third, first]))
    access = find_access(None, None, {"KUBECONFIG": listed})
    assert access.source == f"context `a` of `{first}`"
    assert access.endpoint.server == "https://first:6443"
    assert access.user.token.reveal() == "second"
    assert find_access(None, "b", {"KUBECONFIG": listed}).user.token.reveal() == "third"


def test_relative_paths_are_those_of_the_file_they_stand_in(tmp_path, monkeypatch):
    kubeconfig(
        tmp_path / "one" / "config", {"server": "https://x", "certificate-authority": "pki/ca.pem"}, name="a"
    )
    kubeconfig(
        tmp_path / "two" / "config",
        user={
            "tokenFile": "../token",
            "client-certificate": "c.pem",
            "client-key": "/abs/k.pem",
        },
        name="b",
        contexts=[{"name": "b", "context": {"cluster": "a", "user": "b"}}],
    )
    monkeypatch.chdir(tmp_path)
    access = find_access(None, "b", {"KUBECONFIG": "one/config:two/config"})
    assert access.endpoint.ca_file == tmp_path / "one/pki/ca.pem"
    assert access.user.token_file == tmp_path / "two/../token"
    assert access.user.certificate.certificate_file == tmp_path / "two/c.pem"
    assert access.user.certificate.key_file == Path("/abs/k.pem")


def test_a_home_folder_is_written_as_a_tilde(tmp_path):
    kubeconfig(tmp_path / "mine")
    source = find_access("~/mine", None, {"HOME": str(tmp_path)}).source
    assert source == f"context `lab` of `{tmp_path / 'mine'}`"


def test_a_context_without_a_user_is_nobody(tmp_path):
    path = kubeconfig(tmp_path / "c", contexts=[{"name": "lab", "context": {"cluster": "lab"}}])
    assert find_access(str(path), None, {}).user.token is None


def test_no_kubeconfig_at_all_is_an_error_of_its_own(tmp_path):
    with pytest.raises(NoKubeconfigError, match=r"`~/.kube/config` does not exist"):
        find_access(None, None, {"HOME": str(tmp_path)})
    with pytest.raises(NoKubeconfigError, match=r"`/no/such` of KUBECONFIG does not exist"):
        find_access(None, None, {"KUBECONFIG": "/no/such", "HOME": str(tmp_path)})
    with pytest.raises(KubeconfigError, match="`prod` was asked for"):
        find_access(None, "prod", {})


def test_a_file_that_is_asked_for_must_exist(tmp_path):
    with pytest.raises(KubeconfigError, match="does not exist") as caught:
        find_access(str(tmp_path / "none"), None, {})
    assert not isinstance(caught.value, NoKubeconfigError)


def test_a_context_that_is_not_there_is_named_with_those_that_are(tmp_path):
    path = kubeconfig(tmp_path / "c")
    with pytest.raises(KubeconfigError, match="no context `prod`") as caught:
        find_access(str(path), "prod", {})
    assert caught.value.hint == "choose one by `--context`: `lab`"
    with pytest.raises(KubeconfigError, match="no current context") as caught:
        find_access(str(kubeconfig(tmp_path / "d", **{"current-context": ""})), None, {})
    assert "`lab`" in caught.value.hint


def test_a_token_is_never_sent_in_the_clear_to_another_machine(tmp_path):
    user = {"token": "t"}
    with pytest.raises(KubeconfigError, match="in the clear"):
        find_access(str(kubeconfig(tmp_path / "a", {"server": "http://10.0.0.1"}, user)), None, {})
    local = kubeconfig(tmp_path / "b", {"server": "http://127.0.0.1:8001"}, user)
    assert find_access(str(local), None, {}).endpoint.server == "http://127.0.0.1:8001"


def test_in_a_pod_its_service_account_is_used(tmp_path):
    (tmp_path / "token").write_text("t")
    (tmp_path / "ca.crt").write_text("pem")
    environ = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}
    access = find_access(None, None, environ, tmp_path)
    assert access.endpoint.server == "https://10.96.0.1:443"
    assert access.endpoint.ca_file == tmp_path / "ca.crt"
    assert access.user.token_file == tmp_path / "token"
    six = in_cluster({**environ, "KUBERNETES_SERVICE_HOST": "fd00::1"}, tmp_path)
    assert six.endpoint.server == "https://[fd00::1]:443"


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@pytest.mark.parametrize("context", ["a", "b", None])
def test_kubectl_reads_the_same(tmp_path, context):
    first = kubeconfig(tmp_path / "one" / "c", {"server": "https://first:1"}, {"tokenFile": "t"}, name="a")
    second = kubeconfig(tmp_path / "two" / "c", {"server": "https://second:2"}, {"token": "second"}, name="a")
    third = kubeconfig(tmp_path / "c", {"server": "https://third:3"}, {"tokenFile": "/abs/t"}, name="b")
    environ = {**os.environ, "KUBECONFIG": f"{tmp_path / 'missing'}:{first}:{second}:{third}"}
    command = ["kubectl", "config", "view", "--raw", "--minify", "--flatten=false", "-o", "json"]
    shown = subprocess.run(
        [*command, *(["--context", context] if context else [])], env=environ, capture_output=True, check=True
    )
    theirs = json.loads(shown.stdout)
    ours = find_access(None, context, environ)
    assert ours.source.startswith(f"context `{theirs['current-context']}` of")
    assert ours.endpoint.server == theirs["clusters"][0]["cluster"]["server"]
    # kubectl shows a path as it stands in its file
    assert str(ours.user.token_file).endswith(theirs["users"][0]["user"]["tokenFile"])


def test_a_hint_names_ten_contexts_at_most(tmp_path):
    contexts = [{"name": f"c{number:02}", "context": {"cluster": "lab"}} for number in range(12)]
    path = kubeconfig(tmp_path / "c", contexts=contexts, **{"current-context": ""})
    with pytest.raises(KubeconfigError) as caught:
        find_access(str(path), None, {})
    assert caught.value.hint.endswith("`c08`, `c09` and 2 more")
