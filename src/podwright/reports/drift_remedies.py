"""What each kind of drift means for whoever reads a report, and the command that repairs it or shows more."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

from podwright.manifests.workload import whatever_slot
from podwright.plan.drift import Finding
from podwright.plan.reasons import Conflict, Difference, Drift, Kind
from podwright.reports.page import for_shell
from podwright.text import abbreviated

_PUSH = ("manifest", "push", "--diff")
_LOGS = ("manifest", "logs", "{name}")
_STATUS = ("manifest", "status")
_CHECK = ("drift", "check")

#: {name} is the static pod's, {path} the file's
_REMEDIES: dict[Drift, tuple[str, tuple[str, ...]]] = {
    Drift.FILE_MISSING: ("its pod does not run; a push writes it again", (*_PUSH, "--only={name}")),
    Drift.FILE_CHANGED: ("a push brings back what the inventory wants", (*_PUSH, "--only={name}")),
    Drift.FILE_COSMETIC: (
        "nothing restarts by it and a push leaves it; a restart writes the file again",
        ("manifest", "restart", "{name}", "--dry-run"),
    ),
    Drift.FILE_RIGHTS: ("a push corrects it; no pod restarts", (*_PUSH, "--only={name}")),
    Drift.FILE_LABEL: (
        "the kubelet may not be allowed to read it, and no push writes it; give it the label that the policy wants",
        ("restorecon", "-Fv", "{path}"),
    ),
    Drift.FILE_UNWANTED: ("its pod still runs; a push removes it", (*_PUSH, "--only={name}")),
    Drift.FILE_FOREIGN: (
        "podwright leaves alone what it did not write; this shows what `--adopt` would change",
        ("manifest", "diff", "--adopt", "--only={name}"),
    ),
    Drift.FILE_ORPHANED: (
        "its pod runs on; this removes it, as a push with `--prune` does; to keep it, name it in `static_pods`",
        ("manifest", "remove", "{name}"),
    ),
    Drift.FOLDER_OPEN: (
        "whoever may write there can run anything as root; make root its owner, and take write permission from others",
        ("chmod", "go-w", "{subject}"),
    ),
    Drift.POD_DUPLICATE: (
        "the kubelet runs one of the two, and ends the pod of both when one goes; move the other file away",
        _STATUS,
    ),
    Drift.PORT_TAKEN: (
        "the kubelet admits one of the two; give one another `hostPort`, or remove the other file",
        _STATUS,
    ),
    Drift.NODE_DUPLICATE: (
        "each push would overwrite the other's; give each its own `ansible_host`, or leave one out",
        ("inventory", "list"),
    ),
    Drift.POD_NOT_RUNNING: ("its last words may say why; a restart starts it again", (*_LOGS, "--previous")),
    Drift.POD_STALE: (
        "the kubelet has not taken up the file that lies there; see whether it runs, then restart the pod",
        ("manifest", "restart", "{name}", "--dry-run"),
    ),
    Drift.POD_CRASH_LOOPING: ("its last words may say why", (*_LOGS, "--previous")),
    Drift.POD_CREATING: ("it may be on its way; check again", _CHECK),
    Drift.POD_NOT_READY: ("its probe fails; its logs may say why", _LOGS),
    Drift.POD_RESTARTED: ("its last words may say why it ended", (*_LOGS, "--previous")),
    Drift.POD_ORPHANED: ("the kubelet should have ended it; see whether it runs, and its journal", _STATUS),
    Drift.MIRROR_MISSING: (
        "the API does not show it; while the pod runs, the kubelet creates it within 90 s if it reaches the API",
        _CHECK,
    ),
    Drift.MIRROR_STALE: ("the API shows the old pod; the kubelet replaces it if it reaches the API", _CHECK),
    Drift.MIRROR_ORPHANED: ("a finalizer holds it, or the kubelet does not reach the API", _STATUS),
    Drift.MIRROR_ELSEWHERE: (
        "bring the node back into the inventory and remove its pods, or delete its Node object if the machine is gone",
        ("inventory", "list"),
    ),
    Drift.SWITCH_ARMED: (
        "`podwright manifest confirm` keeps it, `podwright manifest revert` takes it back; this shows for how long it waits",
        ("node", "pending"),
    ),
    Drift.SWITCH_FIRED: (
        "see why nobody confirmed it; then push again, with `--retry` if the content is the same",
        ("manifest", "history", "{name}"),
    ),
    Drift.NODE_HELD: (
        "nobody pushes there meanwhile; agree with who holds it, or end it before its time",
        ("node", "hold", "list"),
    ),
    Drift.WAIVER_EXPIRED: (
        "extend it with its reason in `podwright_waivers`, or take it out",
        ("inventory", "explain", "{node}", "podwright_waivers"),
    ),
    Drift.CERTIFICATE_EXPIRING: (
        "renew it, with the program that made it (`kubeadm certs renew`), then see that its pod takes it up",
        ("kubeadm", "certs", "check-expiration"),
    ),
    Drift.CERTIFICATE_EXPIRED: (
        "whoever checks it refuses the pod; renew it, with the program that made it (`kubeadm certs renew`)",
        ("kubeadm", "certs", "check-expiration"),
    ),
    Drift.CERTIFICATE_STALE: (
        "the pod reads it at its start alone; restart it before the old one ends",
        ("manifest", "restart", "{name}", "--dry-run"),
    ),
    Drift.FILE_UNMANAGED: (
        "name it in `podwright_expected_files` if it may be there; otherwise remove it on the node",
        _STATUS,
    ),
    Drift.FILE_STRAY: (
        "a copy, or what an editor left; the kubelet runs whatever has no dot in front, so move it away",
        _STATUS,
    ),
    Drift.FILE_IGNORED: ("repair it, or move it away", _STATUS),
    Drift.SANDBOX_ORPHANED: (
        "the kubelet should have ended it; see its journal, and whether it reaches the API",
        ("journalctl", "-u", "kubelet", "-n", "50"),
    ),
    Drift.KUBELET_DOWN: (
        "no pod starts or ends until it runs; on k3s and RKE2 its unit is `k3s` or `rke2-server`",
        ("systemctl", "start", "kubelet"),
    ),
    Drift.FOLDER_UNREAD: (
        "nothing put into the folder would run; correct `podwright_manifest_dir`, or the kubelet's `staticPodPath`",
        _STATUS,
    ),
}

#: of a reason that has a better remedy than its kind of drift; a `command` of its data is better still
_OF_REASON: dict[Kind, tuple[str, tuple[str, ...]]] = {
    Conflict.POD_OF_OTHER_WORKLOAD: (
        "the pod of another file that podwright wrote has the name; remove that, then push",
        _STATUS,
    ),
    Conflict.UNREADABLE: (
        "the kubelet runs nothing of it, and nothing shows whose it is; this replaces it by what the inventory wants",
        (*_PUSH, "--adopt", "--only={name}"),
    ),
    Conflict.UNREADABLE_TO_REMOVE: (
        "the kubelet runs nothing of it, and nothing shows whose it is; this removes it",
        ("manifest", "remove", "{name}", "--adopt"),
    ),
    Difference.UNREADABLE: ("a push brings back what the inventory wants", (*_PUSH, "--only={name}")),
    Difference.SAME_POD: (
        "a push leaves it as it is; this takes it over, and nothing restarts",
        ("manifest", "adopt", "{name}", "--no-restart"),
    ),
    Difference.LABEL: (
        "the kubelet may not be allowed to read it; a push gives it the label that the policy wants, and no pod restarts",
        (*_PUSH, "--only={name}"),
    ),
}

#: programs of nodes: what is no command of podwright is for the node's own shell
ON_NODE = frozenset(("chmod", "journalctl", "kubeadm", "mv", "restorecon", "sh", "systemctl"))


def is_on_node(command: tuple[str, ...]) -> bool:
    """Whether it is one for the node's own shell."""
    return command[0] in ON_NODE


def remedy(finding: Finding, file_name: str) -> tuple[str, tuple[str, ...]]:
    """What to do in words, and as a command without its `--limit`; `file_name` is of the static pod, if it is of one."""
    words, command = _OF_REASON.get(finding.reason.kind, _REMEDIES[finding.drift])
    data = dict(finding.reason.data)
    if "command" in data:
        return words, tuple(shlex.split(str(data["command"])))
    name = whatever_slot(file_name).removesuffix(".yaml")
    if not name and any("{name}" in word for word in command):
        command = _STATUS
    known = {
        "{node}": finding.node,
        "{name}": name,
        "{subject}": finding.subject,
        "{path}": str(data.get("path", "")),
    }
    return words, tuple(
        re.sub(r"\{[a-z]+\}", lambda found: known.get(found[0], found[0]), word) for word in command
    )


def remedy_of(finding: Finding, limit: str = "") -> tuple[str, str]:
    """What to do about one finding in words, and as a command for a shell; `limit` may stand for the node."""
    words, command = remedy(
        finding, finding.file or (finding.subject if finding.subject.endswith(".yaml") else "")
    )
    if is_on_node(command):
        return words, shlex.join(command)
    return words, for_shell(command, limit or finding.node)


def remedies(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """What to do about each on which nodes, and the command; if they are several, `NODE` stands for them there."""
    alike: dict[tuple[str, tuple[str, str]], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.drift.value, remedy_of(finding, "NODE")), []).append(finding)
    for (kind, (words, command)), found in alike.items():
        nodes = tuple(dict.fromkeys(finding.node for finding in found))
        shown = remedy_of(found[0])[1] if len(nodes) == 1 else command
        yield f"{abbreviated(nodes)}: {kind}: {words}", shown
