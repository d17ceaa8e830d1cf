"""Names and resolvers of a pod."""

import pytest

SERVERS = "[1.1.1.1, 1.1.1.2, 1.1.1.3]"


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ("dnsPolicy: Default", None),
        ("dnsPolicy: Cluster", "dnsPolicy"),
        ("dnsPolicy: None", "dnsConfig.nameservers"),
        ("dnsPolicy: None, dnsConfig: {nameservers: ['::1']}", None),
        (f"dnsConfig: {{nameservers: {SERVERS}}}", None),
        (f"dnsConfig: {{nameservers: {SERVERS[:-1]}, 1.1.1.4]}}", "dnsConfig.nameservers"),
        ("dnsConfig: {nameservers: [1.1.1.1, ns.example.com]}", "dnsConfig.nameservers[1]"),
        ("dnsConfig: {searches: [a.example.com., b]}", None),
        ("dnsConfig: {searches: ['a b']}", "dnsConfig.searches[0]"),
        (f"dnsConfig: {{searches: [{', '.join(['a'] * 32)}]}}", None),
        (f"dnsConfig: {{searches: [{', '.join(['a'] * 33)}]}}", "dnsConfig.searches"),
        # eight names of 249 and a blank between them, and one more name: 2,048 characters, or 2,049
        (f"dnsConfig: {{searches: [{', '.join(['a' * 249] * 8 + ['a' * 48])}]}}", None),
        (f"dnsConfig: {{searches: [{', '.join(['a' * 249] * 8 + ['a' * 49])}]}}", "dnsConfig.searches"),
        ("dnsConfig: {options: [{name: ndots, value: '2'}, {name: x}]}", None),
        ("dnsConfig: {options: [{name: x}, {value: x}]}", "dnsConfig.options[1].name"),
    ],
)
def test_resolvers(places, spec, field):
    assert places("dns", spec) == ([f"spec.{field}"] if field else [])


@pytest.mark.parametrize("search", [".", "a_b.example.com"])
def test_search_domains_may_be_odd_since_1_35(places, search):
    spec = f"dnsConfig: {{searches: [{search}]}}"
    assert places("dns", spec, version="1.34") == ["spec.dnsConfig.searches[0]"]
    assert places("dns", spec, version="1.35") == []


@pytest.mark.parametrize(
    ("alias", "field"),
    [
        ("{ip: '::1', hostnames: [a.b]}", None),
        ("{ip: 1.2.3.4}", None),
        ("{ip: x, hostnames: [a]}", "ip"),
        ("{hostnames: [a]}", "ip"),
        ("{ip: 1.2.3.4, hostnames: [a, a_b]}", "hostnames[1]"),
    ],
)
def test_aliases_of_hosts(places, alias, field):
    found = places("host-aliases", f"hostAliases: [{alias}]")
    assert found == ([f"spec.hostAliases[0].{field}"] if field else [])


@pytest.mark.parametrize("address", ["010.0.0.1", "'::ffff:1.2.3.4'"])
def test_addresses_are_strict_since_1_36(verdict, places, address):
    alias, servers = f"hostAliases: [{{ip: {address}}}]", f"dnsConfig: {{nameservers: [{address}]}}"
    for spec in (alias, servers):
        older = verdict(spec, version="1.35")
        assert (older.kubelet, older.mirror) == ("accepts", "rejects")
        # an API as old as the kubelet takes it
        [told] = [finding for finding in older.findings if finding.rule in ("host-aliases", "dns")]
        assert (told.severity, older.errors) == ("warning", ())
    assert places("host-aliases", alias, version="1.36") == ["spec.hostAliases[0].ip"]
    assert places("dns", servers, version="1.36") == ["spec.dnsConfig.nameservers[0]"]


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ("hostname: a, subdomain: b", None),
        ("hostname: ''", None),
        ("hostname: a.b", "hostname"),
        ("subdomain: A", "subdomain"),
        ("hostname: " + "a" * 63, None),
        ("hostname: " + "a" * 64, "hostname"),
        ("hostNetwork: false, hostnameOverride: a.b", None),
        ("hostNetwork: false, hostnameOverride: ''", "hostnameOverride"),
        ("hostNetwork: false, hostnameOverride: a_b", "hostnameOverride"),
        ("hostNetwork: false, hostnameOverride: " + "a" * 64, None),
        ("hostNetwork: false, hostnameOverride: " + "a" * 65, "hostnameOverride"),
        ("hostNetwork: true, hostnameOverride: a", "hostnameOverride"),
        ("hostNetwork: false, setHostnameAsFQDN: true, hostnameOverride: a", "hostnameOverride"),
        ("hostNetwork: false, setHostnameAsFQDN: false, hostnameOverride: a", None),
    ],
)
def test_names_of_the_host(places, spec, field):
    assert places("hostname", spec) == ([f"spec.{field}"] if field else [])
