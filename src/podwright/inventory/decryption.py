"""Reads the files of an inventory that are encrypted, in whole or in part; what was encrypted stays sealed."""

from __future__ import annotations

from pathlib import Path

from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.errors import ExpressionError
from podwright.expressions.inventory_text import Literal
from podwright.inventory.file_reader import FileReader, LockedFileError
from podwright.inventory.sops import is_sops, seal_sops
from podwright.inventory.variables import COMMON_VERSION, LISTS, STATIC_PODS, VARIABLES
from podwright.inventory.vault import HEADER, Vault, VaultError
from podwright.problem import Place, Problem

#: what decides about nodes is shown in plans and reports; only passwords among it are secrets
_SHOWN = {name for name, variable in VARIABLES.items() if not variable.kind.secret} | {
    STATIC_PODS, *LISTS, COMMON_VERSION, "ansible_group_priority", "hosts", "children",
}  # fmt: skip


def decrypting_reader(vault: Vault) -> FileReader:
    """Return a reader that opens what `vault` has passwords for, and leaves values to be opened when they are used."""
    decryption = _Decryption(vault)
    tags = dict.fromkeys(("!vault", "!vault-encrypted"), decryption.value)
    return FileReader(decryption.content, tags, decryption.seal)


class _Decryption:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._opened: set[Path] = set()

    def content(self, path: Path, content: bytes) -> bytes:
        """The plain content of a file. Raises LockedFileError."""
        if not content.startswith(HEADER.encode()):
            return content
        try:
            plain = self._vault.decrypt(content.decode("utf-8", "replace"))
        except VaultError as error:
            message = f"ansible-vault encrypted this file, and it cannot be decrypted: {error.message}"
            raise LockedFileError(Problem(message, error.hint, Place(str(path)))) from error
        self._opened.add(path)
        return plain.encode()

    def value(self, text: str, place: Place) -> Sealed:
        """The value under `!vault`; it is text, and never a template, as in Ansible."""

        def opened() -> Literal:
            try:
                return Literal(self._vault.decrypt(text.strip()))
            except VaultError as error:
                message = f"a value under `!vault` cannot be decrypted: {error.message}"
                raise ExpressionError(message, error.hint, place) from error

        return Sealed(opened, text)

    def seal(self, path: Path, value: object) -> None:
        """Seal, in place, what was encrypted in the value of a file."""
        if isinstance(value, dict) and is_sops(value):
            seal_sops(path, value)
        elif path in self._opened:
            _seal_all(value)


def _seal_all(value: object) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in tuple(items):
        if key in _SHOWN or item is None or isinstance(item, bool | Sealed):
            continue
        if isinstance(item, dict | list):
            _seal_all(item)
        else:
            value[key] = _known(item)  # type: ignore[index]  # it has items, so it is a dict or a list


def _known(item: object) -> Sealed:
    return Sealed(lambda: item)
