"""Finds out from a kubelet's process which folder it watches and what it calls the node; never guesses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from podwright.plan.observed import Doubt, KubeletFacts
from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode
from podwright.remote.node.records import Record

DEFAULT_ROOT_DIR = "/var/lib/kubelet"
K3S_ENDPOINT = "unix:///run/k3s/containerd/containerd.sock"
#: of all its files together; real ones have a few thousand
MAX_CONFIGURATION_BYTES = 256 << 10
MAX_CONFIGURATIONS = 256
#: the states of /proc/PID/status in which a process does nothing and will not by itself
STOPPED = {"T": "stopped", "t": "being traced", "Z": "dead but not yet reaped", "X": "dead"}


class _Found(Struct):
    """What the records about the kubelet's process hold."""

    process: str = ""
    pid: int = 0
    state: str = ""
    arguments: str = ""
    k3s_data: str = ""
    host_name: str = ""
    inside: str = ""
    trouble: str = ""
    doubt: Doubt | None = None
    configurations: list[tuple[str, str]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def kubelet_facts(records: Iterable[Record]) -> KubeletFacts:
    """Read the `kubelet`, `arguments`, `configuration`, `k3s-data` and `host` records of an observation.

    Precedence as the kubelet's own (`cmd/kubelet/app/server.go`: flags over drop-ins in lexical order over the
    configuration file; default none). k3s hands its embedded kubelet `<data-dir>/agent/pod-manifests`.
    """
    found = _gather(records)
    if not found.pid:
        # the host's name is only what a kubelet without --hostname-override would take
        return KubeletFacts(False, problem=found.trouble or "no kubelet runs on it", doubt=found.doubt)
    flags = parse_flags(found.arguments)
    configuration, problem = _merged(found)
    path, source = _static_pod_path(found, flags, configuration)
    if found.inside:
        # what it names lies below its own root; which folder of ours that is cannot be known
        path, source = "", ""
        problem = f"it runs in another mount namespace (pid {found.pid}): set `podwright_manifest_dir`"
    if found.state in STOPPED:
        problem = f"its kubelet (pid {found.pid}) is {STOPPED[found.state]}"
    return KubeletFacts(
        running=found.state not in STOPPED,
        pid=found.pid,
        static_pod_path=path or None,
        source=source,
        root_dir=found.inside + (flags.get("root-dir") or DEFAULT_ROOT_DIR),
        node_name=(flags.get("hostname-override") or found.host_name).lower(),
        runtime_endpoint=_endpoint(found, flags, configuration),
        problem=problem,
        elsewhere=bool(found.inside),
    )


def _gather(records: Iterable[Record]) -> _Found:
    found = _Found()
    for record in records:
        match record.kind:
            case "kubelet":
                pid, process, state, inside = (*record.words.split(), "", "", "", "")[:4]
                found.pid = int(pid) if pid.isascii() and pid.isdigit() and len(pid) <= 10 else 0
                found.process, found.state, found.inside = process, state, inside
            case "kubelet-missing" | "kubelet-distrusted" | "kubelet-elsewhere" | "kubelet-several":
                _note_absence(found, record)
            case "arguments":
                found.arguments = record.text
            case "k3s-data":
                found.k3s_data = record.text.strip()
            case "configuration":
                found.configurations.append((record.words, record.text))
            case "configuration-unreadable":
                found.unreadable.append(record.words)
            case "host":
                found.host_name = record.words[:253]
    return found


def _note_absence(found: _Found, record: Record) -> None:
    """Why no kubelet counts; the last of these records is the most exact."""
    words = record.words[:200]
    match record.kind:
        case "kubelet-missing" if words:
            found.doubt = Doubt.UNREADABLE
            found.trouble = f"its kubelet (pid {words}) cannot be observed with the login's rights"
        case "kubelet-distrusted":
            found.doubt = Doubt.DISTRUSTED
            pid, _, reason = words.partition(" ")
            found.trouble = f"its kubelet (`{pid}`) is not trusted: others can change it ({reason})"
        case "kubelet-elsewhere":
            found.doubt = Doubt.ELSEWHERE
            found.trouble = f"no kubelet runs on it, only in another mount namespace (pid {words})"
        case "kubelet-several":
            found.doubt = Doubt.SEVERAL
            shown = "; ".join(f"`{line.strip()[:300]}`" for line in record.text.splitlines()[:10])
            found.trouble = f"which of the kubelets (pids {words}) is this node's is unknown: {shown}"


def parse_flags(arguments: str) -> Mapping[str, str]:
    """The `--name=value` and `--name value` of a command line with one argument a line; the last of a name counts."""
    flags: dict[str, str] = {}
    lines = arguments.split("\n")
    for argument, following in zip(lines, [*lines[1:], ""], strict=True):
        if not argument.startswith("--"):
            continue
        name, equals, value = argument[2:].partition("=")
        flags[name] = value if equals else ("" if following.startswith("-") else following)
    return flags


def _merged(found: _Found) -> tuple[Mapping[str, object], str]:
    """The configuration with its drop-ins merged over it, and what could not be read of it."""
    merged: dict[str, object] = {}
    problems = [f"`{name}` cannot be read" for name in found.unreadable]
    size = sum(len(text) for _name, text in found.configurations)
    if size > MAX_CONFIGURATION_BYTES or len(found.configurations) > MAX_CONFIGURATIONS:
        return {}, "its configuration is longer than a kubelet's can be"
    for name, text in found.configurations:
        if name in found.unreadable:
            continue
        try:
            # as the kubelet reads it, and what a hostile node wrote costs no time that grows faster than it does
            document = decode(text.encode("utf-8", "replace")).value
        except UnreadableError:
            problems.append(f"`{name}` is not YAML")
            continue
        if isinstance(document, dict):
            _merge(merged, document, name)
    return merged, "; ".join(problems)


def _merge(merged: dict[str, object], document: Mapping[object, object], name: str) -> None:
    """A JSON merge patch of the top level: null takes a field away. A relative path is one beside the file.

    `cmd/kubelet/app/server.go:mergeKubeletConfigurations`, `pkg/kubelet/kubeletconfig/configfiles:resolveRelativePaths`.
    """
    for key, value in document.items():
        if value is None:
            merged.pop(str(key), None)
        elif key == "staticPodPath" and isinstance(value, str) and value and not value.startswith("/"):
            merged["staticPodPath"] = posixpath.normpath(posixpath.join(posixpath.dirname(name), value))
        else:
            merged[str(key)] = value


def _static_pod_path(
    found: _Found, flags: Mapping[str, str], configuration: Mapping[str, object]
) -> tuple[str, str]:
    if "pod-manifest-path" in flags:
        # set to nothing it still beats the configuration
        path = flags["pod-manifest-path"]
        absolute = path if not path or path.startswith("/") else f"/proc/{found.pid}/cwd/{path}"
        return re.sub(r"(?<=.)/+$", "", absolute), "its --pod-manifest-path"
    configured = configuration.get("staticPodPath")
    if isinstance(configured, str) and configured:
        return re.sub(r"(?<=.)/+$", "", configured), "staticPodPath of its configuration"
    if found.process.startswith("k3s") and found.k3s_data:
        return f"{found.k3s_data.rstrip('/')}/agent/pod-manifests", "the folder k3s gives its kubelet"
    return "", ""


def _endpoint(found: _Found, flags: Mapping[str, str], configuration: Mapping[str, object]) -> str:
    configured = configuration.get("containerRuntimeEndpoint")
    endpoint = flags.get("container-runtime-endpoint") or (configured if isinstance(configured, str) else "")
    endpoint = endpoint or (K3S_ENDPOINT if found.process.startswith("k3s") else "")
    return endpoint.replace("unix:///", f"unix://{found.inside}/", 1) if found.inside else endpoint
