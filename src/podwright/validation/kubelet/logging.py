"""What a kubelet refuses of its settings of logging and tracing. Source: component-base `logs/api/v1`, `tracing/api/v1`."""

from __future__ import annotations

from collections.abc import Mapping

from podwright.pods.go_fields import Record, child, each, flag, number, text
from podwright.validation.checks.quantities import quantity
from podwright.validation.findings import shown
from podwright.validation.kubelet.durations import seconds
from podwright.validation.kubelet.gates import is_on
from podwright.validation.kubelet.urls import scheme_of
from podwright.validation.kubelet.verdict import Found

_MOST_VERBOSE = 2**31 - 1
_TRACING_SCHEMES = ("dns", "unix", "unix-abstract")


def check_logging(logging: Record, gates: Mapping[str, object], minor: int, found: Found) -> None:
    form = text(logging, "format")
    if form not in ("", "text"):
        # a kubelet is built without the format `json`
        found.refuse(("logging", "format"), f"is {shown(form)}, but only `text` is supported")
    flush = logging.get("flushFrequency", "5s")
    if (flush if isinstance(flush, int) else seconds(flush)) <= 0 and flush not in (0, "0s"):
        found.refuse(("logging", "flushFrequency"), "must be greater than zero")
    if number(logging, "verbosity") > _MOST_VERBOSE:
        found.refuse(("logging", "verbosity"), f"must be at most {_MOST_VERBOSE}")
    for path, item in each(logging, "vmodule", ("logging",)):
        pattern = text(item, "filePattern")
        if not pattern or set("=,") & set(pattern) or number(item, "verbosity") > _MOST_VERBOSE:
            found.refuse(path, "needs a file pattern without `=` and `,`, and a verbosity within bounds")
    if is_on("LoggingAlphaOptions", gates, minor):
        return
    for name in ("text", "json"):
        options = child(child(logging, "options"), name)
        if flag(options, "splitStream") or quantity(options.get("infoBufferSize")):
            found.refuse(("logging", "options", name), "needs the feature gate `LoggingAlphaOptions`")


def check_tracing(config: Record, gates: Mapping[str, object], minor: int, found: Found) -> None:
    tracing = child(config, "tracing")
    if "tracing" in config and not is_on("KubeletTracing", gates, minor):
        found.refuse(("tracing",), "needs the feature gate `KubeletTracing`")
    rate = number(tracing, "samplingRatePerMillion")
    if not 0 <= rate <= 1_000_000:
        found.refuse(("tracing", "samplingRatePerMillion"), "must be between 0 and 1000000")
    found.refuse(("tracing", "endpoint"), _wrong_endpoint(text(tracing, "endpoint"), minor))


def _wrong_endpoint(endpoint: str, minor: int) -> str:
    scheme = scheme_of(endpoint if "//" in endpoint else f"dns://{endpoint}", minor)
    if scheme is None:
        return f"is {shown(endpoint)}, which is not an address"
    if scheme not in _TRACING_SCHEMES:
        return f"is {shown(endpoint)}, but must be an address, or a URL of {', '.join(_TRACING_SCHEMES)}"
    return ""
