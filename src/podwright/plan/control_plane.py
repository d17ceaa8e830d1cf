"""Reads the control plane that a node's static pods make: the versions of its parts, and who they must reach."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from podwright.manifests.manifest import Manifest
from podwright.no_proxy import is_loopback
from podwright.plan.facts import Facts
from podwright.plan.images import CONTROL_PLANE
from podwright.plan.observed import Observation
from podwright.plan.unknown_fact import Unknown
from podwright.pods.container_commands import Command, commands

Version = tuple[int, ...]
Address = tuple[str, int]
#: more than a control plane has
_MOST_PEERS = 16
_TAG = re.compile(r".*:v?([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})\b[^/]*")
_NAMES = tuple(name.encode() for name in CONTROL_PLANE)
_URL = re.compile(r"(?:[^=]*=)?https?://(?:\[([^\]]+)\]|([^:/]+)):([0-9]{1,5})/?")
_HOST_AND_PORT = re.compile(r"\[?([^\]]*?)\]?:([0-9]{1,5})")


class Part(Struct, frozen=True):
    """A program of a control plane that a static pod runs; its version is empty if its image's tag does not tell."""

    command: Command
    version: Version

    def setting(self, name: str) -> str:
        """A flag, or of etcd the variable that stands for it."""
        variable = f"ETCD_{name.upper().replace('-', '_')}"
        return self.command.flag(name) or self.command.variables.get(variable, "")

    def addresses(self, name: str) -> tuple[Address, ...]:
        """Of a flag that lists URLs, each perhaps after `NAME=`."""
        return tuple(dict.fromkeys(_addresses(self.setting(name))))


def version_text(version: Version) -> str:
    """`3.5.24`."""
    return ".".join(map(str, version))


def parts_of(observation: Observation) -> Mapping[str, Part]:
    """By the name of the program."""
    found: dict[str, Part] = {}
    for file in observation.files:
        # most manifests name none, and to read one takes time
        if isinstance(file.manifest, Manifest) and any(name in file.manifest.canonical for name in _NAMES):
            for command in commands(file.manifest.document):
                if command.program in CONTROL_PLANE:
                    found[command.program] = Part(command, _version(command.image))
    return found


def peers_of(observation: Observation, facts: Facts) -> tuple[Address, ...]:
    """What the node must reach elsewhere, as its own files say: the API, and etcd's servers and members."""
    parts, own = parts_of(observation), facts.network.addresses
    api = None if isinstance(facts.kubelet.api, Unknown) else _HOST_AND_PORT.fullmatch(facts.kubelet.api)
    found = [(api[1], int(api[2]))] if api else []
    for name, flag in (("etcd", "initial-cluster"), ("kube-apiserver", "etcd-servers")):
        found += parts[name].addresses(flag) if name in parts else ()
    mine = frozenset() if isinstance(own, Unknown) else frozenset(own)
    elsewhere = (address for address in found if address[0] not in mine and not is_loopback(address[0]))
    return tuple(dict.fromkeys(elsewhere))[:_MOST_PEERS]


def _version(image: str) -> Version:
    """Whatever the image is called: of RKE2 one has all parts but etcd."""
    found = _TAG.fullmatch(image)
    return tuple(map(int, found.groups())) if found else ()


def _addresses(urls: str) -> Iterator[Address]:
    for entry in urls.split(","):
        if found := _URL.fullmatch(entry.strip()):
            yield found[1] or found[2], int(found[3])
