"""Names, resolvers and aliases of a pod."""

import pytest


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ("dnsPolicy: Cluster", "dns"),
        ("dnsPolicy: None", "dns"),
        ("dnsConfig: {nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]}", "dns"),
        ("dnsConfig: {nameservers: [ns.example.com]}", "dns"),
        ("dnsConfig: {searches: ['a b']}", "dns"),
        ("dnsConfig: {options: [{value: x}]}", "dns"),
        ("hostname: a.b", "hostname"),
        ("subdomain: A", "hostname"),
        ("hostnameOverride: a", "hostname"),
        ("hostAliases: [{ip: x, hostnames: [a]}]", "host-aliases"),
        ("hostAliases: [{ip: 1.2.3.4, hostnames: [a_b]}]", "host-aliases"),
    ],
)
def test_the_kubelet_would_refuse(verdict, spec, rule):
    told = verdict(spec)
    assert told.kubelet == "rejects"
    assert {finding.rule for finding in told.findings if finding.severity == "error"} - {"repeated-key"} == {
        rule
    }
