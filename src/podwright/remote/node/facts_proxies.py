"""Reads what facts_proxies.sh reports: kube-proxy, and what the kubelet and its runtime would reach through a proxy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from podwright.no_proxy import bypasses
from podwright.plan.facts import KubeProxy, ProxyUse
from podwright.plan.kubelet_state import Setting
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.kubelet import parse_flags
from podwright.remote.node.records import Record
from podwright.validation.versions import minor_of

MAX_PROCESSES, MAX_TEXT = 20, 2_000
_VARIABLE = re.compile(
    r"(?:.*/)?([0-9]{1,10})/environ:(https?_proxy|no_proxy)=(.*)", re.IGNORECASE | re.DOTALL
)
_SERVICES_PORT = 443


def kube_proxy_of(records: tuple[Record, ...]) -> Known[KubeProxy]:
    last = {record.kind: record for record in records}
    if "kube-proxy" not in last:
        return Unknown("no kube-proxy runs on it, as far as the login sees")
    pid, _, home = last["kube-proxy"].words.partition(" ")
    flags = parse_flags(last["kube-proxy"].text[:MAX_TEXT])
    written = last["kube-proxy-settings"].text if "kube-proxy-settings" in last else ""
    # with a configuration it reads no other flag
    settings = dict(line.partition(" ")[::2] for line in written[:MAX_TEXT].splitlines())
    if "config" not in flags:
        settings = {
            "kubeconfig": flags.get("kubeconfig", ""),
            "metricsBindAddress": flags.get("metrics-bind-address", ""),
            "mode": flags.get("proxy-mode", ""),
        }
    hidden = (
        Unknown("the login may not read its configuration")
        if "config" in flags and "kube-proxy-settings" not in last
        else None
    )
    metrics = settings.get("metricsBindAddress", "").strip("'") or "127.0.0.1:10249"
    return KubeProxy(
        int(pid) if pid.isdigit() else 0,
        home != "own",
        settings.get("kubeconfig", "") if home == "own" else "",
        hidden or metrics,
        hidden or settings.get("mode", "").strip("'"),
    )


def kubeadm_of(records: tuple[Record, ...], tools: tuple[str, ...]) -> Known[str]:
    said = next((record.text.strip() for record in records if record.kind == "kubeadm-version"), None)
    if said is None:
        return Unknown("not asked for" if "kubeadm" in tools else "there is no kubeadm on the node")
    return said.removeprefix("v") if minor_of(said) else Unknown("kubeadm does not tell its version")


def proxies_of(
    records: tuple[Record, ...], config: Known[Mapping[str, Setting]], api: Known[str]
) -> Known[tuple[ProxyUse, ...]]:
    record = next((record for record in records if record.kind == "machine-proxies"), None)
    entries = record.words.split()[:MAX_PROCESSES] if record else []
    if any(entry.endswith(":hidden") for entry in entries):
        return Unknown("only root sees the environment of its processes")
    variables: dict[str, dict[str, str]] = {}
    for text in record.text.split("\0") if record else ():
        if found := _VARIABLE.fullmatch(text[:MAX_TEXT]):
            variables.setdefault(found[1], {})[found[2]] = found[3]
    settings = {} if isinstance(config, Unknown) else config
    address, services = "" if isinstance(api, Unknown) else api, tuple(_services(settings))
    named = (entry.partition(":")[::2] for entry in entries)
    return tuple(
        _use(name, variables[pid], address, services) for name, pid in named if _proxy(variables.get(pid, {}))
    )


def _use(name: str, variables: Mapping[str, str], api: str, services: tuple[str, ...]) -> ProxyUse:
    excepted = variables.get("NO_PROXY") or variables.get("no_proxy", "")
    host, _, port = api.rpartition(":")
    # the API is reached by https, to which HTTP_PROXY does not apply
    through_api = host and _secure(variables) and not bypasses(host.strip("[]"), int(port), excepted)
    through = (one for one in services if not bypasses(one, _SERVICES_PORT, excepted))
    return ProxyUse(name, _shown(_proxy(variables)), excepted, api if through_api else "", tuple(through))


def _secure(variables: Mapping[str, str]) -> str:
    return variables.get("HTTPS_PROXY") or variables.get("https_proxy", "")


def _proxy(variables: Mapping[str, str]) -> str:
    return _secure(variables) or variables.get("HTTP_PROXY") or variables.get("http_proxy", "")


def _shown(proxy: str) -> str:
    """Without the name and password that may stand in it."""
    scheme, slashes, rest = proxy.rpartition("://")
    return f"{scheme}{slashes}{rest.rpartition('@')[2]}"


def _services(settings: Mapping[str, Setting]) -> Iterator[str]:
    """Addresses of services that the kubelet is told of: the cluster's DNS."""
    named = settings.get("clusterDNS")
    values = named.value if named and isinstance(named.value, list | tuple) else ()
    return (value for value in values if isinstance(value, str))
