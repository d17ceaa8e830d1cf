"""Whether a kernel takes a value, and which file's a sysctl has after a boot: none must set it to something else later."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from podwright.inventory.sysctl_ranges import NUMBERS
from podwright.lazy_pattern import lazy_pattern
from podwright.plan.provision.declared_items import SYSCTL_FILE
from podwright.plan.provision.observed import NodeFacts, NodeSeen, SysctlLine
from podwright.plan.reasons import Conflict, Reason, because

#: of files of one name the first folder's counts (sysctl.d(5))
_FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
_LAST = "/etc/sysctl.conf"
#: what may look like a number, and is a list, a mask or a name
_TEXTS = lazy_pattern(r".*(mask|bitmap|cpus|ports|hostname|domainname|pattern|_key|dump_on_oops|status)")
#: values that the kernel never takes back
_LATCHED: Mapping[str, str] = {
    "kernel.kexec_load_disabled": "1",
    "kernel.modules_disabled": "1",
    "kernel.unprivileged_bpf_disabled": "1",
    "kernel.yama.ptrace_scope": "3",
}


def refusals(name: str, now: str, wanted: str) -> Iterator[Reason[Conflict]]:
    """Why this kernel would not take it, by what it shows now."""
    if now and now == _LATCHED.get(name.replace("/", ".")):
        yield because(Conflict.SYSCTL_STAYS, name=name, what=now)
    elif NUMBERS.fullmatch(now) and not _TEXTS.fullmatch(name) and not _alike(now, wanted):
        yield because(Conflict.SYSCTL_NUMBERS, name=name, what=now, wanted=wanted)


def _alike(now: str, wanted: str) -> bool:
    """Whether both are as many numbers."""
    return NUMBERS.fullmatch(wanted) is not None and wanted.count(" ") == now.count(" ")


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
