"""The container runtime: who it is, where it listens and how it makes control groups."""

from __future__ import annotations

import re
from collections.abc import Mapping

from podwright.plan.kubelet_state import Runtime
from podwright.plan.observed import KubeletFacts
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.facts_files import Texts
from podwright.remote.node.records import Record

_DRIVER = re.compile(r"(?:cgroup_?driver|cgroup_manager)\W{1,5}([a-z]{1,20})", re.IGNORECASE)
_SYSTEMD_CGROUP = re.compile(r"\s*SystemdCgroup\s*=\s*(true|false)")
_SAID = re.compile(r"^(\w+):\s+(\S.*)$", re.MULTILINE)


def runtime_of(records: tuple[Record, ...], kubelet: KubeletFacts, texts: Texts) -> Runtime:
    last = {record.kind: record for record in records}
    said = _version(last)
    crictl = {
        key.strip(): value.strip().strip("\"'")
        for key, colon, value in (line.partition(":") for line in texts.of("etc/crictl.yaml"))
        if colon
    }
    return Runtime(
        endpoint=kubelet.runtime_endpoint,
        sockets=tuple(f"/{path}" for path in sorted(texts.paths) if path.endswith(".sock")),
        name=said if isinstance(said, Unknown) else said.get("RuntimeName", Unknown("crictl does not tell")),
        version=said
        if isinstance(said, Unknown)
        else said.get("RuntimeVersion", Unknown("crictl does not tell")),
        cgroup_driver=_driver(last.get("runtime-settings"), texts),
        crictl=crictl or texts.why("etc/crictl.yaml"),
    )


def _version(last: Mapping[str, Record]) -> Known[Mapping[str, str]]:
    """What `crictl version` says, or why it is not known."""
    if "runtime-version" not in last:
        missing = last.get("runtime-version-missing")
        return Unknown(missing.words[:200] if missing and missing.words else "there is no crictl on the node")
    text = last["runtime-version"].text.strip()
    said = {name: value.strip() for name, value in _SAID.findall(text)}
    return said or Unknown(f"crictl failed: {text.splitlines()[-1][:200] if text else 'it printed nothing'}")


def _driver(record: Record | None, texts: Texts) -> Known[str]:
    """As the runtime says; otherwise as its configuration file does."""
    said = _DRIVER.search(record.text) if record else None
    if said:
        return said[1].lower()
    for path in ("etc/containerd/config.toml", *texts.matching("etc/crio/crio.conf")):
        for line in texts.of(path):
            if found := _SYSTEMD_CGROUP.match(line):
                return "systemd" if found[1] == "true" else "cgroupfs"
            if found := _DRIVER.search(line):
                return found[1].lower()
    return Unknown("neither the runtime nor its configuration tells")
