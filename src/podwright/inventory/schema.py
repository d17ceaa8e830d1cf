"""Says which variables podwright reads from an inventory, what each may hold, and checks them with cerberus."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

Rule: TypeAlias = dict[str, Any]

TEMPLATE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")

_TEXT: Rule = {"type": "string", "minlength": 1, "maxlength": 4096}
# a leading `-` would be read as an option by ssh and sudo
_NAME: Rule = {**_TEXT, "regex": r"(?!-)[^\s\x00-\x1f\x7f]+\Z"}
_SECRET: Rule = {"type": "string", "maxlength": 4096, "regex": r"[^\r\n\x00]*\Z"}
_DIRECTORY: Rule = {**_TEXT, "regex": r"/(?!.*(?:^|/)\.\.?(?:/|$))[^\x00-\x1f\x7f]*\Z"}
_DNS_NAME: Rule = {
    **_TEXT,
    "maxlength": 253,
    "regex": r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z",
}
_VERSION: Rule = {**_TEXT, "regex": r"v?1\.[0-9]{1,3}(\.[0-9]{1,4})?([-+][0-9A-Za-z.+-]{1,64})?\Z"}
# one type each: values are brought to it first, because cerberus' `anyof` copies the whole list for every item
_DURATION: Rule = {"type": "number", "min": 0, "max": 604_800}
_PORT: Rule = {"type": "number", "min": 1, "max": 65_535}
_BOOLEAN: Rule = {"type": "boolean"}
_TRUE_WORDS = frozenset({"yes", "true", "on", "y", "t", "1", "1.0"})
_FALSE_WORDS = frozenset({"no", "false", "off", "n", "f", "0", "0.0"})


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the inventory that podwright reads.

    `field` is the field of Connection or NodeSettings it sets; of several names for one field the later in VARIABLES
    wins, as in Ansible. `kind`, `meaning` and `default` are the words of docs/inventory.md.
    """

    name: str
    field: str
    kind: str
    rule: Rule
    meaning: str
    default: str = ""
    secret: bool = False


def _seconds(value: object) -> object:
    found = _SECONDS.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        return float(found[1]) * {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}[found[2]]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _port(value: object) -> object:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _truth(value: object) -> object:
    word = str(value).lower()
    if word in _TRUE_WORDS or word in _FALSE_WORDS:
        return word in _TRUE_WORDS
    return value


_SECONDS = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)([smh]?)")
_CONVERSIONS: dict[str, Callable[[object], object]] = {"seconds": _seconds, "port": _port, "boolean": _truth}


def _connection() -> tuple[Variable, ...]:
    host = "the name or address to connect to"
    port, user = "the port of sshd", "the user to log in as"
    password, key = "the password to log in with", "the private key to log in with"
    become_password = "the password sudo asks for; better `-K`"  # noqa: S105
    seconds = "seconds to wait for a connection"
    return (
        Variable("ansible_host", "host", "name", _NAME, host, "the node's name"),
        Variable("ansible_ssh_host", "host", "name", _NAME, "old name of `ansible_host`"),
        Variable("ansible_port", "port", "port", _PORT, port, "~/.ssh/config, else 22"),
        Variable("ansible_ssh_port", "port", "port", _PORT, "old name of `ansible_port`"),
        Variable("ansible_user", "user", "name", _NAME, user, "~/.ssh/config, else your own"),
        Variable("ansible_ssh_user", "user", "name", _NAME, "old name of `ansible_user`"),
        Variable(
            "ansible_password", "password", "text", _SECRET, password, "keys and the agent only", secret=True
        ),
        Variable(
            "ansible_ssh_pass", "password", "text", _SECRET, "old name of `ansible_password`", secret=True
        ),
        Variable(
            "ansible_ssh_password", "password", "text", _SECRET, "old name of `ansible_password`", secret=True
        ),
        Variable(
            "ansible_private_key_file", "private_key_file", "path", _TEXT, key, "~/.ssh/config, the agent"
        ),
        Variable("ansible_ssh_private_key_file", "private_key_file", "path", _TEXT, key),
        Variable("ansible_timeout", "connect_timeout", "seconds", _DURATION, seconds, "10"),
        Variable("ansible_ssh_timeout", "connect_timeout", "seconds", _DURATION, seconds),
        Variable("ansible_become", "become", "boolean", _BOOLEAN, "work on the node through sudo", "false"),
        Variable("ansible_become_user", "become_user", "name", _NAME, "the user sudo works as", "root"),
        Variable(
            "ansible_become_password",
            "become_password",
            "text",
            _SECRET,
            become_password,
            "none",
            secret=True,
        ),
        Variable("ansible_become_pass", "become_password", "text", _SECRET, "the same", secret=True),
    )


def _settings() -> tuple[Variable, ...]:
    wait_for: Rule = {"type": "string", "allowed": ["file", "running", "mirror", "ready"]}
    return (
        Variable(
            "podwright_manifest_dir", "manifest_dir", "folder", _DIRECTORY,
            "the folder the kubelet watches", "what the kubelet on the node says",
        ),
        Variable(
            "podwright_state_dir", "state_dir", "folder", _DIRECTORY,
            "where podwright keeps backups of what it replaces or removes on the node",
            "a folder in `.podwright` beside the watched one",
        ),
        Variable(
            "podwright_node_name", "node_name", "node name", _DNS_NAME,
            "the node's name in Kubernetes", "what the kubelet says, else the name here",
        ),
        Variable(
            "podwright_kubernetes_version", "kubernetes_version", "version", _VERSION,
            "the Kubernetes version manifests are judged for", "1.36; a push also asks the API for the kubelet's",
        ),
        Variable("podwright_wait_for", "wait_for", "word", wait_for, "`file`, `running`, `mirror` or `ready`", "ready"),
        Variable(
            "podwright_timeout", "timeout", "seconds", _DURATION,
            "seconds until the verdict must be there", "what the pod itself needs",
        ),
        Variable(
            "podwright_hold", "hold", "seconds", _DURATION,
            "seconds a pod must stay ready before that counts", "3",
        ),
        Variable(
            "podwright_owner", "owner", "name", _NAME,
            "whose manifests these are: what another owner wrote to a node is never taken for left over",
            "nobody's in particular",
        ),
    )  # fmt: skip


CONNECTION_VARIABLES = _connection()
SETTINGS_VARIABLES = _settings()
VARIABLES: dict[str, Variable] = {
    variable.name: variable for variable in (*CONNECTION_VARIABLES, *SETTINGS_VARIABLES)
}

SILENCED_RULES = "podwright_silenced_rules"
COMMON_VERSION = "kubernetes_version"

#: Read elsewhere: how a session is started, what runs, and how groups rank.
OTHER_VARIABLES: dict[str, str] = {
    "static_pods": "which templates run on the node: a list of names, or a mapping of names to `present` or `absent`",
    SILENCED_RULES: "rules of wisdom that are not told for this node: a mapping of their ids to the reason",
    COMMON_VERSION: "the same as `podwright_kubernetes_version`, which wins, for inventories that say it to others too",
    "ansible_connection": "`ssh`, or one of Ansible's other names for it; anything else is refused",
    "ansible_become_method": "`sudo`; anything else is refused",
    "ansible_group_priority": "of two groups at the same depth the greater number wins; beside the inventory only",
}

_SSH_CONFIG = (
    "write it into ~/.ssh/config, which podwright reads (ProxyJump, ProxyCommand, IdentityFile and more)"
)
_SUDOERS = "podwright runs plain `sudo`; give the user what it needs in sudoers"
#: Variables of Ansible that change how a node is reached and that we cannot honour: never ignored in silence.
REFUSED_VARIABLES: dict[str, str] = {
    "ansible_ssh_common_args": _SSH_CONFIG,
    "ansible_ssh_extra_args": _SSH_CONFIG,
    "ansible_ssh_args": _SSH_CONFIG,
    "ansible_ssh_executable": _SSH_CONFIG,
    "ansible_control_path": _SSH_CONFIG,
    "ansible_become_exe": _SUDOERS,
    "ansible_become_flags": _SUDOERS,
    "ansible_su_pass": _SUDOERS,
    "ansible_host_key_checking": "host keys are always checked; `--accept-new-host-keys` takes unknown ones once",
    "ansible_ssh_host_key_checking": "host keys are always checked; `--accept-new-host-keys` takes unknown ones once",
}
SSH_CONNECTIONS = frozenset({"ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh"})


def convert(variable: Variable, value: object) -> object:
    """Return a value as its field wants it: seconds as float, ports as int, yes-words as bool; others as they are."""
    conversion = _CONVERSIONS.get(variable.kind)
    return value if conversion is None else conversion(value)


class Checker:
    """Checks values of VARIABLES against their rules; each distinct value once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, type, object], bool] = {}

    def check_all(self, values: Iterable[tuple[str, object]]) -> None:
        """Check many values in one pass; `fits` then answers for each without asking cerberus again."""
        distinct: dict[str, dict[tuple[type, object], None]] = {}
        for name, value in values:
            if _is_scalar(value) and (name, type(value), value) not in self._known:
                distinct.setdefault(name, {})[type(value), value] = None
        for name, candidates in distinct.items():
            variable = VARIABLES[name]
            bad = _bad_items(variable.rule, [convert(variable, value) for _, value in candidates])
            for index, (kind, value) in enumerate(candidates):
                self._known[name, kind, value] = index not in bad

    def fits(self, name: str, value: object) -> bool:
        if not _is_scalar(value):
            return False
        self.check_all([(name, value)])
        return self._known[name, type(value), value]


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float | bool)


def _bad_items(rule: Rule, values: list[object]) -> frozenset[int]:
    """Return the indexes of the values that break `rule`."""
    from cerberus import Validator  # `podwright --help` pays for no cerberus

    validator = Validator({"values": {"type": "list", "schema": rule}})
    if validator.validate({"values": values}, normalize=False):
        return frozenset()
    errors = validator.document_error_tree["values"]
    return frozenset(index for index in range(len(values)) if errors[index] is not None)
