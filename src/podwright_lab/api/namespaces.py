"""The namespace controller's work: a namespace that is deleted takes along what is in it, and goes last."""

from __future__ import annotations

from datetime import datetime

from podwright_lab.api.contents import Contents
from podwright_lab.api.deletion import plan_deletion
from podwright_lab.api.journal import Key
from podwright_lab.api.kinds import KINDS, Kind

_NAMESPACES = KINDS["namespaces"]
_NAMESPACED = tuple(kind for kind in KINDS.values() if kind.namespaced)


def empty(contents: Contents, name: str, now: datetime) -> None:
    """Begin to delete all that a namespace holds; pods on nodes are left to their kubelets to finish."""
    namespace = contents.find(_NAMESPACES, None, name)
    if namespace.get("status") != {"phase": "Terminating"}:
        contents.write(_NAMESPACES, namespace | {"status": {"phase": "Terminating"}}, "MODIFIED")
    for kind, key in _held(contents, name):
        plan = plan_deletion(kind, contents.read(kind.plural)[key], None, now)
        if plan.marked is not None:
            contents.write(kind, plan.marked, "MODIFIED")
        if plan.remove:
            contents.remove(kind, contents.read(kind.plural)[key])
    finish(contents, name)


def finish(contents: Contents, name: str) -> None:
    """Remove a namespace that is being deleted once nothing is left in it."""
    namespace = contents.read("namespaces").get(("", name))
    if namespace is not None and "deletionTimestamp" in namespace["metadata"] and not _held(contents, name):
        contents.remove(_NAMESPACES, namespace)


def _held(contents: Contents, name: str) -> list[tuple[Kind, Key]]:
    return [(kind, key) for kind in _NAMESPACED for key in contents.read(kind.plural) if key[0] == name]
