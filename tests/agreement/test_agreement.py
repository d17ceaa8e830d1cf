"""Hosts, groups and every variable are what ansible-core itself reads, in every form that an inventory may have."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.agreement import generated
from tests.agreement.ansible import Reading, plain, read_by_ansible
from tests.agreement.inventories import CASES, PASSWORD, Case

from podwright.expressions.encrypted_values import Sealed
from podwright.inventory.decryption import decrypting_reader
from podwright.inventory.load import load_inventory
from podwright.inventory.vault import Vault, VaultPassword
from podwright.secret import Secret

#: the total counts what this process compared
COUNTED = {"hosts": [0, 0], "variables": [0, 0], "groups": [0, 0]}


def read_by_podwright(sources: list[Path], playbook: Path | None) -> Reading:
    password = VaultPassword("default", Secret(PASSWORD))
    reader = decrypting_reader(Vault(lambda: [password]))
    inventory = load_inventory(*sources, playbook_folder=playbook, reader=reader)
    hosts = {
        node.name: {name: plain(opened(value)) for name, value in node.variables.items()}
        for node in inventory.nodes
    }
    return Reading(hosts, {name: list(names) for name, names in inventory.groups.items()})


def opened(value: object) -> object:
    if isinstance(value, dict):
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item) for item in value]
    return value.value() if isinstance(value, Sealed) else value


def compare(case: Case, folder: Path) -> None:
    case.write(folder)
    sources = [Path(name) if "," in name else folder / name for name in case.sources]
    playbook = folder / case.playbook if case.playbook else None
    theirs, ours = read_by_ansible(sources, playbook), read_by_podwright(sources, playbook)
    count("hosts", dict.fromkeys(theirs.hosts), dict.fromkeys(ours.hosts))
    count("groups", members(theirs), members(ours))
    for name, variables in theirs.hosts.items():
        count("variables", typed(variables), typed(ours.hosts.get(name, {})))
    assert list(ours.hosts) == list(theirs.hosts)
    assert {name: typed(variables) for name, variables in ours.hosts.items()} == {
        name: typed(variables) for name, variables in theirs.hosts.items()
    }
    assert members(ours) == members(theirs)


def members(reading: Reading) -> dict[str, list[str]]:
    """As sets: below the second level Ansible's own order differs from run to run."""
    return {name: sorted(hosts) for name, hosts in reading.groups.items()}


def typed(variables: Mapping[str, object]) -> dict[str, str]:
    """Equal only if the types are: 1 is neither True nor 1.0."""
    return {name: repr(value) for name, value in variables.items()}


def count(kind: str, theirs: Mapping[str, object], ours: Mapping[str, object]) -> None:
    names = {*theirs, *ours}
    missing = object()
    COUNTED[kind][0] += sum(theirs.get(name, missing) == ours.get(name, missing) for name in names)
    COUNTED[kind][1] += len(names)


@pytest.mark.parametrize("name", CASES)
def test_an_inventory_of_a_corner_reads_as_ansible_reads_it(name, tmp_path):
    compare(CASES[name], tmp_path)


@pytest.mark.parametrize("form", ["ini", "yaml", "json", "script"])
def test_generated_inventories_read_as_ansible_reads_them(form):
    @given(generated.inventories(form))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def agree(case: Case) -> None:
        with tempfile.TemporaryDirectory() as folder:
            compare(case, Path(folder).resolve())

    agree()


def test_the_total(record_property):
    """The last one: it tells what the ones before it counted."""
    counted = ", ".join(f"{agree}/{total} {kind}" for kind, (agree, total) in COUNTED.items())
    record_property("summary", f"inventories as ansible-core reads them: {counted} agree")
    assert all(agree == total for agree, total in COUNTED.values())
