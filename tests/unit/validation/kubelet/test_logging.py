from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("logging: {format: text, flushFrequency: 5000000000}", ""),
        ("logging: {flushFrequency: -5s}", "trial"),
        ("logging: {format: json}", "trial"),
        ("logging: {verbosity: 4294967295}", "trial"),
        ("logging: {vmodule: [{filePattern: 'a=b', verbosity: 1}]}", "trial"),
        ("logging: {vmodule: [{filePattern: kubelet, verbosity: 5}]}", ""),
        ("logging: {options: {text: {splitStream: true}}}", "trial"),
        ("logging: {options: {text: {splitStream: true}}}\nfeatureGates: {LoggingAlphaOptions: true}", ""),
        ("tracing: {samplingRatePerMillion: 1000001}", "trial"),
        ("tracing: {endpoint: 'http://a:1'}", "trial"),
        ("tracing: {endpoint: 'a:1'}", ""),
        # component-base tracing/api/v1 `validateEndpoint`
        ("tracing: {endpoint: 'dns:a:1'}", ""),
        ("tracing: {endpoint: 'unix-abstract:x//y'}", ""),
        ("tracing: {endpoint: 'a b'}", "trial"),
        ("tracing: {endpoint: 'DNS:x'}", "trial"),
        ("tracing: {endpoint: 'https:x'}", "trial"),
        ("tracing: {endpoint: '//a:1'}", "trial"),
        ("tracing: {endpoint: 'a:1//x'}", "trial"),
    ],
)
def test_what_a_kubelet_refuses_of_its_logging(text: str, expected: str) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize("minor", [31, 33, 34])
def test_a_kubelet_that_is_not_to_trace_takes_no_tracing(minor: int) -> None:
    """Before 1.34 its validation asks the gate; then the gate is locked."""
    assert moment("tracing: {}\nfeatureGates: {KubeletTracing: false}", minor=minor) == "trial"
    assert moment("tracing: {}", minor=minor) == ""
