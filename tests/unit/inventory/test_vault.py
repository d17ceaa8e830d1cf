"""What `ansible-vault` encrypted (tests/recorded/vault, by ansible-core 2.19) is decrypted, or it is said why not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from podwright.inventory.vault import Vault, VaultError, VaultPassword, is_encrypted
from podwright.secret import Secret

ENCRYPTED = Path(__file__).resolve().parents[2] / "recorded" / "vault"
PW1, PW2, PW3 = (("default", "pw1"), ("prod", "pw2"), ("lab", "pä ss"))


def vault(*passwords: tuple[str, str], only_matching: bool = False) -> Vault:
    known = tuple(VaultPassword(label, Secret(password)) for label, password in passwords)
    return Vault(lambda: known, only_matching=only_matching)


def text(name: str) -> str:
    return (ENCRYPTED / f"{name}.yml").read_text()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("default", "db_password: pässwörd\nport: 5432\n"),
        ("prod", "db_password: of prod\n"),
        ("spaces", "spaces in the password\n"),
        ("empty", ""),
        ("long", "x" * 3000),
    ],
)
def test_what_ansible_vault_encrypted_is_decrypted_with_whichever_password_fits(name, expected):
    assert is_encrypted(text(name))
    assert vault(PW2, PW3, PW1).decrypt(text(name)) == expected
    # as `!vault |` hands it on
    assert vault(PW1, PW2, PW3).decrypt("  " + text(name).replace("\n", "\r\n  ")) == expected


def test_a_label_is_a_hint_unless_it_must_match():
    mislabelled = ("other", "pw2")
    assert vault(PW1, mislabelled).decrypt(text("prod")) == "db_password: of prod\n"
    with pytest.raises(VaultError, match="there is no password for a vault labelled `prod`"):
        vault(PW1, mislabelled, only_matching=True).decrypt(text("prod"))


@pytest.mark.parametrize(
    ("passwords", "message", "hint"),
    [
        ([], "there is no password for a vault labelled `prod`", "give `--vault-id prod@FILE`"),
        ([PW1], "none of the given passwords fits this vault labelled `prod`", "give `--vault-id prod@FILE`"),
    ],
)
def test_a_missing_or_wrong_password_is_said_with_the_label(passwords, message, hint):
    with pytest.raises(VaultError) as caught:
        vault(*passwords).decrypt(text("prod"))
    assert caught.value.message == message
    assert caught.value.hint.startswith(hint)


def test_without_a_label_any_password_is_asked_for():
    with pytest.raises(VaultError) as caught:
        vault().decrypt(text("default"))
    assert str(caught.value) == "there is no password for a vault without a label"
    assert caught.value.hint == "give `--vault-password-file FILE` or `--ask-vault-pass`"


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("$ANSIBLE_VAULT;1.0;AES\n6162\n", "`$ANSIBLE_VAULT;1.0;AES` is not a format that is read here"),
        ("$ANSIBLE_VAULT;1.1;ROT13\n6162\n", "`$ANSIBLE_VAULT;1.1;ROT13` is not a format"),
        ("$ANSIBLE_VAULT;\n", "`$ANSIBLE_VAULT;` is not a format"),
        ("$ANSIBLE_VAULT;1.1;AES256\n6162636465666768\n3031323334\n", "it is damaged"),
        ("$ANSIBLE_VAULT;1.1;AES256\nno hex\n", "it is damaged"),
        ("$ANSIBLE_VAULT;1.1;AES256\n", "it is damaged"),
        (text("long")[:-100], "it is damaged"),
        (text("long").rstrip()[:-1] + "1", "none of the given passwords fits"),
        (text("binary"), "what is in it is not UTF-8 text"),
    ],
)
def test_what_is_no_such_text_is_said(broken, message):
    with pytest.raises(VaultError) as caught:
        vault(PW1).decrypt(broken)
    assert str(caught.value).startswith(message)


def test_passwords_are_asked_for_once_and_only_when_one_is_needed():
    asked = []

    def ask() -> tuple[VaultPassword, ...]:
        asked.append(1)
        return (VaultPassword("default", Secret("pw1")),)

    lazy = Vault(ask)
    assert asked == []
    for _ in range(2):
        assert lazy.decrypt(text("empty")) == ""
    assert asked == [1]


def test_the_keys_of_equal_texts_are_derived_once(monkeypatch):
    from cryptography.hazmat.primitives.kdf import pbkdf2

    derived = []
    real = pbkdf2.PBKDF2HMAC

    def counted(*arguments):
        derived.append(1)
        return real(*arguments)

    monkeypatch.setattr(pbkdf2, "PBKDF2HMAC", counted)
    known = vault(PW1)
    assert known.decrypt(text("default")) == known.decrypt(text("default"))
    assert derived == [1]


def test_a_person_is_asked_once_although_many_threads_decrypt():
    asked = []

    def ask() -> tuple[VaultPassword, ...]:
        asked.append(1)
        time.sleep(0.2)
        return (VaultPassword("default", Secret("pw1")),)

    known = Vault(ask)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(known.decrypt, [text("empty")] * 4)) == [""] * 4
    assert asked == [1]
