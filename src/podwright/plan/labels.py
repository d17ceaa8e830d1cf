"""SELinux labels of manifest files, as a node shows them."""

from __future__ import annotations

from msgspec import Struct


class FileLabel(Struct, frozen=True):
    """The SELinux label of a file and the one that it should have; empty: not known."""

    name: str
    label: str
    wanted: str

    @property
    def wrong(self) -> bool:
        """Its type alone decides who may read it: user and role are of whoever made it."""
        return bool(self.label and self.wanted) and self.label.split(":")[2] != self.wanted.split(":")[2]
