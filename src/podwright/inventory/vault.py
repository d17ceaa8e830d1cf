"""Decrypts what `ansible-vault` encrypted, whole files and single values alike (formats 1.1 and 1.2, AES256)."""

from __future__ import annotations

import hmac
from binascii import unhexlify
from collections.abc import Callable, Sequence
from threading import Lock

from msgspec import Struct

from podwright.secret import Secret

HEADER = "$ANSIBLE_VAULT;"
_VERSIONS = ("1.1", "1.2")
_ROUNDS = 10_000
_KEY_BYTES, _BLOCK_BYTES = 32, 16
#: of Ansible, for what was encrypted without a label
DEFAULT_LABEL = "default"


class VaultError(Exception):
    """A text cannot be decrypted; the message completes `… cannot be decrypted: `."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class VaultPassword(Struct, frozen=True):
    """A password and the label (Ansible: vault id) that was given with it."""

    label: str
    password: Secret


class _Envelope(Struct, frozen=True):
    label: str
    salt: bytes
    signature: bytes
    ciphertext: bytes


class Vault:
    """Decrypts with the passwords that were given, which are asked for when something first needs one.

    With `only_matching` a text that has a label is tried with the passwords of that label alone.
    """

    def __init__(
        self, passwords: Callable[[], Sequence[VaultPassword]] = tuple, *, only_matching: bool = False
    ) -> None:
        self._ask = passwords
        self._only_matching = only_matching
        self._passwords: Sequence[VaultPassword] | None = None
        # values are opened on all cores, and a person is asked once
        self._asking = Lock()
        self._keys: dict[tuple[bytes, Secret], bytes] = {}

    def decrypt(self, text: str) -> str:
        """Raises VaultError, and what asking for passwords raises."""
        envelope = _envelope(text)
        candidates = self._candidates(envelope.label)
        for candidate in candidates:
            keys = self._derived(envelope.salt, candidate.password)
            if _is_signed(envelope, keys):
                return _plaintext(envelope, keys)
        label = (
            " without a label" if envelope.label == DEFAULT_LABEL else f" labelled `{envelope.label[:60]}`"
        )
        if candidates:
            hint = f"{_password_hint(envelope.label)} with the right one"
            raise VaultError(f"none of the given passwords fits this vault{label}", hint)
        # not `password` last: what follows a colon would be taken for one
        raise VaultError(f"there is no password for a vault{label}", _password_hint(envelope.label))

    def _candidates(self, label: str) -> list[VaultPassword]:
        """Those of the text's label first: each other costs as much time."""
        with self._asking:
            if self._passwords is None:
                self._passwords = self._ask()
        ordered = sorted(self._passwords, key=lambda known: known.label != label)
        return [known for known in ordered if known.label == label] if self._only_matching else ordered

    def _derived(self, salt: bytes, password: Secret) -> bytes:
        known = self._keys.get((salt, password))
        if known is None:
            # OpenSSL's own, which takes half of the time of `hashlib.pbkdf2_hmac` and is imported only here
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

            derive = PBKDF2HMAC(SHA256(), 2 * _KEY_BYTES + _BLOCK_BYTES, salt, _ROUNDS).derive
            known = derive(password.reveal().encode("utf-8", "surrogateescape"))
            self._keys[salt, password] = known
        return known


def is_encrypted(text: str) -> bool:
    return text.startswith(HEADER)


def _envelope(text: str) -> _Envelope:
    """The parts of the text: a header, and below it hex of three lines of hex."""
    header, *lines = text.split()
    fields = header.split(";")
    version, cipher = (*fields[1:], "", "")[:2]
    if version not in _VERSIONS or cipher != "AES256":
        written = ";".join(fields[:3])[:60]
        raise VaultError(
            f"`{written}` is not a format that is read here",
            "encrypt it again with `ansible-vault rekey`; 1.1 and 1.2 with AES256 are read",
        )
    try:
        salt, signature, ciphertext = map(unhexlify, unhexlify("".join(lines)).split(b"\n", 2))
    except ValueError as error:
        raise VaultError("it is damaged", "copy it again from where it was encrypted") from error
    return _Envelope(fields[3] if fields[3:] else DEFAULT_LABEL, salt, signature, ciphertext)


def _is_signed(envelope: _Envelope, keys: bytes) -> bool:
    signature = hmac.digest(keys[_KEY_BYTES : 2 * _KEY_BYTES], envelope.ciphertext, "sha256")
    return hmac.compare_digest(signature, envelope.signature)


def _plaintext(envelope: _Envelope, keys: bytes) -> str:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    mode = modes.CTR(keys[2 * _KEY_BYTES :])
    decryptor = Cipher(algorithms.AES(keys[:_KEY_BYTES]), mode).decryptor()
    padded = decryptor.update(envelope.ciphertext) + decryptor.finalize()
    unpadder = PKCS7(8 * _BLOCK_BYTES).unpadder()
    try:
        return (unpadder.update(padded) + unpadder.finalize()).decode()
    except ValueError as error:
        raise VaultError("what is in it is not UTF-8 text", "encrypt text, not a binary file") from error


def _password_hint(label: str) -> str:
    if label == DEFAULT_LABEL:
        return "give `--vault-password-file FILE` or `--ask-vault-pass`"
    return f"give `--vault-id {label[:60]}@FILE` or `--vault-id {label[:60]}@prompt`"
