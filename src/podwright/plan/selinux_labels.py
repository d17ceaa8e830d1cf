"""SELinux labels of manifest files, as a node shows them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from podwright.plan.reasons import Difference, Kind, Reason, because


class FileLabel(Struct, frozen=True):
    """The SELinux label of a file and the one that it should have; empty: not known."""

    name: str
    label: str
    wanted: str

    @property
    def wrong(self) -> bool:
        """Its type alone decides who may read it: user and role are of whoever made it."""
        return bool(self.label and self.wanted) and self.label.split(":")[2] != self.wanted.split(":")[2]


def difference_of_label(name: str, labels: Iterable[FileLabel]) -> Reason[Difference] | None:
    """Why a file of this name is written again whose content is as it should be."""
    label = next((one for one in labels if one.name == name and one.wrong), None)
    return because(Difference.LABEL, label=label.label, wanted=label.wanted) if label else None


def label_wanted(why: Reason[Kind] | None) -> str:
    """The label that a file is written for; empty if that is not why."""
    return str(dict(why.data)["wanted"]) if why and why.kind is Difference.LABEL else ""
