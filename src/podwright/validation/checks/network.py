"""Names and resolvers of a pod. Source: `validatePodDNSConfig`, `ValidateHostAliases`, `ValidatePodSpec`."""

from __future__ import annotations

from collections.abc import Sequence

from podwright.pods.go_fields import Record, child, each, flag, records, text, texts
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.enums import DNS_POLICIES, check_choice
from podwright.validation.findings import Report
from podwright.validation.rules import Concern
from podwright.validation.versions import Behaviour

_MOST_SERVERS, _MOST_SEARCHES, _MOST_SEARCH_CHARACTERS = 3, 32, 2048


def check_network(spec: Record, report: Report) -> None:
    check_choice(spec, "dnsPolicy", DNS_POLICIES, ("spec",), rule="dns", report=report)
    _check_dns_config(spec, report)
    for name in ("hostname", "subdomain"):
        value = text(spec, name)
        if value:
            report.add("hostname", ("spec", name), names.dns_label(value))
    _check_hostname_override(spec, report)
    for path, alias in each(spec, "hostAliases", ("spec",)):
        _check_address("host-aliases", text(alias, "ip"), (*path, "ip"), report)
        for position, name in enumerate(texts(alias, "hostnames")):
            report.add("host-aliases", (*path, "hostnames", position), names.dns_subdomain(name))


def _check_dns_config(spec: Record, report: Report) -> None:
    config, path = child(spec, "dnsConfig"), ("spec", "dnsConfig")
    servers = texts(config, "nameservers")
    if text(spec, "dnsPolicy") == "None" and not servers:
        report.add("dns", (*path, "nameservers"), "is missing, which `dnsPolicy: None` needs")
    if len(servers) > _MOST_SERVERS:
        report.add("dns", (*path, "nameservers"), f"has {len(servers)} servers, more than {_MOST_SERVERS}")
    for index, server in enumerate(servers):
        _check_address("dns", server, (*path, "nameservers", index), report)
    _check_searches(texts(config, "searches"), report)
    for index, option in enumerate(records(config, "options")):
        if not text(option, "name"):
            report.add("dns", (*path, "options", index, "name"), "is missing")


def _check_address(rule: str, value: str, path: Path, report: Report) -> None:
    wrong = names.ip_address(value, strict=False)
    concern = Concern.KUBELET if wrong else report.concern(Behaviour.STRICT_ADDRESSES)
    report.add(rule, path, wrong or names.ip_address(value, strict=True), concern=concern)


def _check_searches(searches: Sequence[str], report: Report) -> None:
    path = ("spec", "dnsConfig", "searches")
    if len(searches) > _MOST_SEARCHES:
        report.add("dns", path, f"has {len(searches)} entries, more than {_MOST_SEARCHES}")
    if len(" ".join(searches)) > _MOST_SEARCH_CHARACTERS:
        report.add("dns", path, f"is longer than {_MOST_SEARCH_CHARACTERS} characters in all")
    relaxed = report.does(Behaviour.ANY_SEARCH_DOMAIN)
    for index, search in enumerate(searches):
        if relaxed and search == ".":
            continue
        report.add("dns", (*path, index), names.dns_subdomain(search.removesuffix("."), underscore=relaxed))


def _check_hostname_override(spec: Record, report: Report) -> None:
    """KEP-4762, on since 1.35: a full host name, not beside `hostNetwork` or `setHostnameAsFQDN`."""
    if "hostnameOverride" not in spec:
        return
    value, path = text(spec, "hostnameOverride"), ("spec", "hostnameOverride")
    report.add("hostname", path, names.dns_subdomain(value))
    if len(value) > 64:
        report.add("hostname", path, "is longer than 64 characters")
    for name in ("hostNetwork", "setHostnameAsFQDN"):
        if flag(spec, name):
            report.add("hostname", path, f"may not be set together with `{name}: true`")
