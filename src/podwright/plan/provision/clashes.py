"""Finds what a declaration says twice, or in two ways, of one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from podwright.inventory.provisioning import NodeDeclaration
from podwright.inventory.provisioning_faults import Fault
from podwright.inventory.variables import NODE
from podwright.plan.provision.declared_items import Text, items_of, slashed
from podwright.plan.provision.item import ABSENT, Item, Kind

_SECTIONS = ("directories", "files", "users", "modules", "sysctls", "services", "kubelet")


def clashes(declaration: NodeDeclaration) -> Iterator[Fault]:
    yield from _of_places(declaration)
    yield from _of_names("sysctls", (name for name, _ in declaration.sysctls), slashed)
    yield from _of_names("services", (entry.name for entry in declaration.services), _unit)
    gone = {entry.name for entry in declaration.users if entry.state == ABSENT}
    for section, entries in (("files", declaration.files), ("directories", declaration.directories)):
        for entry in entries:
            if entry.state != ABSENT and entry.owner in gone:
                message = (
                    f"`{entry.path}` is to belong to `{entry.owner}`, who is to be absent (`{NODE}.users`)"
                )
                yield Fault((section, entry.path, "owner"), message, "give it another owner")


def _of_names(section: str, names: Iterable[str], meant: Callable[[str], str]) -> Iterator[Fault]:
    """One thing that is declared under two names."""
    known: dict[str, str] = {}
    for name in names:
        if other := known.get(meant(name)):
            message = f"`{name}` is `{other}` again, so it is declared twice in `{NODE}.{section}`"
            yield Fault((section, name), message, "leave one of them out", of_name=True)
        known.setdefault(meant(name), name)


def _unit(service: str) -> str:
    return service.removesuffix(".service")


def _of_places(declaration: NodeDeclaration) -> Iterator[Fault]:
    """A path that is declared twice, and what is to lie below a file or a folder that is to be gone."""
    known: dict[str, tuple[str, Item]] = {}
    for section in _SECTIONS:
        for item in _places(declaration, section):
            if (first := known.get(item.key, (section,))[0]) != section:
                where = f"in both `{NODE}.{first}` and `{NODE}.{section}`"
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
