"""How long a run may hold a node's lock, in seconds; who needs longer extends it."""

from __future__ import annotations

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
