"""Checks of what surrounds a node: its identity, name servers, firewalls, and what is about to end it."""

from __future__ import annotations

import re

from podwright.plan.facts import Facts
from podwright.plan.known import Known, Unknown
from podwright.plan.node_checks.check import (
    BOTH,
    PLANE,
    Check,
    Judged,
    Result,
    Severity,
    Subject,
    held,
    of_fact,
)

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_HOST_NAME = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*"


def _pending(subject: Subject) -> Judged:
    found = subject.facts.pending
    ending = any("shutdown" in one or "shuts down" in one for one in found)
    result = Result.PASS if not found else Result.FAIL if ending else Result.WARN
    return Judged(result, "; ".join(found) or "nothing", "nothing")


def _firewalls(facts: Facts) -> Known[tuple[str, ...]]:
    """Rules that drop what they do not know are one, whoever made them; only root sees that there are none."""
    dropping = ("rules that drop other packets",) if facts.security.input == "drop" else ()
    named, rules = facts.security.firewalls, facts.security.input
    found = dropping if isinstance(named, Unknown) else (*named, *dropping)
    if found or isinstance(named, Unknown):
        return found or named
    return rules if isinstance(rules, Unknown) and facts.login != "0" else ()


CHECKS = (
    Check(
        "name-servers", _WARNING, BOTH, "there is no name server", "images cannot be pulled from registries by name",
        "name one in /etc/resolv.conf",
        lambda subject: held(
            subject.facts.name_servers, ", ".join(subject.facts.name_servers) or "none", "at least one",
            "/etc/resolv.conf"
        ),
    ),
    Check(
        "localhost", _WARNING, BOTH, "/etc/hosts does not name localhost",
        "probes and tools that ask it fail without DNS",
        "add `127.0.0.1 localhost` to /etc/hosts",
        lambda subject: held(
            "localhost" in subject.facts.local_names, ", ".join(subject.facts.local_names[:5]) or "none", "localhost",
            "/etc/hosts"
        ),
    ),
    Check(
        "machine-id", _ERROR, BOTH, "the machine has no id", "nodes are told apart by it",
        "`systemd-machine-id-setup`",
        of_fact(
            lambda facts: facts.identity.machine_id, lambda word: re.fullmatch(r"[0-9a-f]{32}", word),
            "32 hexadecimal digits", "/etc/machine-id",
        ),
    ),
    Check(
        "host-name", _ERROR, BOTH, "the host name cannot be a node's", "the kubelet takes its node's name from it",
        "`hostnamectl hostname NAME`",
        of_fact(
            lambda facts: facts.identity.host_name, lambda name: re.fullmatch(_HOST_NAME, name.lower()),
            "a DNS name", "/proc/sys/kernel/hostname",
        ),
    ),
    Check(
        "pending", _ERROR, BOTH, "a boot or a shutdown is pending", "what is written now may be interrupted",
        "reboot it, or wait", _pending,
    ),
    Check(
        "firewall", _WARNING, PLANE, "a firewall is active",
        "the ports 6443, 10250 and, between peers, 2379 and 2380 must be open",
        "open these ports",
        of_fact(_firewalls, lambda found: not found, "none, or one that lets them through",
                say=lambda found: ", ".join(found) or "none"),
    ),
)  # fmt: skip
