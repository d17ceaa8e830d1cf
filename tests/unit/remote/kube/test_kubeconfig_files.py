"""The files of a kubeconfig: merged, bounded, and refused without showing what they hold."""

from __future__ import annotations

import pytest
from tests.fakes.kubeconfigs import kubeconfig

from podwright.errors import KubeconfigError
from podwright.remote.kube.kubeconfig import find_access


def test_an_entry_is_taken_whole_from_its_first_file_never_mixed(tmp_path):
    first = kubeconfig(tmp_path / "first", user={"username": "u", "password": "p"})
    second = kubeconfig(tmp_path / "second", user={"token": "t"})
    access = find_access(None, None, {"KUBECONFIG": f"{first}:{second}"})
    assert access.user.token is None
    assert access.user.username == "u"


def test_dates_and_yaml_comments_do_not_disturb(tmp_path):
    path = tmp_path / "config"
    path.write_text(
        "# mine\ncurrent-context: 2026-11-23\ncontexts:\n- name: 2026-11-23\n  context: {cluster: c, user: u}\n"
        "clusters:\n- name: c\n  cluster: {server: 'https://h:1/'}\nusers:\n- name: u\n  user: {token: 2026-01-01}\n"
    )
    access = find_access(str(path), None, {})
    assert access.source.startswith("context `2026-11-23` of")
    assert access.endpoint.server == "https://h:1"
    assert access.user.token.reveal() == "2026-01-01"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"contexts": [{"name": "lab", "context": {"cluster": "gone"}}]},
            "cluster `gone`, which does not exist",
        ),
        ({"users": []}, "user `lab`, which does not exist"),
        ({"contexts": [{"name": "lab", "context": {}}]}, "names no cluster"),
        ({"contexts": [{"name": "lab", "context": ["x"]}]}, "is not a mapping"),
        ({"clusters": {"lab": {}}}, "`clusters` is not a list"),
        ({"users": [{"user": {}}]}, r"`users\[0\]` has no name"),
        ({"users": [7]}, r"`users\[0\]` has no name"),
        ({"users": [{"name": "lab"}, {"name": "lab"}]}, "two users are named `lab`"),
        ({"current-context": ["x"]}, "`current-context` is not a string"),
    ],
)
def test_a_kubeconfig_with_holes_is_refused(tmp_path, more, message):
    with pytest.raises(KubeconfigError, match=message):
        find_access(str(kubeconfig(tmp_path / "c", **more)), None, {})


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\xff", b"a: b: c", b"[" * 5000, b"- x", b"plain"])
def test_what_is_no_kubeconfig_is_refused_without_showing_it(tmp_path, content):
    path = tmp_path / "config"
    path.write_bytes(b"token: SECRET\n" * (content[:1] == b"a") + content)
    with pytest.raises(KubeconfigError) as caught:
        find_access(str(path), None, {})
    assert "SECRET" not in f"{caught.value.message}{caught.value.hint}"
    assert str(path) in caught.value.message


def test_an_unreadable_kubeconfig_names_the_reason(tmp_path):
    with pytest.raises(KubeconfigError, match="Is a directory"):
        find_access(str(tmp_path), None, {})


def test_a_huge_file_is_not_read(tmp_path):
    path = tmp_path / "huge"
    with path.open("wb") as stream:
        stream.truncate(17 << 20)
    with pytest.raises(KubeconfigError, match="larger than 16 MiB"):
        find_access(str(path), None, {})


@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o644, False), (0o664, False), (0o666, True)])
def test_a_kubeconfig_that_anyone_may_write_is_refused(tmp_path, mode, refused):
    """It names programs to run. kubectl reads it all the same; group-writable ones are common (umask 002)."""
    path = kubeconfig(tmp_path / "a config", user={"token": "SECRET"})
    path.chmod(mode)
    if not refused:
        assert find_access(str(path), None, {}).user.token
        return
    for files in ((str(path), {}), (None, {"KUBECONFIG": str(path)})):
        with pytest.raises(KubeconfigError, match="may be written by anyone") as caught:
            find_access(files[0], None, files[1])
        assert caught.value.hint == f"run `chmod o-w '{path}'`"
