"""Items of the CIS Kubernetes Benchmark 1.12 on what the kubelet uses (4.2.x), and on kube-proxy (4.3.1)."""

from __future__ import annotations

from collections.abc import Callable

from podwright.no_proxy import is_loopback
from podwright.plan.kubelet_state import Setting
from podwright.plan.node_checks.check import (
    Check,
    Judged,
    Profile,
    Severity,
    Subject,
    held,
    in_inventory,
    known,
    not_applicable,
    setting,
    unknown,
)
from podwright.plan.unknown_fact import Unknown

_CIS = (Profile.CIS,)
_STRONG = (
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
    "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_GCM_SHA256",
)  # fmt: skip


def _kubelet(
    name: str, default: object, good: Callable[[Setting], object], expected: str
) -> Callable[[Subject], Judged]:
    """Judges what the kubelet uses: a setting, or the default that holds for the way it is configured."""
    return lambda subject: known(
        setting(subject.facts, name, _default(subject, name, default)),
        lambda found: held(good(found), f"{name}: {_text(found.value)}", expected, found.source),
    )


def _text(value: object) -> str:
    """As YAML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return (
        ", ".join(map(str, value)) or "not set"
        if isinstance(value, list | tuple)
        else str(value) or "not set"
    )


def _default(subject: Subject, name: str, default: object) -> object:
    """Without a configuration file a kubelet has other defaults."""
    config = subject.facts.kubelet.config
    with_file = isinstance(config, Unknown) or "--config" in config or "--config-dir" in config
    return default if with_file else _WITHOUT_A_FILE.get(name, default)


_WITHOUT_A_FILE = {
    "authentication.anonymous.enabled": True,
    "authorization.mode": "AlwaysAllow",
    "readOnlyPort": 10255,
}
_ANONYMOUS, _MODE = "authentication.anonymous.enabled", "authorization.mode"


def _strong(found: Setting) -> bool:
    suites = found.value if isinstance(found.value, list | tuple) else ()
    return bool(suites) and all(suite in _STRONG for suite in suites)


def _host_name_override(subject: Subject) -> Judged:
    config = subject.facts.kubelet.config
    if isinstance(config, Unknown):
        return unknown(config.reason)
    found = config.get("--hostname-override")
    return held(not found, str(found.value) if found else "not set", "not set", "--hostname-override")


def _certificate(subject: Subject) -> Judged:
    """A certificate of its own, or one that it asks the API for and renews."""
    config = subject.facts.kubelet.config
    if isinstance(config, Unknown):
        return unknown(config.reason)
    own = "tlsCertFile" in config and "tlsPrivateKeyFile" in config
    asked = "serverTLSBootstrap" in config and config["serverTLSBootstrap"].value is True
    return held(
        own or asked,
        "set" if own else "asked of the API" if asked else "signed by itself",
        "tlsCertFile and tlsPrivateKeyFile",
    )


def _metrics(subject: Subject) -> Judged:
    found = subject.facts.kube_proxy
    if isinstance(found, Unknown):
        return not_applicable(found.reason)
    return known(
        found.metrics,
        lambda address: held(
            is_loopback(address.strip("[]")) or is_loopback(address.rpartition(":")[0].strip("[]")),
            f"metricsBindAddress: {address}",
            "an address of localhost",
        ),
    )


def _item(number: str, problem: str, why: str, mend: str, judge: Callable[[Subject], Judged]) -> Check:
    line = in_inventory(mend)
    return Check(f"cis-{number}", Severity.ERROR, _CIS, problem, why, f"set `{mend}`", judge, line)


CHECKS = (
    _item("4.2.1", "the kubelet answers anybody", "who reaches it may run commands in pods",
    "authentication.anonymous.enabled: false",
          _kubelet(_ANONYMOUS, False, lambda found: found.value is False, "false")),
    _item("4.2.2", "the kubelet allows everything", "who may log in may do all", "authorization.mode: Webhook",
          _kubelet(_MODE, "Webhook", lambda found: found.value != "AlwaysAllow", "not AlwaysAllow")),
    _item("4.2.3", "the kubelet knows no authority of clients", "clients cannot prove who they are",
          "authentication.x509.clientCAFile: FILE",
          _kubelet("authentication.x509.clientCAFile", "", lambda found: found.value, "a file")),
    _item("4.2.4", "the kubelet has a port that anybody may read", "it tells what runs, and with what environment",
    "readOnlyPort: 0",
          _kubelet("readOnlyPort", 0, lambda found: found.value == 0, "0")),
    _item("4.2.5", "idle connections never end", "they hold what they hold for ever",
    "streamingConnectionIdleTimeout: 4h",
          _kubelet("streamingConnectionIdleTimeout", "4h0m0s", lambda found: str(found.value) not in ("0", "0s"),
          "not 0")),
    _item("4.2.6", "the kubelet does not make its own chains", "its rules may be missing",
    "makeIPTablesUtilChains: true",
          _kubelet("makeIPTablesUtilChains", True, lambda found: found.value is True, "true")),
    Check("cis-4.2.7", Severity.ERROR, _CIS, "the host name is overridden",
    "certificates and nodes are harder to tell apart",
          "take --hostname-override out", _host_name_override),
    _item("4.2.8", "events are dropped", "what happened cannot be found out", "eventRecordQPS: 50",
          _kubelet("eventRecordQPS", 50, lambda found: isinstance(found.value, int) and found.value >= 0, "0 or more")),
    Check("cis-4.2.9", Severity.ERROR, _CIS, "the kubelet serves with a certificate that it signed itself",
          "nobody can tell it from another", "set `serverTLSBootstrap: true`", _certificate,
          in_inventory("serverTLSBootstrap: true")),
    _item("4.2.10", "the kubelet does not renew its client certificate", "after a year it is locked out",
    "rotateCertificates: true",
          _kubelet("rotateCertificates", False, lambda found: found.value is True, "true")),
    _item("4.2.11", "the kubelet cannot renew its serving certificate", "it will serve with one that has expired",
          "featureGates.RotateKubeletServerCertificate: true",
          _kubelet("featureGates.RotateKubeletServerCertificate", True, lambda found: found.value is True, "true")),
    _item("4.2.12", "the kubelet takes weak ciphers", "what it says may be read", f"tlsCipherSuites: [{_STRONG[3]}]",
          _kubelet("tlsCipherSuites", (), _strong, "strong ones")),
    _item("4.2.13", "a pod may take all processes", "one pod stops the node", "podPidsLimit: 4096",
          _kubelet("podPidsLimit", -1, lambda found: isinstance(found.value, int) and found.value > 0, "more than 0")),
    _item("4.2.14", "pods run without a seccomp profile", "they may call all of the kernel", "seccompDefault: true",
          _kubelet("seccompDefault", False, lambda found: found.value is True, "true")),
    Check("cis-4.3.1", Severity.ERROR, _CIS, "kube-proxy shows its metrics to anybody", "they tell who talks to whom",
          "set `metricsBindAddress: 127.0.0.1:10249`", _metrics),
)  # fmt: skip
