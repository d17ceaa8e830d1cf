"""What stands for something else in ssh_config's values."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import HostError
from podwright.remote.ssh.config_tokens import connection_tokens, expand_path, expand_tokens


@pytest.mark.parametrize(
    ("text", "expanded"),
    [("plain", "plain"), ("%h.internal", "web.internal"), ("100%%-%h%h", "100%-webweb"), ("%%h", "%h")],
)
def test_tokens_are_replaced_and_doubled_percent_signs_are_one(text: str, expanded: str) -> None:
    assert expand_tokens(text, {"h": "web"}) == expanded


@pytest.mark.parametrize("text", ["%z", "a%", "%\n"])
def test_a_token_that_is_not_known_there_is_named(text: str) -> None:
    with pytest.raises(HostError, match="has no meaning in"):
        expand_tokens(text, {"h": "web"})


def test_a_path_may_begin_at_home_and_hold_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KEYS", "keys")
    assert expand_path("~/${KEYS}/%h", {"h": "web"}) == tmp_path / "keys/web"
    with pytest.raises(HostError, match="the variable `NOWHERE` in"):
        expand_path("${NOWHERE}/k", {})


def test_a_connection_has_openssh_tokens() -> None:
    settings = {"original": "web", "hostname": "10.0.0.7", "port": "22", "user": "ops", "alias": ""}
    tokens = connection_tokens({**settings, "local_user": "ada"})
    assert [tokens[letter] for letter in "hknpru"] == ["10.0.0.7", "web", "web", "22", "ops", "ada"]
    assert tokens["l"].startswith(tokens["L"])
    assert len(tokens["C"]) == 40
    assert connection_tokens({**settings, "local_user": "ada", "alias": "w"})["k"] == "w"
