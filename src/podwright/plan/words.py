"""The words for every reason: the message and its hint. Nothing decides by them."""

from __future__ import annotations

from podwright.plan.drift_words import DRIFT, EXCUSES
from podwright.plan.preflight_words import CHECKS
from podwright.plan.quorum_words import GUARDED
from podwright.plan.reasons import (
    Condition,
    Conflict,
    Datum,
    Difference,
    Kind,
    Reason,
)
from podwright.problem import Problem

_IS_LINK = "`{name}` is a symbolic link{target}, and podwright writes no links"
_RELEASED = "`{name}` was released, and is not podwright's any more"
_NOT_OURS = "`{name}` is there already and was not written by podwright"
_UNREADABLE = "`{name}` cannot be read as a pod ({why}), so nothing shows who wrote it"
_DEFINED_TWICE = "{shown} in `{folder}` also defines the pod `{pod}`"
_CONFLICTS: dict[Kind, tuple[str, str]] = {
    Conflict.DIRECTORY: (
        "`{name}` is a folder",
        "the kubelet does not read folders here; remove it on the node",
    ),
    Conflict.NOT_A_FILE: (
        "`{name}` is neither a file nor a link",
        "podwright adopts no such thing; remove it on the node",
    ),
    Conflict.LINK: (_IS_LINK, "`--adopt` replaces the link by a file; its target stays as it is"),
    Conflict.LINK_TO_REMOVE: (_IS_LINK, "`--adopt` removes the link; its target stays as it is"),
    Conflict.NOT_OURS: (
        _NOT_OURS,
        "`podwright manifest diff --adopt` shows what is there; `--adopt` takes it over, as ours to change or remove",
    ),
    Conflict.RELEASED: (_RELEASED, "`podwright manifest adopt {pod}` takes it over again"),
    Conflict.RELEASED_TO_REMOVE: (_RELEASED, "`podwright manifest remove {name} --adopt` removes it even so"),
    Conflict.NOT_OURS_TO_REMOVE: (
        _NOT_OURS,
        "`podwright manifest remove {name} --adopt --dry-run --diff` shows what is there; `--adopt` removes it",
    ),
    Conflict.UNREADABLE: (
        _UNREADABLE,
        "`podwright manifest push --adopt --only={pod}` replaces it by what the inventory wants; with `--dry-run --diff` it"
        " shows what is there",
    ),
    Conflict.UNREADABLE_TO_REMOVE: (
        _UNREADABLE,
        "`podwright manifest remove {pod} --adopt --dry-run --diff` shows what is there; `--adopt` removes it",
    ),
    Conflict.POD_DEFINED_TWICE: (
        _DEFINED_TWICE,
        "the kubelet runs one of them and ends the pod of both when one goes;"
        " move the other file away first, on the node: `{command}`",
    ),
    Conflict.POD_OF_OTHER_WORKLOAD: (
        _DEFINED_TWICE,
        "`podwright manifest remove {names} --limit {node}` removes that first; `podwright manifest push --prune` does, if"
        " the inventory no longer names it",
    ),
    Conflict.PORT_TAKEN: (
        "the port {port} of the node is taken by the pod of `{other}`",
        "the kubelet admits one of the two; give one another `hostPort`, or remove the other file first",
    ),
    Conflict.CYCLE: (
        "`{name}` and {others} each need what the other gives up",
        "remove one of them first (`podwright manifest remove`), then push again",
    ),
    Conflict.FOREIGN: (
        _NOT_OURS,
        "`--adopt` takes it over and keeps the original on the node; `podwright node release` gives that back",
    ),
    Conflict.FOREIGN_USER: (
        "podwright did not make the user `{name}`",
        "choose another name in `podwright_node.users`, or declare its files in `podwright_node.files`",
    ),
    Conflict.FOREIGN_HOME: (
        "`{name}` is there already, with files that are not podwright's",
        "move them away, or choose another name; `--adopt` gives the folder to root",
    ),
    Conflict.OTHERS_FOLDER: (
        "others can change the folder in which `{name}` lies ({whose})",
        "give the folder to root in `podwright_node.directories`;"
        " keys of users can lie in one of root's (AuthorizedKeysFile)",
    ),
    Conflict.OTHER_TYPE: ("`{name}` is a {found}", "see what it is, and remove it on the node"),
    Conflict.OWNED_ELSEWHERE: ("`{name}` belongs to {owner}", "{where}"),
}
_CONFLICTS |= {
    Conflict.NO_MODULE: (
        "its kernel has no module `{name}`",
        "correct the name in `podwright_node.modules`, or declare the package that has it",
    ),
    Conflict.NO_MODULES: (
        "it has no `{what}`, where the module `{name}` would lie",
        "reboot the node if its kernel was updated; otherwise leave the module out there",
    ),
    Conflict.NO_SYSCTL: (
        "its kernel has no sysctl `{name}`",
        "correct the name in `podwright_node.sysctls`, or declare the module that brings it in `podwright_node.modules`",
    ),
    Conflict.FIXED_SYSCTL: (
        "the sysctl `{name}` cannot be read and written",
        "leave it out of `podwright_node.sysctls` there",
    ),
    Conflict.SYSCTL_NUMBERS: (
        "the sysctl `{name}` takes whole numbers as in `{what}`, and as many, not `{wanted}`",
        "correct it in `podwright_node.sysctls`",
    ),
    Conflict.SYSCTL_STAYS: (
        "the kernel leaves the sysctl `{name}` at `{what}` until the node is restarted",
        "leave it out of `podwright_node.sysctls` there, or find what sets it and restart the node",
    ),
    Conflict.NO_SERVICE_MANAGER: (
        "neither systemd nor OpenRC runs on it, so the service `{name}` cannot be changed",
        "leave out `podwright_node.services` there",
    ),
    Conflict.NO_UNIT: (
        "it has no service `{name}`",
        "correct its name, or declare its package or its unit",
    ),
    Conflict.MASKED: (
        "the service `{name}` is masked",
        "run `systemctl unmask {name}` on the node, or leave it out there",
    ),
    Conflict.FIXED_UNIT: (
        "the service `{name}` can be neither enabled nor disabled: its unit is {what}",
        "leave out `enabled`, or give the unit an `[Install]` section with `drop_in`",
    ),
    Conflict.NO_USER: (
        "`{name}` is to belong to the user `{what}`, and there is none",
        "correct `owner`, or declare the user or its package",
    ),
    Conflict.NO_GROUP: (
        "`{name}` is to have the group `{what}`, and there is none",
        "correct the name, or declare the package that makes the group",
    ),
    Conflict.NO_SELINUX: ("`{name}` is to have a label, and SELinux is not on", "leave out `label` there"),
    Conflict.USER_BUSY: (
        "programs of the user `{name}` run, so it cannot be removed",
        "end them on the node, those of its logins with `loginctl terminate-user {name}`",
    ),
    Conflict.NO_PROGRAM: ("it has no `{what}`, which would make `{name}`", "declare the package that has it"),
    Conflict.READ_ONLY: (
        "`{name}` cannot be changed: `{what}` is read-only",
        "leave it out there, or mount it writable",
    ),
    Conflict.ABOVE_IS_NO_FOLDER: (
        "`{name}` cannot be made: `{what}` is not a folder",
        "see what it is, and remove it on the node",
    ),
    Conflict.NOT_EMPTY: (
        "`{name}` is to be absent, and holds {what}",
        "declare that `absent` too, or remove it on the node",
    ),
    Conflict.MOUNTED: (
        "`{name}` is mounted there, so it can be neither replaced nor removed",
        "leave it out there, or take its mount away",
    ),
    Conflict.IMMUTABLE: (
        "`{name}` cannot be changed: `{what}` is immutable or append-only",
        "run `chattr -ia {what}` on the node, or leave it out there",
    ),
    Conflict.REFUSED_TEXT: ("`{name}` would be refused there: {what}", "correct its text"),
    Conflict.REFUSED_SETTINGS: (
        "its `{name}` refuses the configuration: {what}",
        "mend `podwright_node.kubelet`, or the file that it names",
    ),
    Conflict.BAD_UNIT: (
        "the service `{name}` would not start: {what}",
        "correct its unit, or declare what it needs",
    ),
}

_DIFFERENCES: dict[Kind, tuple[str, str]] = {
    Difference.UNREADABLE: ("the file on the node cannot be read as a pod", ""),
    Difference.STAMP_EDITED: ("the stamp was changed by hand", ""),
    Difference.EDITED: ("the file was changed by hand", ""),
    Difference.POD_RENAMED: ("the pod's name changes from `{pod}`", ""),
    Difference.CONTENT: ("the content changes", ""),
    Difference.MODE: ("mode {mode} instead of {wanted}", ""),
    Difference.LABEL: ("SELinux label `{label}` instead of `{wanted}`", ""),
    Difference.OWNER: ("owner {owner} instead of {wanted}", ""),
    Difference.ADOPTED: ("taken over, which restarts its pod", ""),
    Difference.NOTED: ("taken over as it lies there; its next change writes podwright's mark", ""),
    Difference.MARK_THERE: ("taken over as it lies there, with podwright's mark; nothing restarts", ""),
    Difference.NOTE_REMOVED: ("given up as it lies there", ""),
    Difference.MARK_STAYS: ("given up as it lies there: podwright's mark stays, and nothing restarts", ""),
    Difference.FOREIGN_REMOVED: ("removed although it is not podwright's", ""),
    Difference.LINK_REPLACED: ("the link{target} is replaced by a file", ""),
    Difference.SAME_POD: (
        "the same pod, not managed by podwright",
        "`podwright manifest adopt {pod} --no-restart` takes it over as it lies there",
    ),
    Difference.RESTART: ("restarted without a change", ""),
    Difference.RELEASED: ("podwright's mark goes, which restarts the pod", ""),
    Difference.NOT_STARTED: (
        "the kubelet refused its pod, or did not start it; it tries new content alone",
        "",
    ),
    Difference.BESIDE: ("the new generation starts while the old one runs", ""),
    Difference.REPLACED: ("the other slot's pod is proven first", ""),
    Difference.ABSENT_ALREADY: ("is absent already", ""),
    Difference.ORPHANED: (
        "podwright wrote it and the inventory no longer names it",
        "`podwright manifest push --prune` removes it; to keep it, name it in `static_pods`",
    ),
}

_DIFFERENCES[Difference.TAKEN_OVER] = ("taken over; the original is kept on the node", "")
_DIFFERENCES[Difference.RESTARTED_FOR_FILES] = ("restarted, as a file that it reads changes", "")
_DIFFERENCES[Difference.PODS_MOVE] = ("moves {count} static pods from `{old}` to `{new}`: they restart", "")
_DIFFERENCES[Difference.GIVEN_BACK] = ("what lay there before podwright comes back", "")
_DIFFERENCES[Difference.GONE] = ("nothing lay there before podwright", "")
_DIFFERENCES[Difference.STATE] = ("{found} instead of {wanted}", "")

_CONDITIONS: dict[Kind, str] = {
    Condition.UNAVAILABLE: "{why}",
    Condition.GONE: "gone",
    Condition.FILE_ABSENT: "`{name}` is not there",
    Condition.FILE_PRESENT: "`{name}` is there",
    Condition.FILE_DIFFERS: "`{name}` has different content",
    Condition.POD_DEFINED_TWICE: "{others} also defines the pod",
    Condition.DUPLICATE_SANDBOXES: "{count} sandboxes of the pod are ready at once",
    Condition.OTHER_MANIFEST: "the pod that runs is from another manifest",
    Condition.NOT_RUNNING: "no pod of that name runs",
    Condition.CONTAINERS_DOWN: "{names} does not run",
    Condition.NOT_STARTED: "{names} has not started yet",
    Condition.CRASH_LOOPING: "container `{name}` crash-loops{ends}",
    Condition.COMPLETED: "its containers have run and ended",
    Condition.STILL_RUNS: "the pod still runs",
    Condition.NO_MIRROR: "the API has no pod `{pod}`",
    Condition.NAME_OWNED: "a regular pod owns the name `{pod}`",
    Condition.NAME_REUSED: "gone; a regular pod has its name",
    Condition.MIRROR_OF_OLD_POD: "the mirror pod still belongs to the old pod",
    Condition.MIRROR_DELETING: "the mirror pod is being deleted",
    Condition.MIRROR_STAYS: "the mirror pod is still there",
    Condition.HELD_BY_FINALIZER: "the finalizer {names} holds the mirror pod",
    Condition.SUCCEEDED: "it has succeeded",
    Condition.CONTAINER_CREATING: "container `{name}` is {state}: {why}",
    Condition.CRASH_BACK_OFF: "container `{name}` is {state}: {why}{ends}",
    Condition.CONTAINER_WAITS: "container `{name}` is {state}: {why}",
    Condition.CONTAINERS_NOT_READY: "{names} is not ready",
    Condition.PENDING: "the mirror pod is Pending",
    Condition.FAILED: "the mirror pod is Failed",
    Condition.NOT_READY: "the mirror pod is {phase}",
}

_WORDS = {**_CONFLICTS, **_DIFFERENCES, **CHECKS, **GUARDED}
_WORDS.update((kind, (text, "")) for kind, text in (_CONDITIONS | DRIFT | EXCUSES).items())


def message(reason: Reason[Kind]) -> str:
    return _filled(_WORDS[reason.kind][0], reason)


def hint(reason: Reason[Kind]) -> str:
    """What to do about it; empty if there is nothing to do."""
    return _filled(_WORDS[reason.kind][1], reason)


def problem(reason: Reason[Kind], node: str) -> Problem:
    return Problem(message(reason), hint(reason), node=node)


def _filled(template: str, reason: Reason[Kind]) -> str:
    return (
        template.format_map({name: _shown(value) for name, value in reason.data}) if reason.data else template
    )


def _shown(value: Datum) -> str:
    """Several names stand in backticks each; one value as its template quotes it."""
    return value if isinstance(value, str) else ", ".join(f"`{name}`" for name in value)
