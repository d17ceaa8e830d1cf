"""Explains why a node's program stopped before its end, and what to do about it."""

from __future__ import annotations

from podwright.operations.write_error_hints import remedy_for
from podwright.plan.events import LockHeld, Refused, StepFailed
from podwright.plan.observed import Observation
from podwright.problem import Problem

#: what each step of the node's program says if it fails, and what to do about it
_STEPS = {
    "stage": ("`{folder}`: cannot create a file: {detail}", "{remedy}; nothing was changed in the folder"),
    "untrusted": (
        "others can change where podwright writes ({detail}); nothing was written",
        "make root its owner (`chown root`), and take write permission from others (`chmod go-w`)",
    ),
    # whatever `podwright_state_dir` is, so that it keeps all operators of a folder apart
    "lock-dir": (
        "podwright's lock beside the manifest folder cannot be written: `{detail}`",
        "{remedy}; nothing was changed",
    ),
    "state-dir": (
        "podwright's own folder on the node cannot be written to: `{detail}`",
        "{remedy}, or set `podwright_state_dir` to another folder; nothing was changed",
    ),
    "kubelet-trial": (
        "its kubelet refuses the configuration: {detail}",
        "mend `podwright_node.kubelet`, or the file that it names; nothing was changed",
    ),
    "pressure": ("{detail}; nothing was changed", "free what is short, then run the same command again"),
    "make-kubelet": (
        "{detail}",
        "read its journal on the node (`journalctl -u kubelet`); what was changed before was taken back",
    ),
    "make-directory": ("{detail}", "{remedy}; what was changed before was taken back"),
    **dict.fromkeys(
        ("make-file", "make-module", "make-package", "make-user", "make-time"),
        ("{detail}", "see on the node why; what was changed before was taken back"),
    ),
    "make-service": (
        "{detail}",
        "read its journal on the node (`journalctl -u NAME`); what was changed before was taken back",
    ),
    "busy": ("{detail}; nothing was changed", "wait for it to end, then run the same command again"),
    "confirm": (
        "{detail}",
        "what was changed was taken back: see whether a new login still works with it, and sudo",
    ),
    "unconfirmed": (
        "what another run wrote here is not confirmed yet ({detail}); nothing was written",
        "`podwright node pending` shows it; `podwright manifest confirm RUN` keeps it,"
        " `podwright manifest revert RUN` takes it back",
    ),
    "held": (
        "somebody holds it since this run was planned ({detail}); nothing was written",
        "see until when: `podwright node hold list`; then run the same command again",
    ),
    "switch": (
        "the node cannot be made to take this back by itself: {detail}",
        "{remedy}, or push without `--confirm-within`; nothing was changed",
    ),
    "broken": (
        "the lock was broken by {detail}; nothing more was written",
        "agree with them, then run the same command again",
    ),
    "kubeadm": (
        "kubeadm runs on the node ({detail}), and it writes manifests too; nothing was written",
        "wait for it to end (`--wait-lock 5m`), then run the same command again",
    ),
    "too-late": (
        "the lock expired before the write: `{detail}` was left as it is",
        "check the node's disks and load, then run the same command again",
    ),
}
_ANY_STEP = ("the step `{step}` failed on the node: {detail}", "{remedy}")


def explain_stop(event: LockHeld | StepFailed | Refused, observation: Observation) -> Problem:
    """Why the node's program stopped or left a file alone."""
    node = observation.node
    match event:
        case LockHeld(lock):
            return Problem(
                f"another run holds the lock of this node: {lock.owner};"
                f" `{lock.id}` expires in {max(0.0, lock.left):.0f} s",
                "wait for it to end (`--wait-lock 60s`); if you know that it is dead:"
                f" `podwright node lock break {lock.id or 'ID'} --reason TEXT`",
                node=node,
            )
        case Refused(name):
            return Problem(
                f"`{name}` changed between the observation and the write; nothing was written",
                "run the same command again to see what is there now",
                node=node,
            )
        case StepFailed(step, detail):
            message, hint = _STEPS.get(step, _ANY_STEP)
            words = {"folder": observation.folder, "step": step, "detail": detail or "no reason given"}
            return Problem(message.format_map(words), hint.format(remedy=remedy_for(detail)), node=node)
