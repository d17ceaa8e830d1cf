"""Makes the things that a declaration asks for, in the order in which they are changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from podwright.inventory.provisioning import (
    DirectoryEntry,
    FileEntry,
    KubeletEntry,
    NodeDeclaration,
    PackageEntry,
    ServiceEntry,
    UserEntry,
)
from podwright.plan.provision import standalone
from podwright.plan.provision.item import ABSENT, Item, Kind
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.provision.mark import marked

SYSCTL_FILE = "/etc/sysctl.d/90-podwright.conf"
MODULES_FILE = "/etc/modules-load.d/podwright.conf"
#: what tells package managers where packages come from, and whom to trust
_PACKAGE_SOURCES = (
    *("/etc/apt/", "/usr/share/keyrings/", "/etc/yum.repos.d/", "/etc/dnf/", "/etc/pki/rpm-gpg/"),
    *("/etc/zypp/", "/etc/apk/"),
)
_DROP_IN = "90-podwright.conf"


class Text(Struct, frozen=True):
    """A file's text before our mark, and where in the site it comes from."""

    text: str
    source: str


def items_of(declaration: NodeDeclaration, texts: Mapping[str, Text]) -> tuple[Item, ...]:
    """Folders before files, files before what reads them, packages before what needs their users or services.

    `texts` are those of the declared files that are to be there.
    """
    files = tuple(file_item(entry, texts.get(entry.path)) for entry in declaration.files)
    sources = tuple(item for item in files if item.key.startswith(_PACKAGE_SOURCES))
    return (
        *sources,
        *map(_package, declaration.packages),
        *(item for entry in declaration.users for item in _user(entry)),
        *(_directory(entry) for entry in declaration.directories if entry.state != ABSENT),
        *(item for item in files if item not in sources),
        *map(_directory, _emptied(declaration.directories)),
        *_own_files(declaration),
        *(Item(Kind.MODULE, name, "loaded") for name in declaration.modules),
        *(Item(Kind.SYSCTL, name, value) for name, value in declaration.sysctls),
        *_swap(declaration),
        *filter(None, map(_service, declaration.services)),
        *(() if declaration.time is None else (_time(declaration.time),)),
        *(() if declaration.kubelet is None else (_kubelet(declaration.kubelet),)),
    )


def _emptied(entries: Iterable[DirectoryEntry]) -> list[DirectoryEntry]:
    """Folders that are to go do so once what is declared in them has gone, the deepest first."""
    gone = (entry for entry in entries if entry.state == ABSENT)
    return sorted(gone, key=lambda entry: entry.path.count("/"), reverse=True)


def slashed(sysctl: str) -> str:
    """Its path below /proc/sys."""
    return sysctl if "/" in sysctl else sysctl.replace(".", "/")


def _package(entry: PackageEntry) -> Item:
    """The fields that are declared, beside that it is there."""
    fields = {"version": entry.version, "hold": "" if entry.hold is None else _word(entry.hold)}
    given = {name: value for name, value in fields.items() if value}
    state = " ".join(("present", *(f"{name}={value}" for name, value in given.items())))
    asks = (" ".join(given), entry.version)
    return Item(Kind.PACKAGE, entry.name, ABSENT if entry.state == ABSENT else state, asks=asks)


def _user(entry: UserEntry) -> Iterator[Item]:
    """Root owns its home: who logs in there cannot lead astray what is written there."""
    home = f"/home/{entry.name}"
    absent = entry.state == ABSENT
    login = [f"user home={home} shell={entry.shell}"]
    if entry.groups is not None:
        login.append(f"groups={','.join(sorted(set(entry.groups)))}")
    user = Item(
        Kind.USER,
        entry.name,
        ABSENT if absent else " ".join(login),
        asks=("groups" if absent or entry.groups is not None else "",),
    )
    presence = "absent" if absent else "present"
    folders = (
        _directory(DirectoryEntry(home, presence), of_login=entry.name),
        _directory(DirectoryEntry(f"{home}/.ssh", presence)),
    )
    rule = f'{entry.name} ALL=(root) NOPASSWD: /bin/sh ""\n' if entry.sudo else ""
    files = (
        _login_file(f"{home}/.ssh/authorized_keys", "".join(f"{key}\n" for key in entry.keys), entry, "644"),
        _login_file(f"/etc/sudoers.d/podwright-{entry.name}", rule, entry, "440"),
    )
    items = (user, *folders, *files)
    yield from reversed(items) if absent else items


def _login_file(path: str, text: str, entry: UserEntry, mode: str) -> Item:
    source = Text(text, f"podwright_node.users.{entry.name}") if text else None
    return file_item(FileEntry(path, mode=mode), source)


def _time(servers: tuple[str, ...]) -> Item:
    """With the texts of our own file for those who can read one beside their own."""
    state = "time enabled=yes started=yes alone=yes"
    if not servers:
        return Item(Kind.TIME, "sync", state, asks=("", ""))
    texts = (f"[Time]\nNTP={' '.join(servers)}\n", "".join(f"server {name} iburst\n" for name in servers))
    asks = tuple(marked(text, "podwright_node.time", "#") for text in texts)
    return Item(Kind.TIME, "sync", f"{state} servers=current", asks=asks)


def _directory(entry: DirectoryEntry, of_login: str = "") -> Item:
    """A login's home is another's unless its record tells that podwright made the login."""
    state = ABSENT if entry.state == ABSENT else f"directory {_rights(entry)}"
    return Item(Kind.DIRECTORY, entry.path, state, asks=(of_login,) if of_login else ())


def file_item(entry: FileEntry, text: Text | None) -> Item:
    """Without a text it is to be absent."""
    if entry.state == ABSENT or text is None:
        return Item(Kind.FILE, entry.path, ABSENT)
    whole = marked(text.text, text.source, entry.comment)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return Item(Kind.FILE, entry.path, f"file {digest} {_rights(entry)}", whole)


def _rights(entry: FileEntry | DirectoryEntry) -> str:
    """`MODE OWNER:GROUP`, and a label if one is asked for."""
    return " ".join(filter(None, (entry.mode, f"{entry.owner}:{entry.group}", entry.label)))


def _own_files(declaration: NodeDeclaration) -> Iterator[Item]:
    """What makes the kernel's settings last over a boot, and drop-ins of units."""
    if declaration.modules:
        yield _own(MODULES_FILE, "".join(f"{name}\n" for name in declaration.modules), "modules")
    if declaration.sysctls:
        lines = "".join(f"{name} = {value}\n" for name, value in declaration.sysctls)
        yield _own(SYSCTL_FILE, lines, "sysctls")
    for entry in declaration.services:
        if entry.drop_in is not None:
            yield _own(drop_in_of(entry.name), entry.drop_in, f"services.{entry.name}")
    if declaration.kubelet is not None:
        if declaration.kubelet.standalone:
            yield from _standalone(declaration, declaration.kubelet)
        text = Text(_configuration(declaration.kubelet), "podwright_node.kubelet")
        yield file_item(FileEntry(_kubelet_file(declaration.kubelet), mode="600"), text)


def _own(path: str, text: str, section: str) -> Item:
    return file_item(FileEntry(path), Text(text, f"podwright_node.{section}"))


def drop_in_of(service: str) -> str:
    unit = service if "." in service else f"{service}.service"
    return f"/etc/systemd/system/{unit}.d/{_DROP_IN}"


def _swap(declaration: NodeDeclaration) -> Iterator[Item]:
    if declaration.swap_off:
        yield Item(Kind.SWAP, "fstab", "off")
        yield Item(Kind.SWAP, "now", "off")


def _service(entry: ServiceEntry) -> Item | None:
    """The fields that are declared, and that a drop-in was read; nothing else of a service counts."""
    watched = (*((drop_in_of(entry.name),) if entry.drop_in is not None else ()), *entry.restart_for)
    fields = [
        *([] if entry.enabled is None else [f"enabled={_word(entry.enabled)}"]),
        *([] if entry.started is None else [f"started={_word(entry.started)}"]),
        *(["current=yes"] if watched else []),
    ]
    if not fields:
        return None
    names = " ".join(field.partition("=")[0] for field in fields)
    return Item(Kind.SERVICE, entry.name, " ".join(fields), asks=(names, *watched))


def _word(truth: bool) -> str:
    return "yes" if truth else "no"


def _kubelet_file(entry: KubeletEntry) -> str:
    return f"{entry.config_dir}/{_DROP_IN}"


def _configuration(entry: KubeletEntry) -> str:
    """JSON, which is YAML too and leaves no doubt about what a text is."""
    document = {**standalone.KIND, **entry.settings, **standalone.KIND}
    return json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n"


def _kubelet(entry: KubeletEntry) -> Item:
    own = entry.standalone
    asks = KubeletAsks(
        entry.config_dir,
        _kubelet_file(entry),
        str(entry.soak),
        standalone.static_pods_of(entry) if own else str(entry.settings.get("staticPodPath") or ""),
        entry.program if own else "",
        standalone.MAIN if own else "",
        entry.runtime if own else "",
    )
    return Item(Kind.KUBELET, entry.service, "current=yes", asks=asks.words)


def _standalone(declaration: NodeDeclaration, entry: KubeletEntry) -> Iterator[Item]:
    """Beside its settings and itself: what is declared under its own name stands as it is."""
    declared = {*(one.path for one in declaration.directories), *(one.path for one in declaration.files)}
    for path in standalone.folders(entry):
        if path not in declared:
            yield _directory(DirectoryEntry(path, mode="700"))
    for path, mode, text in standalone.files(entry):
        if path not in declared:
            yield file_item(FileEntry(path, mode=mode), Text(text, "podwright_node.kubelet"))
    if entry.service not in {one.name for one in declaration.services}:
        yield Item(Kind.SERVICE, entry.service, "enabled=yes", asks=("enabled",))
