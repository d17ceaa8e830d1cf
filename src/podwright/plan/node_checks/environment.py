"""Checks of what surrounds a node: its identity, name servers, firewalls, and what is about to end it."""

from __future__ import annotations

import re

from podwright.plan.facts import Facts
from podwright.plan.node_checks.check import (
    BOTH,
    PLANE,
    Check,
    Judged,
    Result,
    Severity,
    Subject,
    held,
    in_inventory,
    known,
    not_applicable,
    of_fact,
    setting,
    unknown,
)
from podwright.plan.unknown_fact import Known, Unknown

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
#: that kubelets are given, and that the node is asked for
_RESOLV_CONFS = ("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf")
_MACHINE_ID, _ANY, _LONGEST = "/etc/machine-id", ("0.0.0.0", "::"), 253  # noqa: S104 - compared with
_HOST_NAME = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*"


def _machine_id(subject: Subject) -> Judged:
    """That there is none is known, if the login may look."""
    found = subject.facts.identity.machine_id
    if isinstance(found, Unknown) and _MACHINE_ID in subject.facts.unreadable:
        return unknown(found.reason)
    good = not isinstance(found, Unknown) and re.fullmatch(r"[0-9a-f]{32}", found)
    seen = "it is not there or empty" if isinstance(found, Unknown) else found
    return held(good, seen, "32 hexadecimal digits", _MACHINE_ID)


def _resolv_conf(subject: Subject) -> Judged:
    """What the kubelet copies for each pod that does not ask the cluster's DNS alone."""
    named = setting(subject.facts, "resolvConf", default=_RESOLV_CONFS[0])
    if isinstance(named, Unknown):
        return unknown(named.reason)
    path = str(named.value)
    if not path:
        return not_applicable("its pods get no resolver of the node")
    there = path in subject.facts.paths
    if not there and path not in _RESOLV_CONFS:
        return unknown(f"{path} was not looked for")
    return held(there, path if there else f"without {path}", path, named.source)


def _node_address(subject: Subject) -> Judged:
    address = setting(subject.facts, "--node-ip", default="")
    if isinstance(address, Unknown):
        return unknown(address.reason)
    wanted = [one.strip() for one in str(address.value).split(",") if one.strip() not in ("", *_ANY)]
    if not wanted:
        return not_applicable("its kubelet is given no address")

    def judge(own: tuple[str, ...]) -> Judged:
        missing = [one for one in wanted if one not in own]
        return held(
            not missing,
            f"without {', '.join(missing)}" if missing else "it has them",
            ", ".join(wanted),
            address.source,
        )

    return known(subject.facts.network.addresses, judge)


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
        "resolv-conf", _ERROR, BOTH, "the file of name servers that the kubelet gives to pods is missing",
        "the kubelet starts no pod that it would give it to", "start systemd-resolved, or correct `resolvConf`",
        _resolv_conf, in_inventory("resolvConf: FILE"),
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
        _machine_id,
    ),
    Check(
        "host-name", _ERROR, BOTH, "the host name cannot be a node's", "the kubelet takes its node's name from it",
        "`hostnamectl hostname NAME`",
        of_fact(
            lambda facts: facts.identity.host_name,
            lambda name: len(name) <= _LONGEST and re.fullmatch(_HOST_NAME, name.lower()),
            "a DNS name", "/proc/sys/kernel/hostname",
        ),
    ),
    Check(
        "pending", _ERROR, BOTH, "a boot or a shutdown is pending", "what is written now may be interrupted",
        "reboot it, or wait", _pending,
    ),
    Check(
        "node-address", _ERROR, PLANE, "the kubelet's --node-ip is not an address of the node",
        "the kubelet does not report the node's addresses, and its pods have none", "correct it, or give it to an interface",
        _node_address,
    ),
    Check(
        "firewall", _WARNING, PLANE, "a firewall is active",
        "the ports 6443, 10250 and, between peers, 2379 and 2380 must be open",
        "open these ports",
        of_fact(_firewalls, lambda found: not found, "none, or one that lets them through",
                say=lambda found: ", ".join(found) or "none"),
    ),
)  # fmt: skip
