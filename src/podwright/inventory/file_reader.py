"""The one door by which the bytes of an inventory's files come in: bounded, decrypted, and UTF-8."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct, field

from podwright.inventory.yaml_nodes import DocumentError
from podwright.problem import Place, Problem

Tags: TypeAlias = Mapping[str, Callable[[str, Place], object]]
Seal: TypeAlias = Callable[[Path, object], None]

MAX_FILE_BYTES = 32 << 20

_COMMENT = re.compile(rb"^[ \t]*[#;].*$", re.MULTILINE)


class LockedFileError(DocumentError):
    """A file is encrypted, and no password that we have fits."""


class FileReader(Struct, frozen=True):
    """Reads files of inventories and variables.

    `decrypt` is given the bytes of every file, and returns the plain ones or raises DocumentError. `tags` construct the
    values of YAML scalars with a tag of their own (`!vault`) from their text and place; they may raise DocumentError.
    `seal` is given each file's value, to put something else in the place of what was encrypted.
    """

    decrypt: Callable[[Path, bytes], bytes] = lambda _path, content: content
    tags: Tags = field(default_factory=dict)
    seal: Seal = lambda _path, _value: None

    def text(self, path: Path) -> str:
        """Raises OSError, and DocumentError for a file that is too large, encrypted or not UTF-8."""
        with path.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            message = f"the file is larger than {MAX_FILE_BYTES >> 20} MiB"
            raise DocumentError(Problem(message, "", Place(str(path))))
        return _decoded(path, self.decrypt(path, content))


def _decoded(path: Path, content: bytes) -> str:
    """The text; comments in another encoding are left out, as no value depends on them."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = _COMMENT.sub(b"", content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        place = Place(str(path), line, column)
        raise DocumentError(Problem("this is not UTF-8", "save the file as UTF-8", place)) from error
