"""Finds what a declaration says twice, or in two ways, of one place in the file system."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from podwright.inventory.provisioning import NodeDeclaration
from podwright.inventory.provisioning_faults import Fault
from podwright.inventory.variables import NODE
from podwright.plan.provision.item import ABSENT, Item, Kind
from podwright.plan.provision.items import Text, items_of

_SECTIONS = ("directories", "files", "users", "modules", "sysctls", "services", "kubelet")


def clashes(declaration: NodeDeclaration) -> Iterator[Fault]:
    """A path that is declared twice, and what is to lie below a file or a folder that is to be gone."""
    known: dict[str, tuple[str, Item]] = {}
    for section in _SECTIONS:
        for item in _places(declaration, section):
            if item.key in known:
                first = known[item.key][0]
                where = f"twice in `{NODE}.{section}`" if first == section else _both(first, section)
                yield _fault(section, item, f"`{item.key}` is declared {where}")
            known.setdefault(item.key, (section, item))
    for path, (section, item) in known.items():
        for folder in _above(path) if item.state != ABSENT else ():
            other, above = known.get(folder, ("", item))
            if other and (above.kind is Kind.FILE) is (above.state != ABSENT):
                what = "a file" if above.kind is Kind.FILE else "to be absent"
                message = (
                    f"`{path}` (`{NODE}.{section}`) lies below `{folder}`, which is {what} (`{NODE}.{other}`)"
                )
                yield _fault(section, item, message)


def _fault(section: str, item: Item, message: str) -> Fault:
    return Fault((section, item.key), message, "leave one of them out", of_name=True)


def _both(first: str, second: str) -> str:
    return f"in both `{NODE}.{first}` and `{NODE}.{second}`"


def _places(declaration: NodeDeclaration, section: str) -> Iterator[Item]:
    """The files and folders of a section; what makes a standalone kubelet gives way to what is declared."""
    value = getattr(declaration, section)
    if section == "kubelet" and value is not None:
        value = replace(value, standalone=False)
    texts = {entry.path: Text("", "") for entry in declaration.files}
    for item in items_of(NodeDeclaration(**{section: value}), texts):
        if item.kind in (Kind.FILE, Kind.DIRECTORY):
            yield item


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path
