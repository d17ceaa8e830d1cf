"""Reads hosts that are named on the command line: `host1,host2,`."""

from __future__ import annotations

from podwright.inventory.ranges import split_port
from podwright.inventory.sources.yaml_file import NAME_HINT
from podwright.inventory.structure import Structure, is_name
from podwright.problem import Place


def read_hosts(text: str, structure: Structure) -> None:
    """Add the hosts to `ungrouped`; one that is known stays where it is."""
    for name in filter(None, map(str.strip, text.split(","))):
        host, port = split_port(name)
        if "[" in host:
            host, port = name, None
        if not is_name(host):
            structure.problem(f"`{host[:100]}` cannot be the name of a host", NAME_HINT, Place(text[:100]))
        elif host not in structure.hosts:
            structure.add_host(host, structure.groups["ungrouped"], text, port)
