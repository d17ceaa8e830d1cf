"""Which file sets a sysctl, which of them wins at boot, and whether the value that is in force now will be there then."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from podwright.plan.facts import Sysctl
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.facts_files import Texts

#: in the order of precedence: of two files of one name the first folder's counts
FOLDERS = ("etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d")
#: what the kubelet sets at its start unless it is to protect the kernel's defaults
OF_KUBELET = {
    "vm.overcommit_memory": "1",
    "vm.panic_on_oom": "0",
    "kernel.panic": "10",
    "kernel.panic_on_oops": "1",
    "kernel.keys.root_maxkeys": "1000000",
    "kernel.keys.root_maxbytes": "25000000",
}
_LIVE = "proc/sys/"
_OTHERS = tuple(f"{_LIVE}kernel/{name}" for name in ("hostname", "osrelease", "arch", "random"))
#: counters, which nobody sets
_COUNTERS = ("net.netfilter.nf_conntrack_count",)

_Line = tuple[str, str, str]


def sysctls_of(texts: Texts, init: Known[str]) -> Mapping[str, Sysctl]:
    """Every sysctl that is looked at and has a value, or that a file sets."""
    lines: dict[str, list[_Line]] = {}
    for line in _lines(texts, init):
        lines.setdefault(line[1], []).append(line)
    patterns = [name for name in lines if "*" in name or "[" in name or "?" in name]
    return {
        name: _sysctl(name, texts.word(path), lines.get(name, []), _fitting(name, patterns, lines), texts)
        for path in texts.matching(_LIVE)
        if not path.startswith(_OTHERS)
        if (name := path.removeprefix(_LIVE).replace("/", ".")) not in _COUNTERS
    }


def _lines(texts: Texts, init: Known[str]) -> list[_Line]:
    """`(file, name, value)` in the order in which they are applied."""
    found: list[_Line] = []
    for path in _files(texts, init):
        for line in texts.of(path):
            name, equals, value = line.partition("=")
            name = name.strip().removeprefix("-").strip()
            if equals and name and name[0] not in "#;":
                found.append((f"/{path}", _dotted(name), value.strip()))
    return found


def _files(texts: Texts, init: Known[str]) -> list[str]:
    """systemd reads all folders by file name and /etc/sysctl.conf through a link alone; others read that one last."""
    by_name: dict[str, str] = {}
    for folder in reversed(FOLDERS):
        for path in (*texts.matching(f"{folder}/", ".conf"), *sorted(texts.unreadable | texts.masked)):
            if path.startswith(f"{folder}/") and path.count("/") == folder.count("/") + 1:
                by_name[path.rpartition("/")[2]] = path
    files = [by_name[name] for name in sorted(by_name)]
    return files if init == "systemd" else [*files, "etc/sysctl.conf"]


def _dotted(name: str) -> str:
    """`net/ipv4/conf/eth0.1/x` and `net.ipv4.conf.eth0/1.x` are one: the first separator tells which it is."""
    first = next((character for character in name if character in "./"), ".")
    return name.translate(str.maketrans("/.", "./")) if first == "/" else name


def _fitting(name: str, patterns: list[str], lines: Mapping[str, list[_Line]]) -> list[_Line]:
    return [line for pattern in patterns if fnmatchcase(name, pattern) for line in lines[pattern]]


def _sysctl(
    name: str, value: Known[str], exact: list[_Line], by_pattern: list[_Line], texts: Texts
) -> Sysctl:
    """An exact name beats a pattern, wherever it stands."""
    later = tuple(_set_later(name, texts))
    lines = exact or by_pattern
    if not lines:
        reason = "no file sets it"
        if name in OF_KUBELET:
            reason = "no file sets it; the kubelet does at its start unless `protectKernelDefaults` is set"
        return Sysctl(value, at_boot=Unknown(reason), lasts=Unknown(reason), overridden_by=later)
    winner, _, at_boot = lines[-1]
    return Sysctl(
        value,
        files=tuple(f"{file}: {said}" for file, _, said in (*by_pattern, *exact)),
        winner=winner,
        at_boot=at_boot,
        lasts=value if isinstance(value, Unknown) else value.split() == at_boot.split(),
        overridden_by=later,
    )


def _set_later(name: str, texts: Texts) -> list[str]:
    """What sets it once it runs, after the files were applied."""
    found = []
    profile = texts.word("etc/tuned/active_profile")
    if not isinstance(profile, Unknown):
        found.append(f"tuned, profile `{profile[:60]}`")
    if name.startswith(("net.bridge.", "net.netfilter.")):
        # applied before the module is loaded a setting has no effect
        module = "br_netfilter" if name.startswith("net.bridge.") else "nf_conntrack"
        loaded = {
            line.strip()
            for path in (*texts.matching("etc/modules"), *_loads(texts))
            for line in texts.of(path)
        }
        if module not in loaded:
            found.append(
                f"the module {module}, which no file loads at boot: until then a setting has no effect"
            )
    return found


def _loads(texts: Texts) -> tuple[str, ...]:
    return (*texts.matching("usr/lib/modules-load.d/"), *texts.matching("run/modules-load.d/"))
