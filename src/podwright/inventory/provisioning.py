"""Reads `podwright_node`: what a node is to have beside its pods; docs/provision.md shows all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field


class FileEntry(Struct, frozen=True):
    """A file that is to be there or not; its text is `content`, or a `template`, or a file of the site (`source`)."""

    path: str
    state: str = "present"
    content: str | None = None
    template: str = ""
    source: str = ""
    comment: str = "#"
    mode: str = "644"
    owner: str = "root"
    group: str = "root"
    label: str = ""


class DirectoryEntry(Struct, frozen=True):
    """A folder that is to be there or not."""

    path: str
    state: str = "present"
    mode: str = "755"
    owner: str = "root"
    group: str = "root"
    label: str = ""


class ServiceEntry(Struct, frozen=True):
    """What a service is to be; None: as it is. It is restarted if it is older than a file of `restart_for`."""

    name: str
    enabled: bool | None = None
    started: bool | None = None
    restart_for: tuple[str, ...] = ()
    drop_in: str | None = None


class KubeletEntry(Struct, frozen=True):
    """Fields of its configuration, as a drop-in of the folder that it reads; it restarts when they change.

    A `standalone` one is made of its `program`, and uses the `runtime` of that socket.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    config_dir: str = "/etc/kubernetes/kubelet.conf.d"
    service: str = "kubelet"
    soak: int = 10
    standalone: bool = False
    program: str = "/usr/bin/kubelet"
    runtime: str = "unix:///run/containerd/containerd.sock"


class PackageEntry(Struct, frozen=True):
    """A package that is to be there or not, at a version if one is given; None: held or not, as it is."""

    name: str
    state: str = "present"
    version: str = ""
    hold: bool | None = None


class UserEntry(Struct, frozen=True):
    """A login that podwright makes, or that is to be gone; None: in whatever groups it is."""

    name: str
    state: str = "present"
    keys: tuple[str, ...] = ()
    sudo: bool = False
    shell: str = "/bin/sh"
    groups: tuple[str, ...] | None = None


class NodeDeclaration(Struct, frozen=True):
    """All that `podwright_node` says of one node."""

    packages: tuple[PackageEntry, ...] = ()
    users: tuple[UserEntry, ...] = ()
    files: tuple[FileEntry, ...] = ()
    directories: tuple[DirectoryEntry, ...] = ()
    sysctls: tuple[tuple[str, str], ...] = ()
    modules: tuple[str, ...] = ()
    swap_off: bool = False
    services: tuple[ServiceEntry, ...] = ()
    kubelet: KubeletEntry | None = None
    #: servers that its clock follows; None: who keeps its time is not our concern
    time: tuple[str, ...] | None = None


def declared(value: object) -> NodeDeclaration:
    """What a value that has no problem says."""
    written = written_out(mapping_of(value))
    return NodeDeclaration(
        packages=tuple(PackageEntry(name, **entry) for name, entry in _each(written, "packages")),
        users=tuple(UserEntry(name, **_tuples(entry)) for name, entry in _each(written, "users")),
        files=tuple(FileEntry(path, **_owned(entry)) for path, entry in _each(written, "files")),
        directories=tuple(
            DirectoryEntry(path, **_owned(entry)) for path, entry in _each(written, "directories")
        ),
        sysctls=tuple((name, " ".join(text.split())) for name, text in _each(written, "sysctls")),
        modules=tuple(dict.fromkeys(written.get("modules") or ())),
        swap_off=written.get("swap") == "off",
        services=tuple(
            ServiceEntry(name, **{**entry, "restart_for": tuple(entry.get("restart_for", ()))})
            for name, entry in _each(written, "services")
        ),
        time=tuple(mapping_of(written["time"]).get("servers", ())) if "time" in written else None,
        kubelet=KubeletEntry(**written["kubelet"]) if "kubelet" in written else None,
    )


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _owned(entry: Mapping[str, Any]) -> dict[str, Any]:
    mode = {"mode": entry["mode"].removeprefix("0")} if "mode" in entry else {}
    return {**entry, **mode}


def _each(written: Mapping[str, Any], section: str) -> Iterator[tuple[str, Any]]:
    yield from mapping_of(written.get(section)).items()


def mapping_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def written_out(value: Mapping[str, Any]) -> dict[str, Any]:
    """With each short form written out: a state for a mapping, a number for its text, `off` that YAML reads as false."""
    result = dict(value)
    if isinstance(names := result.get("packages"), list) and all(isinstance(name, str) for name in names):
        result["packages"] = dict.fromkeys(names)
    for section, long in _LONG.items():
        if isinstance(result.get(section), Mapping):
            result[section] = {name: long(entry) for name, entry in result[section].items()}
    if result.get("swap") is False:
        result["swap"] = "off"
    return {name: entry for name, entry in result.items() if entry is not None}


def _state(entry: object) -> object:
    if entry is None:
        return {}
    return {"state": entry} if isinstance(entry, str) else entry


def _text(entry: object) -> object:
    return str(entry) if isinstance(entry, int | float) and not isinstance(entry, bool) else entry


_LONG: Mapping[str, Callable[[object], object]] = {
    "packages": _state,
    "users": _state,
    "files": _state,
    "directories": _state,
    "sysctls": _text,
}
