"""Which host keys are let pass, which are refused, and what the refusal says."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import pytest
from tests.fakes.copies import replace

from podwright.errors import HostError, HostKeyError
from podwright.remote.ssh.config_settings import HostKeyChecking, HostSettings
from podwright.remote.ssh.host_keys import HostKeyJudge, HostKeys
from podwright.remote.ssh.known_hosts import HostKey


def key(seed: str, kind: str = "ssh-ed25519") -> HostKey:
    blob = len(kind).to_bytes(4, "big") + kind.encode() + seed.encode() * 8
    return HostKey(kind, base64.b64encode(blob).decode())


ONE, TWO, RSA = key("one1"), key("two2"), key("rsa3", "ssh-rsa")


def judge(folder: Path, text: str = "", *, accept_new: bool = False, **settings: object) -> HostKeyJudge:
    path = folder / "known_hosts"
    if text:
        path.write_text(text)
    base = HostSettings(hostname="web-1", port=22, user="ops", user_known_hosts=(path,))
    return HostKeys(accept_new=accept_new).judge("cp-1", replace(base, **settings))  # type: ignore[arg-type]


def line(name: str, of: HostKey, marker: str = "") -> str:
    return f"{marker + ' ' if marker else ''}{name} {of.kind} {of.base64}\n"


def test_the_known_key_passes(tmp_path: Path) -> None:
    judge(tmp_path, line("web-1", TWO) + line("web-1", ONE)).check(ONE)


def test_an_unknown_key_is_refused_with_its_fingerprint_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(HostKeyError) as caught:
        judge(tmp_path).check(ONE)
    assert caught.value.message == f"cp-1: the host key of `web-1` is unknown: ssh-ed25519 {ONE.fingerprint}"
    assert "--accept-new-host-keys" in caught.value.hint
    assert "ssh_host_ed25519_key.pub" in caught.value.hint


@pytest.mark.parametrize("accept_new", [False, True])
def test_a_changed_key_is_refused_naming_the_line_that_conflicts(tmp_path: Path, accept_new: bool) -> None:
    with pytest.raises(HostKeyError) as caught:
        judge(tmp_path, "\n" + line("web-1", ONE), accept_new=accept_new).check(TWO)
    assert caught.value.message == (
        f"cp-1: the host key of `web-1` has changed: it shows ssh-ed25519 {TWO.fingerprint}, "
        f"but {tmp_path}/known_hosts:2 has ssh-ed25519 {ONE.fingerprint}"
    )
    assert f"ssh-keygen -R 'web-1' -f {tmp_path}/known_hosts" in caught.value.hint


@pytest.mark.parametrize("accept_new", [False, True])
def test_a_key_of_another_kind_is_a_changed_one(tmp_path: Path, accept_new: bool) -> None:
    with pytest.raises(HostKeyError, match="has changed"):
        judge(tmp_path, line("web-1", RSA), accept_new=accept_new).check(ONE)


@pytest.mark.parametrize("order", [1, -1])
def test_a_revoked_key_is_refused_even_where_it_is_known_too(tmp_path: Path, order: int) -> None:
    lines = [line("web-1", ONE), line("*", ONE, "@revoked")][::order]
    with pytest.raises(HostKeyError, match=r"host key of `web-1` is revoked: ssh-ed25519 SHA256:"):
        judge(tmp_path, "".join(lines), accept_new=True).check(ONE)


def test_a_list_of_revoked_keys_is_obeyed(tmp_path: Path) -> None:
    (tmp_path / "revoked").write_text(f"# lost\n{ONE.kind} {ONE.base64} old laptop\n")
    with pytest.raises(HostKeyError, match="is revoked"):
        judge(tmp_path, line("web-1", ONE), revoked_host_keys=tmp_path / "revoked").check(ONE)


def test_a_list_of_revoked_keys_that_cannot_be_read_stops_us(tmp_path: Path) -> None:
    (tmp_path / "revoked").write_bytes(b"SSHKRL\n\0\xff")
    with pytest.raises(HostError, match="RevokedHostKeys"):
        judge(tmp_path, revoked_host_keys=tmp_path / "revoked")


def test_a_line_for_the_port_is_what_counts_where_there_is_one(tmp_path: Path) -> None:
    text = line("web-1", ONE) + line("[web-1]:2222", TWO)
    judge(tmp_path, text, port=2222).check(TWO)
    with pytest.raises(HostKeyError, match=r"`\[web-1\]:2222` has changed"):
        judge(tmp_path, text, port=2222).check(ONE)


def test_without_a_line_for_the_port_the_bare_host_counts(tmp_path: Path) -> None:
    judge(tmp_path, line("web-1", ONE), port=2222).check(ONE)


def test_an_alias_is_looked_up_instead_of_host_and_port(tmp_path: Path) -> None:
    judge(tmp_path, line("web-1", TWO) + line("the-web", ONE), port=2222, host_key_alias="the-web").check(ONE)


def test_only_algorithms_of_known_kinds_are_offered(tmp_path: Path) -> None:
    assert judge(tmp_path, line("web-1", RSA)).algorithms() == ("rsa-sha2-512", "rsa-sha2-256")
    assert judge(tmp_path, line("web-1", ONE)).algorithms() == ("ssh-ed25519",)
    (tmp_path / "known_hosts").unlink()
    assert len(judge(tmp_path).algorithms()) == 6


def test_certificates_are_offered_first_where_an_authority_is_known(tmp_path: Path) -> None:
    offered = judge(tmp_path, line("web-*", TWO, "@cert-authority") + line("web-1", ONE)).algorithms()
    assert offered[0] == "ssh-ed25519-cert-v01@openssh.com"
    assert offered[-1] == "ssh-ed25519"
    assert "ssh-rsa-cert-v01@openssh.com" not in offered


def test_a_revoked_line_alone_makes_a_host_unknown_not_known(tmp_path: Path) -> None:
    with pytest.raises(HostKeyError, match="is unknown"):
        judge(tmp_path, line("web-1", TWO, "@revoked")).check(ONE)


@pytest.mark.parametrize("how", ["option", "ssh_config"])
def test_a_new_key_is_added_where_that_is_asked_for_and_judges_from_then_on(tmp_path: Path, how: str) -> None:
    path = tmp_path / "new" / "known_hosts"
    settings = HostSettings(hostname="web-1", port=2222, user="ops", user_known_hosts=(path,))
    if how == "ssh_config":
        settings = replace(settings, host_key_checking=HostKeyChecking.ACCEPT_NEW)
    keys = HostKeys(accept_new=how == "option")
    keys.judge("cp-1", settings).check(ONE)
    keys.judge("cp-1", settings).check(ONE)
    assert path.read_text() == line("[web-1]:2222", ONE)
    with pytest.raises(HostKeyError, match="has changed"):
        keys.judge("cp-1", settings).check(TWO)


def test_of_two_new_keys_shown_at_once_only_one_is_believed(tmp_path: Path) -> None:
    settings = HostSettings(
        hostname="web-1", port=22, user="ops", user_known_hosts=(tmp_path / "known_hosts",)
    )
    keys, refused = HostKeys(accept_new=True), list[HostKeyError]()
    judges = [keys.judge("cp-1", settings) for _ in range(16)]

    def show(number: int) -> None:
        try:
            judges[number].check(ONE if number % 2 else TWO)
        except HostKeyError as error:
            refused.append(error)

    threads = [threading.Thread(target=show, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len((tmp_path / "known_hosts").read_text().splitlines()) == 1
    assert len(refused) == 8


def test_a_new_key_that_cannot_be_kept_is_not_accepted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = HostSettings(
        hostname="web-1", port=22, user="o", user_known_hosts=(tmp_path / "file" / "known",)
    )
    with pytest.raises(HostKeyError, match="cannot be added"):
        HostKeys(accept_new=True).judge("cp-1", settings).check(ONE)


def test_a_file_is_parsed_once_for_all_hosts(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(line("web-1", ONE) + line("web-2", ONE))
    keys = HostKeys((path,))
    first = HostSettings(hostname="web-1", port=22, user="o")
    keys.judge("cp-1", first).check(ONE)
    path.write_text("")
    keys.judge("cp-2", replace(first, hostname="web-2")).check(ONE)
