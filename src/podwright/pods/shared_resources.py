"""What two pods of one kind would share on a node: files that both write, a lease that both hold, the network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from podwright.lazy_pattern import lazy_pattern
from podwright.pods.go_fields import Record, child, each_container, flag, records, text, texts

_NODE_NAME = "spec.nodeName"
#: of a flag or a variable that says who holds a lease, or which
_LEASE = lazy_pattern(r"lease|leader|lock|identity", re.IGNORECASE)
#: how a variable is referred to in another value
_REFERENCE = lazy_pattern(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")


def uses_host_network(pod: Record) -> bool:
    return flag(child(pod, "spec"), "hostNetwork")


def written_host_paths(pod: Record) -> tuple[str, ...]:
    """Paths of the host that a container may write to."""
    spec = child(pod, "spec")
    writable = {
        text(mount, "name")
        for _, container in each_container(spec)
        for mount in records(container, "volumeMounts")
        if not flag(mount, "readOnly")
    }
    volumes = (volume for volume in records(spec, "volumes") if text(volume, "name") in writable)
    return tuple(path for volume in volumes if (path := text(child(volume, "hostPath"), "path")))


def lease_named_by_node(pod: Record) -> str:
    """The flag or variable that makes a lease, or its holder, one of the node: two pods would both take it for theirs."""
    for _, container in each_container(child(pod, "spec")):
        of_node = {
            text(variable, "name")
            for variable in records(container, "env")
            if text(child(child(variable, "valueFrom"), "fieldRef"), "fieldPath") == _NODE_NAME
        }
        for name, value in _settings(container):
            if _LEASE.search(name) and (name in of_node or not of_node.isdisjoint(_REFERENCE.findall(value))):
                return name
    return ""


def _settings(container: Record) -> Iterator[tuple[str, str]]:
    """Variables, and flags with their values."""
    for variable in records(container, "env"):
        yield text(variable, "name"), text(variable, "value")
    words = (*texts(container, "command"), *texts(container, "args"))
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        name, is_whole, value = word.partition("=")
        yield name, value if is_whole else following
