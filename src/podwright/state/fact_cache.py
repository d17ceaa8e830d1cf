"""Facts that were gathered before, for templates: a file a node in the user's cache, for its owner alone."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from podwright.state.private_files import write_file

#: of one node; real ones have a few thousand bytes
MAX_BYTES = 1 << 20


class Remembered(Struct, frozen=True):
    """Values for templates by name, and how many seconds ago they were gathered."""

    values: Mapping[str, object]
    age: float


class FactCache(Struct, frozen=True):
    """Of the nodes of one inventory. `now` is Unix seconds."""

    folder: Path
    inventory: str
    now: float

    def known(self, node: str, most: float) -> Remembered | None:
        """What is not older than `most` seconds; what cannot be read is not there."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            with self._file(node).open("rb") as stream:
                document = json.loads(stream.read(MAX_BYTES + 1))
            age = self.now - float(document["gathered"])
            if 0 <= age <= most and document["node"] == node and isinstance(document["values"], dict):
                return Remembered(document["values"], age)
        return None

    def keep(self, node: str, values: Mapping[str, object]) -> None:
        """A cache that cannot be written is none."""
        text = json.dumps({"node": node, "gathered": self.now, "values": values})
        if len(text) <= MAX_BYTES:
            with suppress(OSError):
                write_file(self._file(node), text)

    def _file(self, node: str) -> Path:
        digest = hashlib.sha256(f"{self.inventory}\0{node}".encode("utf-8", "surrogateescape")).hexdigest()
        return self.folder / f"{digest[:32]}.json"


def facts_folder(home: Path) -> Path:
    """XDG base directory specification."""
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "podwright" / "facts"
