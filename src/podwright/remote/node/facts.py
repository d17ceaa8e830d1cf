"""Reads what facts.sh reports of a machine; each fact is a value, or unknown for a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping

from podwright.plan.facts import Facts, Time
from podwright.plan.kubelet_state import Unit
from podwright.plan.observed import KubeletFacts
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node import facts_kernel
from podwright.remote.node import facts_machine as machine
from podwright.remote.node import facts_usage as use
from podwright.remote.node.facts_certificates import certificates_of
from podwright.remote.node.facts_files import body_lines, texts_of, whole_number
from podwright.remote.node.facts_kubelet import kubelet_state
from podwright.remote.node.facts_network import network_of
from podwright.remote.node.facts_proxies import kube_proxy_of, kubeadm_of, proxies_of
from podwright.remote.node.facts_runtime import runtime_of
from podwright.remote.node.facts_sysctls import sysctls_of
from podwright.remote.node.records import Record

MAX_UNITS = 50


def parse_facts(records: tuple[Record, ...], kubelet: KubeletFacts, clock: float) -> Facts | None:
    """All that the records of a machine say; None if it was not asked."""
    login = next((record.words for record in records if record.kind == "machine"), None)
    if login is None:
        return None
    texts = texts_of(records)
    init = machine.init_system(texts)
    units = _units(records)
    state = kubelet_state(records, kubelet, texts, units)
    architecture = next(
        (record.text.strip() for record in records if record.kind == "machine-architecture"), ""
    )
    ports = body_lines(records, "machine-ports")
    tools = body_lines(records, "machine-tools") or ()
    asked = any(record.kind == "machine-ports" and record.words == "asked" for record in records)
    return Facts(
        login=login if login.isdigit() else "",
        os=machine.operating_system(texts),
        kernel=facts_kernel.kernel(texts, architecture),
        init=init,
        virtualization=machine.virtualization(texts),
        distribution=machine.distribution(texts, state.process, standalone=state.standalone),
        cpus=machine.cpus(texts),
        memory_bytes=machine.memory(texts),
        swap=facts_kernel.swap(texts),
        cgroup=facts_kernel.cgroup(texts),
        sysctls=sysctls_of(texts, init),
        time=_time(records),
        file_systems=use.file_systems(records),
        runtime=runtime_of(records, kubelet, texts),
        kubelet=state,
        certificates=certificates_of(texts, int(clock), saw_all=login == "0" and "awk" in tools),
        ports=tuple(use.listening_ports(ports, login)) if ports is not None and asked else use.NO_PORTS,
        proxies=proxies_of(records, state.config, state.api),
        kube_proxy=kube_proxy_of(records),
        kubeadm=kubeadm_of(records, tools),
        security=machine.security(texts, units, records),
        identity=machine.identity(texts),
        network=network_of(records, tools),
        limits=use.limits(ports, texts, login, use.open_files(records)),
        pending=machine.pending(texts),
        units=units,
        tools=tools,
        name_servers=use.name_servers(texts),
        local_names=use.local_names(texts),
        paths=tuple(sorted(f"/{path}" for path in texts.paths)),
        files=tuple(use.owned_files(records)),
        unreadable=tuple(sorted(f"/{path}" for path in texts.unreadable)),
    )


def _units(records: tuple[Record, ...]) -> Mapping[str, Unit]:
    """Services that systemd knows, by their short name, of `systemctl show`: blocks of `Key=Value`."""
    found: dict[str, Unit] = {}
    shown = next((record.text for record in records if record.kind == "machine-units"), "")
    for block in shown.split("\n\n")[:MAX_UNITS]:
        said = dict(line.partition("=")[::2] for line in block.split("\n"))
        name = said.get("Id", "").removesuffix(".service")
        if not name or said.get("LoadState") == "not-found":
            continue
        restarts = said.get("NRestarts", "")
        found[name[:100]] = Unit(
            name[:100],
            active=said.get("ActiveState", "unknown"),
            enabled=said.get("UnitFileState") or "unknown",
            result=said.get("Result", ""),
            restarts=whole_number(restarts, "NRestarts"),
            needs_reload=said.get("NeedDaemonReload") == "yes",
            files=tuple(f"{said.get('FragmentPath', '')} {said.get('DropInPaths', '')}".split()),
        )
    return found


def _time(records: tuple[Record, ...]) -> Time:
    """How the two clocks differ is for the caller to tell, who knows when it asked."""
    offset = Unknown("the clocks were not compared")
    record = next((record for record in records if record.kind == "machine-sync"), None)
    if record is None:
        return Time(Unknown("nothing on the node tells"), "", offset)
    text = record.text.strip()
    match record.words:
        case "chronyc":
            leap = text.rpartition(",")[2]
            known: Known[bool] = (
                leap != "Not synchronised" if "," in text else Unknown("chronyc does not tell")
            )
        case "timesyncd":
            known = True
        case "timedatectl":
            known = text == "NTPSynchronized=yes" if text else Unknown("timedatectl does not tell")
        case _:
            status = re.search(r"status:\s+([0-9]{1,9})", text)
            known = not int(status[1]) & 64 if status else Unknown("adjtimex does not tell")
    return Time(known, record.words[:40], offset)
