"""Checks `podwright_node` before any node is reached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from podwright.inventory.provisioning import mapping_of, written_out
from podwright.inventory.provisioning_faults import Fault, Path, shown_path, without
from podwright.inventory.schema import faults
from podwright.inventory.sysctl_ranges import refused_value
from podwright.inventory.variable_types import Rule
from podwright.inventory.variables import NODE
from podwright.suggestion import did_you_mean

#: no `%`, which stands for `/` in the names of what is kept on the node
_PATH: Rule = {
    "type": "string",
    "maxlength": 1024,
    "regex": r"/(?!(?:.*/)?\.{0,2}(?:/|\Z))[^\x00-\x1f\x7f%]+\Z",
}
_MODE: Rule = {"type": "string", "regex": r"0?[0-7]{3,4}\Z"}
_WORD: Rule = {"type": "string", "maxlength": 256, "regex": r"(?!-)[A-Za-z0-9_.@:+~-]+\Z"}
_USER: Rule = {"type": "string", "maxlength": 64, "regex": r"(?!-)[A-Za-z0-9_.-]+\Z"}
_LABEL: Rule = {"type": "string", "maxlength": 256, "regex": r"[A-Za-z0-9_:.,-]+\Z"}
_OWNED: Rule = {"mode": _MODE, "owner": _USER, "group": _USER, "label": _LABEL}
_STATE: Rule = {"type": "string", "allowed": ["present", "absent"]}
_FILE: Rule = {
    "state": _STATE,
    "content": {"type": "string", "maxlength": 1 << 20},
    "template": {"type": "string", "maxlength": 1024},
    "source": {"type": "string", "maxlength": 1024},
    "comment": {"type": "string", "maxlength": 4, "regex": r"[^\s\x00-\x1f]*\Z"},
    **_OWNED,
}
_PATHS: Rule = {"type": "list", "schema": _PATH}
_SERVICE: Rule = {
    "enabled": {"type": "boolean"},
    "started": {"type": "boolean"},
    "restart_for": _PATHS,
    "drop_in": {"type": "string", "maxlength": 1 << 16},
}
_KUBELET: Rule = {
    "settings": {"type": "dict", "keysrules": {"type": "string"}},
    "config_dir": _PATH,
    "service": _WORD,
    "soak": {"type": "integer", "min": 0, "max": 120},
    "standalone": {"type": "boolean"},
    "program": {**_PATH, "regex": r"(/[A-Za-z0-9_.@+-]+)+\Z"},
    "runtime": {"type": "string", "maxlength": 256, "regex": r"unix://(/[A-Za-z0-9_.@+-]+)+\Z"},
}
_PACKAGE_NAME: Rule = {"type": "string", "maxlength": 128, "regex": r"[A-Za-z0-9][A-Za-z0-9+._-]*\Z"}
_PACKAGE: Rule = {
    "state": _STATE,
    "version": {"type": "string", "maxlength": 128, "regex": r"[A-Za-z0-9][A-Za-z0-9+._:~^-]*\Z"},
    "hold": {"type": "boolean"},
}
#: sudo reads no file whose name has a dot
_LOGIN: Rule = {"type": "string", "regex": r"[a-z_][a-z0-9_-]{0,31}\Z"}
_KEY_TYPE = r"(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9-]+@openssh\.com)"
_KEY: Rule = {
    "type": "string",
    "maxlength": 8192,
    "regex": rf"([a-z][^\x00-\x1f\x7f]* )?{_KEY_TYPE} [A-Za-z0-9+/]{{32,}}={{0,3}}( [^\x00-\x1f\x7f]*)?\Z",
}
_LOGIN_ENTRY: Rule = {
    "state": _STATE,
    "keys": {"type": "list", "schema": _KEY},
    "sudo": {"type": "boolean"},
    "shell": {"type": "string", "maxlength": 256, "regex": r"/[A-Za-z0-9/._+-]+\Z"},
    "groups": {"type": "list", "schema": _LOGIN},
}
_SERVER: Rule = {"type": "string", "maxlength": 253, "regex": r"[A-Za-z0-9:][A-Za-z0-9.:-]*\Z"}
_TIME: Rule = {
    "sync": {"type": "boolean", "allowed": [True]},
    "servers": {"type": "list", "maxlength": 16, "schema": _SERVER},
}
_SYSCTL_NAME: Rule = {"type": "string", "maxlength": 256, "regex": r"[A-Za-z0-9_-]+([./][A-Za-z0-9_*:-]+)+\Z"}
_SYSCTL: Rule = {"type": "string", "maxlength": 256, "regex": r"[^\x00-\x1f\x7f]+\Z"}
_RULE: Rule = {
    "type": "dict",
    "schema": {
        "packages": {
            "type": "dict",
            "keysrules": _PACKAGE_NAME,
            "valuesrules": {"type": "dict", "schema": _PACKAGE},
        },
        "users": {
            "type": "dict",
            "keysrules": _LOGIN,
            "valuesrules": {"type": "dict", "schema": _LOGIN_ENTRY},
        },
        "time": {"type": "dict", "schema": _TIME},
        "files": {"type": "dict", "keysrules": _PATH, "valuesrules": {"type": "dict", "schema": _FILE}},
        "directories": {
            "type": "dict",
            "keysrules": _PATH,
            "valuesrules": {"type": "dict", "schema": {"state": _STATE, **_OWNED}},
        },
        "sysctls": {"type": "dict", "keysrules": _SYSCTL_NAME, "valuesrules": _SYSCTL},
        "modules": {"type": "list", "schema": _WORD},
        "swap": {"type": "string", "allowed": ["off"]},
        "services": {
            "type": "dict",
            "keysrules": _WORD,
            "valuesrules": {"type": "dict", "schema": _SERVICE},
        },
        "kubelet": {"type": "dict", "schema": _KUBELET},
    },
}
_SECTIONS = tuple(_RULE["schema"])


def declaration_faults(value: object) -> Iterator[Fault]:
    """What is wrong with a value of `podwright_node`, once its expressions are evaluated."""
    if not isinstance(value, Mapping):
        known = ", ".join(f"`{name}`" for name in _SECTIONS)
        yield Fault((), f"`{NODE}` is a mapping of {known}", _WRITE)
        return
    unevaluated = tuple(_unevaluated(value))
    for path in unevaluated:
        message = f"`{shown_path(path)}` is a name, and no expression is evaluated there"
        yield Fault(path, message, _NAME, of_name=True)
    written = mapping_of(without(written_out(value), unevaluated))
    for path, why in faults(_RULE, written):
        shown = shown_path(path)
        if "unknown" in why:
            known_here = _SECTIONS if len(path) == 1 else _fields_of(str(path[0]))
            listed = ", ".join(f"`{name}`" for name in known_here)
            hint = did_you_mean(str(path[-1]), known_here, f"there are {listed}" if listed else _WRITE)
            yield Fault(path, f"`{shown}` is not known", hint, of_name=True)
        else:
            yield Fault(path, f"`{shown}` is not {_wanted(path) or why}", _WRITE, of_name=_is_name(path))
    yield from _refused_sysctls(written)
    for section in ("packages", "users"):
        for name, entry in mapping_of(written.get(section)).items():
            if mapping_of(entry).get("state") == "absent" and len(mapping_of(entry)) > 1:
                wanted = "nothing else, as it is to be absent"
                yield _takes((section, name), wanted)
    for name, entry in mapping_of(written.get("files")).items():
        texts = [text for text in ("content", "template", "source") if text in mapping_of(entry)]
        if mapping_of(entry).get("state") == "absent":
            if texts:
                yield _takes(("files", name), "no text, as it is to be absent")
        elif len(texts) != 1 and isinstance(entry, Mapping):
            yield _takes(
                ("files", name), f"one of `content`, `template` and `source`, and has {_named(texts)}"
            )


def _refused_sysctls(written: Mapping[str, object]) -> Iterator[Fault]:
    for name, text in mapping_of(written.get("sysctls")).items():
        if isinstance(text, str) and (takes := refused_value(str(name), text)):
            path = ("sysctls", name)
            yield Fault(path, f"`{shown_path(path)}` takes {takes}, not `{text[:80]}`", "correct the value")


_NAME = "write the name itself, or let one expression make the whole mapping, as docs/provision.md shows"
_WRITE = "docs/provision.md shows what it may be"


def _named(texts: list[str]) -> str:
    return " and ".join(f"`{text}`" for text in texts) or "none"


def _takes(path: Path, wanted: str) -> Fault:
    return Fault(path, f"`{shown_path(path)}` takes {wanted}", _WRITE, of_name=True)


def _unevaluated(value: object, path: Path = ()) -> Iterator[Path]:
    """The keys that hold an expression: a folder of that very name would be made."""
    for key, entry in value.items() if isinstance(value, Mapping) else ():
        if "{{" in str(key) or "{%" in str(key):
            yield (*path, key)
        else:
            yield from _unevaluated(entry, (*path, key))


def _is_name(path: Path) -> bool:
    """Whether the last step is a name that cannot be one."""
    if path[:2] == ("kubelet", "settings"):
        return len(path) > 2
    return len(path) == 2 and path[0] in _NAMES and not _fits(_NAMES[path[0]][0], path[1])


def _fits(rule: Rule, name: object) -> bool:
    fits = isinstance(name, str) and len(name) <= rule.get("maxlength", 32)
    return fits and re.match(rule["regex"], str(name)) is not None


def _wanted(path: Path) -> str:
    """What the value of this path is to be: a section, a name, what stands under it, a field or one of a list."""
    section, *steps = path
    if not steps:
        return _SECTION_WORDS.get(section, "")
    if section == "kubelet" and steps[0] == "settings":
        return _FIELD_WORDS["settings"]
    if isinstance(steps[-1], int) and (len(steps) > 1 or section not in _NAMES):
        return _ENTRY_WORDS.get(steps[-2] if len(steps) > 1 else section, "")
    if len(steps) > 1 or section not in _NAMES:
        return _FIELD_WORDS.get(steps[-1], "")
    rule, words, under = _NAMES[section]
    return under if _fits(rule, steps[0]) else words


_PATH_WORDS = "an absolute path without `.`, `..`, `//` and `%`"
_SECTION_WORDS: Mapping[object, str] = {
    "packages": "a mapping or a list of names of packages",
    "users": "a mapping of logins to what they are to be",
    "time": "`sync: true`, `servers` or both",
    "files": "a mapping of absolute paths to files",
    "directories": "a mapping of absolute paths to folders",
    "modules": "a list of names of kernel modules",
    "sysctls": "a mapping of names of sysctls to values",
    "swap": "`off`",
    "services": "a mapping of names of services to what they are to be",
    "kubelet": "a mapping of `settings` and more",
}
#: of sections that map names: what a name is, in a rule and in words, and what stands under it
_NAMES: Mapping[object, tuple[Rule, str, str]] = {
    "packages": (
        _PACKAGE_NAME,
        "the name of a package",
        "`present`, `absent` or a mapping of `version` and `hold`",
    ),
    "users": (
        _LOGIN,
        "a login (at most 32 small letters, digits, `_` and `-`)",
        "`absent` or a mapping of `keys` and more",
    ),
    "files": (_PATH, _PATH_WORDS, "`absent` or a mapping of `content`, `template` or `source`, and more"),
    "directories": (_PATH, _PATH_WORDS, "`present`, `absent` or a mapping of `mode`, `owner` and more"),
    "sysctls": (
        _SYSCTL_NAME,
        "the name of a sysctl, such as `net.ipv4.ip_forward`",
        "a number or a text of one line",
    ),
    "services": (_WORD, "the name of a service", "a mapping of `enabled`, `started` and more"),
}
_FIELD_WORDS: Mapping[object, str] = {
    "state": "`present` or `absent`",
    "content": "a text of at most 1 MiB",
    "template": "the name of a template",
    "source": "the name of a file of the site",
    # YAML reads 0644 as the number 420, and 644 as another mode
    "mode": "an octal mode in quotes, such as `'0644'`",
    "owner": "the name of a user",
    "group": "the name of a group",
    "label": "an SELinux label",
    "comment": "what begins a comment in the file, such as `#`",
    "enabled": "true or false",
    "started": "true or false",
    "restart_for": "a list of absolute paths",
    "drop_in": "a text of at most 64 KiB",
    "version": "a version in quotes, as the package manager writes it",
    "hold": "true or false",
    "keys": "a list of public keys",
    "sudo": "true or false",
    "shell": "the path of a shell",
    "groups": "a list of names of groups",
    "sync": "true",
    "servers": "a list of at most 16 host names or addresses",
    "settings": "a mapping of fields of a KubeletConfiguration to their values",
    "config_dir": _PATH_WORDS,
    "service": "the name of a service",
    "soak": "a number of seconds, at most 120",
    "standalone": "true or false",
    "program": "the absolute path of the kubelet",
    "runtime": "a socket, such as `unix:///run/containerd/containerd.sock`",
}
_ENTRY_WORDS: Mapping[object, str] = {
    "keys": "a public key of one line, such as `ssh-ed25519 AAAA… comment`",
    "groups": "the name of a group",
    "servers": "a host name or an address",
    "restart_for": _PATH_WORDS,
    "modules": "the name of a kernel module",
}


def _fields_of(section: str) -> tuple[str, ...]:
    return tuple(
        {
            "packages": _PACKAGE,
            "users": _LOGIN_ENTRY,
            "time": _TIME,
            "files": _FILE,
            "directories": {"state": _STATE, **_OWNED},
            "services": _SERVICE,
            "kubelet": _KUBELET,
        }.get(section, ())
    )
