"""What the node's kubelet is, and its configuration with the source of each value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from posixpath import dirname
from urllib.parse import urlsplit

from podwright.plan.kubelet_state import KubeletState, Setting, Unit
from podwright.plan.observed import KubeletFacts
from podwright.plan.unknown_fact import Known, Unknown
from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode
from podwright.remote.node.facts_files import Texts, whole_number
from podwright.remote.node.kubelet import MAX_CONFIGURATION_BYTES, MAX_CONFIGURATIONS, parse_flags
from podwright.remote.node.records import Record
from podwright.validation.kubelet.document import ConfigFiles, DropIn
from podwright.validation.kubelet.judge import judge_config
from podwright.validation.kubelet.verdict import Host
from podwright.validation.versions import DEFAULT_MINOR, minor_of

#: flags that a field of the configuration has replaced
FIELDS = {
    "address": "address",
    "anonymous-auth": "authentication.anonymous.enabled",
    "authentication-token-webhook": "authentication.webhook.enabled",
    "authorization-mode": "authorization.mode",
    "cgroup-driver": "cgroupDriver",
    "client-ca-file": "authentication.x509.clientCAFile",
    "container-runtime-endpoint": "containerRuntimeEndpoint",
    "event-qps": "eventRecordQPS",
    "fail-swap-on": "failSwapOn",
    "file-check-frequency": "fileCheckFrequency",
    "healthz-bind-address": "healthzBindAddress",
    "healthz-port": "healthzPort",
    "make-iptables-util-chains": "makeIPTablesUtilChains",
    "max-pods": "maxPods",
    "pod-manifest-path": "staticPodPath",
    "pod-max-pids": "podPidsLimit",
    "port": "port",
    "protect-kernel-defaults": "protectKernelDefaults",
    "read-only-port": "readOnlyPort",
    "resolv-conf": "resolvConf",
    "rotate-certificates": "rotateCertificates",
    "seccomp-default": "seccompDefault",
    "streaming-connection-idle-timeout": "streamingConnectionIdleTimeout",
    "tls-cert-file": "tlsCertFile",
    "tls-cipher-suites": "tlsCipherSuites",
    "tls-private-key-file": "tlsPrivateKeyFile",
}
#: flags that stand for true without a value
BOOLEAN = frozenset(
    (
        "anonymous-auth", "authentication-token-webhook", "fail-swap-on", "make-iptables-util-chains",
        "protect-kernel-defaults", "rotate-certificates", "seccomp-default",
    )
)  # fmt: skip
#: a token may stand in it
_SECRET = ("staticPodURLHeader", "--manifest-url-header")
MAX_SETTINGS = 2_000
_VERSION = re.compile(
    r"(?:Kubernetes|k3s version|rke2 version|MicroShift Version:)\s+v?([0-9][0-9A-Za-z.+-]{0,60})"
)
_REACHED_RUNTIME = "validate CRI v1 runtime API for endpoint"
_ERROR = re.compile(r'err="((?:[^"\\]|\\.)*)"')
_TICKS, _HTTPS = 100, 443
_MAX_CGROUP = 65_536


def kubelet_state(
    records: tuple[Record, ...], facts: KubeletFacts, texts: Texts, units: Mapping[str, Unit]
) -> KubeletState:
    last = {record.kind: record for record in records}
    why = Unknown(
        "no kubelet runs on it" if facts.doubt is None else "it is not known which kubelet is the node's"
    )
    process = last.get("kubelet-process")
    arguments = last["arguments"].text[:MAX_CONFIGURATION_BYTES] if "arguments" in last else None
    flags = None if arguments is None else parse_flags(arguments)
    version = _version(last.get("kubelet-version")) if facts.pid else why
    words = last["kubelet"].words.split() if "kubelet" in last else []
    return KubeletState(
        running=facts.running,
        problem=facts.problem,
        pid=facts.pid or why,
        process=words[1] if len(words) > 1 else "",
        version=version,
        unit=_unit(process, texts, units) if facts.pid else why,
        started=_started(process, texts) if facts.pid else why,
        static_pod_path=facts.static_pod_path or (Unknown("it reads no folder") if facts.pid else why),
        node_name=facts.node_name or why if facts.pid else why,
        standalone=why
        if flags is None
        else not (flags.get("kubeconfig") or flags.get("bootstrap-kubeconfig")),
        config=why if flags is None else effective(flags, records),
        objections=why if flags is None else _objections(records, flags, version),
        trial=_trial(last.get("kubelet-trial")),
        api=why if flags is None else api_of(flags.get("kubeconfig", ""), texts),
        certificate_is_link=last["client-certificate"].words == "link"
        if "client-certificate" in last
        else Unknown("the login sees no client certificate of it"),
    )


def api_of(kubeconfig: str, texts: Texts) -> Known[str]:
    """`HOST:PORT` of the API that a kubeconfig names."""
    if not kubeconfig:
        return Unknown("it asks no API")
    path = kubeconfig.lstrip("/")
    for line in texts.of(path):
        key, _, value = line.partition(":")
        if key.strip(' "') == "server":
            try:
                parts = urlsplit(value.strip(' "'))
                host, port = parts.hostname, parts.port or _HTTPS
            except ValueError:
                break
            if host:
                return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return texts.why(path) if not texts.of(path) else Unknown(f"{kubeconfig} names no server")


def _objections(
    records: tuple[Record, ...], flags: Mapping[str, str], version: Known[str]
) -> Known[tuple[str, ...]]:
    """By the rules of a kubelet of its version; without one, of the default's."""
    written = [record for record in records if record.kind == "configuration"]
    if any(record.kind == "configuration-unreadable" for record in records):
        return Unknown("the login may not read all of its configuration")
    if not written:
        return Unknown("it shows no configuration file")
    minor = None if isinstance(version, Unknown) else minor_of(version)
    main, folder = flags.get("config", ""), flags.get("config-dir", "")
    texts = tuple((record.words, record.body) for record in written[:MAX_CONFIGURATIONS])
    return _judged(texts, main, folder, minor or DEFAULT_MINOR, kubeconfig=bool(flags.get("kubeconfig")))


@lru_cache(maxsize=64)
def _judged(
    texts: tuple[tuple[str, bytes], ...], main: str, folder: str, minor: int, *, kubeconfig: bool
) -> tuple[str, ...]:
    """Equal configurations, which most nodes of a fleet have, are judged once."""
    first = next((text for name, text in texts if name == main or not folder), None)
    others = tuple(
        DropIn(name.removeprefix(f"{folder.rstrip('/')}/"), text) for name, text in texts if name != main
    )
    files = ConfigFiles(first, others if folder else None, folder=dirname(main))
    verdict = judge_config(files, minor, Host(kubeconfig=kubeconfig))
    return tuple(one.message for one in verdict.errors)


def _trial(record: Record | None) -> Known[str]:
    """Whether it got as far as its runtime; otherwise its last error."""
    if record is None:
        return Unknown("its program was not asked")
    if _REACHED_RUNTIME in record.text:
        return ""
    errors = _ERROR.findall(record.text)
    lines = record.text.strip().splitlines()
    message = errors[-1] if errors else lines[-1] if lines else ""
    return message.replace('\\"', '"')[:1_000] or Unknown("its program said nothing")


def _version(record: Record | None) -> Known[str]:
    if record is None:
        return Unknown("its program could not be asked")
    found = _VERSION.search(record.text)
    return found[1] if found else Unknown("its program does not tell")


def _started(process: Record | None, texts: Texts) -> Known[int]:
    """Ticks since the boot, after the state: the 22nd field of /proc/PID/stat."""
    fields = process.words.split() if process else []
    boot = next((line.split()[1] for line in texts.of("proc/stat") if line.startswith("btime ")), "")
    ticks = whole_number(fields[19], "its start") if len(fields) > 19 else Unknown("its start is not shown")
    since = whole_number(boot, "/proc/stat")
    if isinstance(ticks, Unknown) or isinstance(since, Unknown):
        return Unknown("its start is not shown")
    return since + ticks // _TICKS


def _unit(process: Record | None, texts: Texts, units: Mapping[str, Unit]) -> Known[Unit]:
    """The service whose control group it is in; of OpenRC the one of its name."""
    for line in process.text[:_MAX_CGROUP].splitlines() if process else ():
        for part in reversed(line.split("/")):
            name = part.strip().removesuffix(".service")
            if part.strip().endswith(".service"):
                return units.get(name) or Unit(name[:100], "active", "unknown")
    if "run/openrc/started/kubelet" in texts.paths:
        levels = [
            path for path in texts.paths if path.startswith("etc/runlevels/") and path.endswith("/kubelet")
        ]
        return Unit("kubelet", "active", "enabled" if levels else "disabled")
    return Unknown("no service manager started it, as far as its control group shows")


def effective(flags: Mapping[str, str], records: Iterable[Record]) -> Known[Mapping[str, Setting]]:
    """What is set, by dotted name: flags over drop-ins over the configuration file; defaults are not listed."""
    records = tuple(records)
    unreadable = {record.words for record in records if record.kind == "configuration-unreadable"}
    written = [record for record in records if record.kind == "configuration"]
    if len(written) > MAX_CONFIGURATIONS or sum(len(one.body) for one in written) > MAX_CONFIGURATION_BYTES:
        return Unknown("its configuration is longer than a kubelet's can be")
    found: dict[str, Setting] = {}
    for record in written:
        if record.words in unreadable:
            return Unknown(f"the login may not read {record.words}")
        try:
            document = decode(record.body).value
        except UnreadableError:
            return Unknown(f"{record.words} is not YAML")
        for name, value in _flat(document if isinstance(document, dict) else {}, ""):
            _set(found, name, Setting(value, record.words))
    for flag, text in flags.items():
        # `--` ends the options
        for name, value in _of_flag(flag, text) if flag else ():
            _set(found, name, Setting(value, f"--{flag}"))
    return dict(sorted(found.items())[:MAX_SETTINGS])


def _set(found: dict[str, Setting], name: str, setting: Setting) -> None:
    """A null takes away what was set before; a value takes away what was below its name."""
    for other in [known for known in found if known == name or known.startswith(f"{name}.")]:
        del found[other]
    if setting.value is not None:
        hidden = name.partition(".")[0] in _SECRET
        found[name] = Setting("[redacted]", setting.source) if hidden else setting


def _flat(document: Mapping[object, object], above: str) -> Iterator[tuple[str, object]]:
    for key, value in document.items():
        name = f"{above}{str(key)[:200]}"
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{name}.")
        elif name not in ("apiVersion", "kind"):
            yield name, value


def _of_flag(flag: str, text: str) -> Iterator[tuple[str, object]]:
    if flag == "feature-gates":
        for entry in text.split(","):
            name, _, value = entry.partition("=")
            yield f"featureGates.{name.strip()[:200]}", value.strip() == "true"
    elif flag == "tls-cipher-suites":
        yield FIELDS[flag], text.split(",")
    else:
        yield FIELDS.get(flag, f"--{flag[:200]}"), _typed(text) if text or flag not in BOOLEAN else True


def _typed(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else text[:4096]
