"""How long a run may hold a node's lock, in seconds; who needs longer extends it."""

from __future__ import annotations

from podwright.plan.observed import ObservedLock

#: one that writes manifests; second writes are made without it
WRITE_LOCK_SECONDS = 60
#: added for one that keeps its lock until its change is proven
GUARDED_LOCK_SECONDS = 120
#: a dead-man switch that takes a change back
SWITCH_LOCK_SECONDS = 60
#: one that provisions; packages, users and kubelets add their own
PROVISION_LOCK_SECONDS = 300
#: more than any run locks a node for at once. What expires later makes no sense, and must not hide drift for ever
LONGEST_LOCK_SECONDS = 7200.0
#: the id of one that lasts for as long as a kubeadm runs
KUBEADM = "kubeadm"


def lasts(lock: ObservedLock) -> bool:
    """Whether it keeps others from writing; one of before the node's start does not."""
    return lock.id == KUBEADM or (lock.left > 0 and lock.age >= 0)
