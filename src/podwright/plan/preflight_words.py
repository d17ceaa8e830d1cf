"""The words for why a node is not changed, and for what its kubelet does not do."""

from __future__ import annotations

from podwright.plan.reasons import Check, Kind

_NAME_IT = "set `podwright_manifest_dir`, and `podwright_kubelet_pid_file` or `podwright_kubelet_unit`"
CHECKS: dict[Kind, tuple[str, str]] = {
    Check.KUBELET_DOWN: (
        "{problem}",
        "start it (`systemctl start kubelet`; on k3s and RKE2 its unit is `k3s` or `rke2-server`), and read its journal;"
        " {otherwise}",
    ),
    Check.KUBELET_UNREADABLE: ("{problem}", "set `ansible_become: true`"),
    Check.KUBELET_DISTRUSTED: (
        "{problem}",
        "make root the owner of what is named there (`chown root`), and take write permission from others (`chmod go-w`)",
    ),
    Check.KUBELET_ELSEWHERE: (
        "{problem}",
        f"start the node's own (`systemctl start kubelet`); if that one is this node's, {_NAME_IT}",
    ),
    Check.KUBELET_SEVERAL: ("{problem}", f"to say which, {_NAME_IT}"),
    Check.READS_NO_FOLDER: (
        "its kubelet reads no manifest folder, so nothing put into `{folder}` would run",
        "set `staticPodPath` in the kubelet's configuration and restart it",
    ),
    Check.READS_OTHER_FOLDER: (
        "its kubelet reads `{path}` ({source}), not `{folder}`",
        "correct `podwright_manifest_dir`, or leave it out: the kubelet is asked",
    ),
    Check.FOLDER_UNKNOWN: (
        "the manifest folder is not known: {problem}",
        "set `podwright_manifest_dir` for this node",
    ),
    Check.FOLDER_UNNAMED: (
        "its kubelet names no manifest folder{trouble}",
        "set `staticPodPath` in the kubelet's configuration and restart it;"
        " reading that may need `ansible_become: true`",
    ),
    Check.FOLDER_MISSING: (
        "the manifest folder `{folder}` is missing",
        "create it (`mkdir -m 0700 {folder}`), then restart the kubelet: it does not see a folder made later at once",
    ),
    Check.NOT_A_FOLDER: (
        "`{folder}` is not a folder",
        "correct `podwright_manifest_dir`, or `staticPodPath` in the kubelet's configuration",
    ),
    Check.FOLDER_UNREADABLE: (
        "the login may not list the manifest folder `{folder}`",
        "set `ansible_become: true`",
    ),
    Check.FOLDER_READ_ONLY: (
        "the manifest folder `{folder}` cannot be written to",
        "see why on the node: `findmnt -T {folder}` shows a read-only file system, `lsattr -d {folder}` an immutable folder",
    ),
    Check.FOLDER_NOT_WRITABLE: (
        "the login (uid {login}) may not write to the manifest folder `{folder}` (owner {owner}, mode {mode})",
        "set `ansible_become: true`",
    ),
    Check.FOLDER_UNTRUSTED: (
        "others can change what lies in the manifest folder `{folder}` ({what})",
        "make root its owner (`chown root`), and take write permission from others (`chmod go-w`)",
    ),
    Check.PIPE: (
        "`{name}` in the manifest folder is a pipe: the kubelet hangs on it and sees no change of any file",
        "remove it, then restart the kubelet",
    ),
    Check.NAME_OWNED: (
        "a regular pod owns the name `{namespace}/{name}`, so the static pod could have no mirror pod",
        "delete or rename it first: `kubectl -n {namespace} delete pod {name}`",
    ),
    Check.UNVERIFIABLE: (
        "cannot verify what runs: {runtime}; the API: {api}",
        "install crictl on the node (or `ansible_become: true`, if it may not talk to the runtime),"
        " give a kubeconfig, or settle for `--wait-for file`",
    ),
    Check.SAME_NODE: (
        "it is the same Kubernetes node `{name}` as {others}",
        "give each its own `ansible_host`, or leave one out; a cloned machine needs a host name of its own",
    ),
    Check.OTHER_NODE_NAME: (
        "its kubelet's name for the node is `{reported}`, not `{configured}` as in `podwright_node_name`",
        "correct `podwright_node_name`, or leave it out: the kubelet is asked",
    ),
    Check.PRUNES_TOO_MUCH: (
        "`--prune` would remove {count} of the {total} pods on these nodes, more than {most}",
        "check that this is the right inventory; `--prune-max {count}` allows it",
    ),
    Check.PRUNE_EMPTIES: (
        "`--prune` would leave no pod of podwright on {nodes}",
        "check that this is the right inventory; `--prune-max {count}` allows it",
    ),
    Check.UNCONFIRMED: (
        "`{name}` is as the run {run} wrote it, which is not confirmed: {when} ({who})",
        "`podwright manifest confirm {run}` keeps it, `podwright manifest revert {run}` takes it back now",
    ),
    Check.HELD: (
        "{who} holds {subject} until {until}: {reason}",
        "agree with them; `podwright node hold release {node}` ends it before its time",
    ),
}
