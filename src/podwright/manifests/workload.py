"""What a manifest is of: a template, one of its instances, one of its slots; and the one way from there to a file name."""

from __future__ import annotations

import re
from typing import Self

from msgspec import Struct

SUFFIX = ".yaml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_INSTANCE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_WRITTEN = re.compile(
    rf"(?P<name>{_NAME.pattern})(?:/(?P<instance>{_INSTANCE.pattern}))?(?:\+(?P<slot>[2-9]))?"
)


class Workload(Struct, frozen=True, order=True):
    """One static pod of a node, as the site names it.

    `instance` tells several pods of one template on a node apart; `slot` is one of the places (1, 2) that an update
    without a gap alternates between. `str()` is the form that the stamp records.
    """

    template: str
    instance: str = ""
    slot: int = 1

    @property
    def file_name(self) -> str:
        """Its file in a manifest folder, for ever: the path is part of the pod's uid.

        The second slot's `+` can stand in no template's or instance's name.
        """
        instance = f".{self.instance}" if self.instance else ""
        slot = f"+{self.slot}" if self.slot > 1 else ""
        return f"{self.template}{instance}{slot}{SUFFIX}"

    def __str__(self) -> str:
        instance = f"/{self.instance}" if self.instance else ""
        slot = f"+{self.slot}" if self.slot > 1 else ""
        return f"{self.template}{instance}{slot}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The workload that a stamp records; None for text of another form."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            return None
        return cls(match["name"], match["instance"] or "", int(match["slot"] or 1))

    @classmethod
    def named(cls, name: str) -> Self | None:
        """The workload of a template that a person names, with or without `.yaml`; None if it cannot be one.

        A name that starts with a dot is one the kubelet does not read; what a shell or a glob could misread is refused.
        """
        template = name.removesuffix(SUFFIX)
        return cls(template) if _NAME.fullmatch(template) else None
