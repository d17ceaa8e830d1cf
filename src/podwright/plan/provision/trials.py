"""Which changes the node's own programs can judge beforehand: what sudo, sshd and the kubelet read, and units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from podwright.lazy_pattern import lazy_pattern
from podwright.plan.changes import Action, Change
from podwright.plan.provision.item import Kind, Thing
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.provision.observed import NodeSeen
from podwright.plan.reasons import Conflict

#: sudo reads no file whose name has a dot, or ends in `~`
_SUDOERS = lazy_pattern(r"/etc/sudoers(\.d/[^/.]*[^/.~])?")
_SSHD = lazy_pattern(r"/etc/ssh/sshd_config(\.d/[^/]+\.conf)?")
_UNIT = lazy_pattern(r"/etc/systemd/system/(?P<unit>[^/]+?)(\.d/[^/]+\.conf)?")
#: before a service that begins again if it runs
_IF_ACTIVE = "if-active:"


class Trial(Struct, frozen=True):
    """`thing` is what a refusal stops; `program` and `arguments` are for the node's program."""

    thing: str
    program: str
    arguments: tuple[str, ...]
    refusal: Conflict


class Trials(Struct, frozen=True):
    """`texts` are files as they will be, empty if they will not."""

    texts: Mapping[str, str]
    trials: tuple[Trial, ...]


def trials_of(changes: Iterable[Change[Thing]], node: NodeSeen) -> Trials:
    """None of a node whose login could not make the folder for it."""
    if node.facts.login:
        return Trials({}, ())
    pending = [change for change in changes if change.pending]
    files = {change.subject.item.key: change.subject.item for change in pending if _is_file(change)}
    trials = tuple(_trials(pending, node, first_of_sshd=next(filter(_SSHD.fullmatch, files), "")))
    asked = {trial.arguments[0].removeprefix(_IF_ACTIVE) for trial in trials if trial.program == "unit"}
    read = {path for trial in trials if trial.program == "kubelet" for path in trial.arguments[:2]}
    texts = {path: item.text for path, item in files.items() if path in read or _is_tried(path, asked)}
    return Trials(texts if trials else {}, trials)


def with_refusals(node: NodeSeen, refused: Iterable[tuple[Trial, str]]) -> NodeSeen:
    things = dict(node.things)
    for trial, complaint in refused:
        seen = things[trial.thing]
        things[trial.thing] = replace(seen, lacks=(*seen.lacks, (trial.refusal, complaint)))
    return replace(node, things=things)


def _is_file(change: Change[Thing]) -> bool:
    return change.subject.item.kind is Kind.FILE


def _trials(pending: list[Change[Thing]], node: NodeSeen, *, first_of_sshd: str) -> Iterator[Trial]:
    gone = {change.subject.item.key for change in pending if change.action is Action.DELETE}
    for change in pending:
        item = change.subject.item
        if item.kind is Kind.FILE:
            if item.key == first_of_sshd:
                yield Trial(item.name, "sshd", (), Conflict.REFUSED_TEXT)
            elif change.action is not Action.DELETE and _SUDOERS.fullmatch(item.key):
                yield Trial(item.name, "sudoers", (item.key,), Conflict.REFUSED_TEXT)
        elif item.kind is Kind.SERVICE and node.facts.init == "systemd" and item.is_restarted:
            if any(f"/etc/systemd/system/{unit}" in gone for unit in _units(item.key)):
                # what it falls back on was not seen
                continue
            begins = "" if "started=yes" in item.state else _IF_ACTIVE
            yield Trial(item.name, "unit", (f"{begins}{item.key}",), Conflict.BAD_UNIT)
        elif item.kind is Kind.KUBELET:
            asks = KubeletAsks(*item.asks)
            words = (asks.file, asks.main, item.key, *item.asks)
            yield Trial(item.name, "kubelet", words, Conflict.REFUSED_SETTINGS)


def _is_tried(path: str, services: set[str]) -> bool:
    """Whether it is read by one of the trials."""
    if _SUDOERS.fullmatch(path) or _SSHD.fullmatch(path):
        return True
    found = _UNIT.fullmatch(path)
    return found is not None and any(found["unit"] in _units(service) for service in services)


def _units(service: str) -> tuple[str, ...]:
    """Its unit, and the template of that."""
    unit = service if "." in service else f"{service}.service"
    name, at, rest = unit.partition("@")
    return (unit, f"{name}@.{rest.rpartition('.')[2]}") if at else (unit,)
