"""What a kubelet refuses of how it is to serve and whom it is to let in, before it asks its runtime.

Source: cmd/kubelet/app/server.go `InitializeTLS`, cmd/kubelet/app/auth.go, component-base `cli/flag`.
"""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, numbers, text, texts
from podwright.validation.checks import names
from podwright.validation.findings import shown
from podwright.validation.kubelet.urls import scheme_of
from podwright.validation.kubelet.verdict import Found, Host

_TLS_VERSIONS = ("VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13")
_AES = (
    "AES_128_CBC_SHA",
    "AES_256_CBC_SHA",
    "AES_128_GCM_SHA256",
    "AES_256_GCM_SHA384",
    "AES_128_CBC_SHA256",
)
_CIPHERS = frozenset(
    [
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_RSA_WITH_RC4_128_SHA",
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
        *(f"TLS_{key}_WITH_{aes}" for key in ("RSA", "ECDHE_RSA", "ECDHE_ECDSA") for aes in _AES),
        *(f"TLS_ECDHE_{key}_WITH_RC4_128_SHA" for key in ("RSA", "ECDSA")),
        *(
            f"TLS_ECDHE_{key}_WITH_CHACHA20_POLY1305{end}"
            for key in ("RSA", "ECDSA")
            for end in ("", "_SHA256")
        ),
    ]
)
#: those that the Go of 1.36 knows
_CURVES = (23, 24, 25, 29, 4587, 4588, 4589)


def check_access(config: Record, minor: int, host: Host, found: Found) -> None:
    _check_curves(config, found)
    for index, suite in enumerate(texts(config, "tlsCipherSuites")):
        if suite not in _CIPHERS:
            found.refuse(("tlsCipherSuites", index), f"is {shown(suite)}, which there is not")
    version = text(config, "tlsMinVersion")
    if version:
        found.refuse(("tlsMinVersion",), names.one_of(version, _TLS_VERSIONS))
    runtime = text(config, "containerRuntimeEndpoint")
    found.refuse(("containerRuntimeEndpoint",), wrong_endpoint(runtime, minor) if runtime else "is empty")
    authentication = child(config, "authentication")
    authority = text(child(authentication, "x509"), "clientCAFile")
    if authority in host.missing:
        path = ("authentication", "x509", "clientCAFile")
        found.refuse(path, f"is {shown(authority)}, which is not on the node")
    mode = text(child(config, "authorization"), "mode") or "Webhook"
    found.refuse(("authorization", "mode"), names.one_of(mode, ("AlwaysAllow", "Webhook")))
    if host.kubeconfig is False:
        needs = "needs a kubeconfig: a kubelet on its own cannot ask the API"
        if mode == "Webhook":
            found.refuse(("authorization", "mode"), needs)
        if child(authentication, "webhook").get("enabled", True):
            found.refuse(("authentication", "webhook", "enabled"), needs)


def _check_curves(config: Record, found: Found) -> None:
    """Source: component-base cli/flag `TLSCurvePreferences`."""
    curves = numbers(config, "tlsCurvePreferences")
    for index, curve in enumerate(curves):
        path = ("tlsCurvePreferences", index)
        found.refuse(path, f"is {curve}, which there is not" if curve not in _CURVES else "")
        found.refuse(path, f"is {curve}, which is there already" if curve in curves[:index] else "")


def wrong_endpoint(endpoint: str, minor: int) -> str:
    """Source: k8s.io/cri-client pkg/util `GetAddressAndDialer`, which takes what is not a URL for a socket's path."""
    scheme = scheme_of(endpoint, minor) or scheme_of(f"unix://{endpoint}", minor)
    return "" if scheme == "unix" else f"is {shown(endpoint)}, which is not a Unix socket"
