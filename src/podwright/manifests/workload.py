"""What a manifest is of: a template, one of its instances, one of its slots; and the one way from there to a file name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

SUFFIX = ".yaml"
#: by these names a file is meant to be a manifest; the kubelet reads any other too that does not begin with a dot
MANIFEST_SUFFIXES = (SUFFIX, ".yml", ".json")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_INSTANCE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SLOT = re.compile(r"\+2(?=\.yaml$)")
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

    @property
    def pod_suffix(self) -> str:
        """What its pod's name has beyond the template's, so that the pods of both slots can run side by side."""
        return f"-slot{self.slot}" if self.slot > 1 else ""

    @property
    def slots(self) -> tuple[Self, Self]:
        """It in each of its places."""
        return replace(self, slot=1), replace(self, slot=2)

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


def whatever_slot(file_name: str) -> str:
    """The file of a workload's first slot, given that of any."""
    return _SLOT.sub("", file_name)


def is_of(file_name: str, names: Iterable[str]) -> bool:
    """Whether it is the file of one of these static pods, or of an instance of one, in either slot."""
    first = whatever_slot(file_name)
    return any(first == f"{name}{SUFFIX}" or first.startswith(f"{name}.") for name in names)


def in_both_slots(file_names: Iterable[str]) -> tuple[str, ...]:
    """With the file that each workload's other slot has."""
    return tuple(
        name
        for first in dict.fromkeys(map(whatever_slot, file_names))
        for name in (first, f"{first.removesuffix(SUFFIX)}+2{SUFFIX}")
    )
