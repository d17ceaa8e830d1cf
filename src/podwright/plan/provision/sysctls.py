"""Which file's value a sysctl has after a boot: the same one must not be set to something else later."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from podwright.plan.provision.items import SYSCTL_FILE
from podwright.plan.provision.seen import NodeFacts, NodeSeen, SysctlLine

#: of files of one name the first folder's counts (sysctl.d(5))
_FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
_LAST = "/etc/sysctl.conf"


def boot_value(lines: Iterable[SysctlLine], facts: NodeFacts) -> SysctlLine | None:
    """The line that wins at boot: by file name, the last; of one file the last line.

    systemd reads `/etc/sysctl.conf` only if a link in `/etc/sysctl.d` leads there; others read it after all the rest.
    """
    by_name: dict[str, tuple[int, list[SysctlLine]]] = {}
    last: SysctlLine | None = None
    for line in lines:
        folder, name = posixpath.split(line.file)
        if line.file == _LAST:
            last = line
            continue
        rank = _FOLDERS.index(folder) if folder in _FOLDERS else len(_FOLDERS)
        held, found = by_name.get(name, (rank, []))
        if rank < held:
            found = []
        if rank <= held:
            by_name[name] = (rank, [*found, line])
    if last and facts.init != "systemd":
        return last
    return by_name[max(by_name)][1][-1] if by_name else None


def beaten(sysctls: Iterable[tuple[str, str]], seen: NodeSeen) -> Iterator[str]:
    """A warning for each sysctl that another file sets to something else at boot, after ours."""
    for name, value in sysctls:
        others = [line for line in seen.sysctl_lines.get(name, ()) if line.file != SYSCTL_FILE]
        winner = boot_value([*others, SysctlLine(SYSCTL_FILE, value)], seen.facts)
        if winner and winner.value != value:
            yield (
                f"`{name}` is `{winner.value}` again after the next boot: `{winner.file}` is read after `{SYSCTL_FILE}`;"
                " take it out there, or declare that file in `podwright_node.files`"
            )
