"""The variables of an inventory that podwright reads; docs/inventory.md has a row for each."""

from __future__ import annotations

from msgspec import Struct

from podwright.inventory.variable_types import (
    BOOLEAN,
    DURATION,
    FOLDER,
    HOST,
    MEBIBYTES,
    NAME,
    NODE_NAME,
    PATH,
    PORT,
    REVISIONS,
    SECRET,
    USER,
    VERSION,
    WAIT_FOR,
    Kind,
)


class Variable(Struct, frozen=True):
    """One variable of the inventory.

    `field` is the field of Connection or NodeSettings it sets; of several names for one field the later wins, as in
    Ansible. `meaning` and `default` are the words of docs/inventory.md.
    """

    name: str
    field: str
    kind: Kind
    meaning: str
    default: str = ""


def _old_name(name: str, field: str, kind: Kind, of: str) -> Variable:
    return Variable(name, field, kind, f"old name of `{of}`")


CONNECTION_VARIABLES = (
    Variable("ansible_host", "host", HOST, "the name or address to connect to", "the node's name"),
    _old_name("ansible_ssh_host", "host", HOST, "ansible_host"),
    Variable("ansible_port", "port", PORT, "the port of sshd", "~/.ssh/config, otherwise 22"),
    _old_name("ansible_ssh_port", "port", PORT, "ansible_port"),
    Variable("ansible_user", "user", USER, "the user to log in as", "~/.ssh/config, otherwise your own"),
    _old_name("ansible_ssh_user", "user", USER, "ansible_user"),
    Variable("ansible_password", "password", SECRET, "the password to log in with", "keys and the agent only"),
    _old_name("ansible_ssh_pass", "password", SECRET, "ansible_password"),
    _old_name("ansible_ssh_password", "password", SECRET, "ansible_password"),
    Variable(
        "ansible_private_key_file", "private_key_file", PATH,
        "the private key to log in with", "~/.ssh/config, the agent",
    ),
    _old_name("ansible_ssh_private_key_file", "private_key_file", PATH, "ansible_private_key_file"),
    Variable("ansible_timeout", "connect_timeout", DURATION, "seconds to wait for a connection", "10"),
    _old_name("ansible_ssh_timeout", "connect_timeout", DURATION, "ansible_timeout"),
    Variable("ansible_become", "become", BOOLEAN, "work on the node through sudo", "false"),
    Variable("ansible_become_user", "become_user", USER, "the user sudo works as", "root"),
    Variable(
        "ansible_become_password", "become_password", SECRET, "the password sudo asks for; better `-K`", "none"
    ),
    _old_name("ansible_become_pass", "become_password", SECRET, "ansible_become_password"),
)  # fmt: skip
SETTINGS_VARIABLES = (
    Variable(
        "podwright_manifest_dir", "manifest_dir", FOLDER,
        "the folder the kubelet watches", "what the kubelet on the node says",
    ),
    Variable(
        "podwright_state_dir", "state_dir", FOLDER,
        "the folder on the node for the history of manifests, and for backups of what is replaced or removed",
        "a folder in `.podwright` beside the watched one",
    ),
    Variable(
        "podwright_kubelet_pid_file", "kubelet_pid_file", FOLDER,
        "the file on the node that holds the pid of its kubelet", "the only kubelet of the node",
    ),
    Variable(
        "podwright_kubelet_unit", "kubelet_unit", NAME,
        "the systemd unit of the node's kubelet", "the only kubelet of the node",
    ),
    Variable(
        "podwright_node_name", "node_name", NODE_NAME,
        "the node's name in Kubernetes", "what the kubelet says, otherwise the name here",
    ),
    Variable(
        "podwright_kubernetes_version", "kubernetes_version", VERSION,
        "the Kubernetes version manifests are judged for", "1.36; a push also asks the API for the kubelet's",
    ),
    Variable("podwright_wait_for", "wait_for", WAIT_FOR, "`file`, `running`, `mirror` or `ready`", "ready"),
    Variable(
        "podwright_timeout", "timeout", DURATION, "seconds to wait for the pods", "what the pod itself needs"
    ),
    Variable(
        "podwright_hold", "hold", DURATION, "seconds a pod must stay ready before that counts", "3"
    ),
    Variable(
        "podwright_patience", "patience", DURATION,
        "seconds to wait for a pod whose failure waiting does not repair", "0",
    ),
    Variable(
        "podwright_rollback_on_failure", "rollback_on_failure", BOOLEAN,
        "whether the node goes back to the last good revision if the pod of an update fails", "true",
    ),
    Variable(
        "podwright_confirm_within", "confirm_within", DURATION,
        "seconds after which the node takes a push back by itself unless it is confirmed; a manifest may have its own",
        "never",
    ),
    Variable(
        "podwright_refuse_older", "refuse_older", BOOLEAN,
        "whether a push refuses content that the node had before and that another has replaced since", "false",
    ),
    Variable(
        "podwright_history_revisions", "history_revisions", REVISIONS,
        "how many revisions of a manifest the node keeps", "10",
    ),
    Variable(
        "podwright_history_mebibytes", "history_mebibytes", MEBIBYTES,
        "how much room the revisions of a manifest may take on the node, in MiB", "4",
    ),
    Variable(
        "podwright_owner", "owner", NAME,
        "the owner of these manifests; manifests of another owner are never reported or pruned as orphans",
        "no owner",
    ),
    Variable(
        "podwright_site", "site", NAME,
        "with `--executor dask` only workers of this site work on the node", "any worker",
    ),
)  # fmt: skip
VARIABLES: dict[str, Variable] = {
    variable.name: variable for variable in (*CONNECTION_VARIABLES, *SETTINGS_VARIABLES)
}

STATIC_PODS = "static_pods"
SILENCED_RULES = "podwright_silenced_rules"
WAIVERS = "podwright_waivers"
EXPECTED_FILES = "podwright_expected_files"
ROLLOUT = "podwright_rollout"
GUARD = "podwright_guard"
#: lists and mappings of ours; an expression is none
LISTS = (SILENCED_RULES, WAIVERS, EXPECTED_FILES, ROLLOUT, GUARD)
NODE = "podwright_node"
COMMON_VERSION = "kubernetes_version"
#: Options of the ssh program, in the order in which Ansible gives them to it: the first that sets a value wins.
SSH_ARGUMENTS = ("ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args")

#: Read elsewhere: how a session is started, what runs, and how groups rank.
OTHER_VARIABLES: dict[str, str] = {
    STATIC_PODS: "which templates run on the node: a list, or a mapping of names to `present`, `absent` or instances",
    SILENCED_RULES: "rules of advice that are left out for this node: a list of ids, or a mapping of ids to the reason",
    WAIVERS: "drift, and what checks of nodes find, that is accepted for a while: `[{drift: KIND, file: NAME, reason: WHY,"
    " until: 2027-01-31}, {check: ID, reason: WHY, until: 2027-01-31}]`",
    EXPECTED_FILES: "files that others may put into the manifest folder, such as `[etcd.yaml, kube-*.yaml]`",
    ROLLOUT: "how a run goes from node to node, such as `{batch: [1, 20%], soak: 60s}`; a manifest may have its own",
    GUARD: "what a group must not lose while one of its nodes changes, such as `{kind: etcd}`; a manifest may have its own",
    NODE: "what the node itself is to have, beside its pods; docs/provision.md shows all of it",
    COMMON_VERSION: "same as `podwright_kubernetes_version`, which wins; for inventories that share it with other tools",
    "ansible_connection": "`ssh`, or one of Ansible's other names for it; a node with another cannot be connected to",
    "ansible_become_method": "`sudo`; a node with another cannot be connected to",
    "ansible_ssh_common_args": "options of ssh, see below; so are `ansible_ssh_args` and `ansible_ssh_extra_args`",
    "ansible_become_exe": "a node with one cannot be connected to; neither can one with `ansible_become_flags`",
    "ansible_group_priority": "of two groups at the same depth the greater number wins; beside the inventory only",
}
HOST_KEY_CHECKING = ("ansible_host_key_checking", "ansible_ssh_host_key_checking")

#: Variables of Ansible that are about its own ssh program: there is a warning, and they are not used.
UNUSED_VARIABLES: dict[str, str] = {
    "ansible_ssh_executable": "podwright does not start ssh",
    "ansible_control_path": "podwright does not start ssh",
    **dict.fromkeys(
        HOST_KEY_CHECKING, "host keys are always checked; `--accept-new-host-keys` takes unknown ones"
    ),
}
