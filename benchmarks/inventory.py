"""Loads 10,000 hosts in 200 groups with `group_vars/`, as INI and as YAML, here and with ansible-core.

Run it with `.venv/bin/python -m benchmarks.inventory`; both load what they load in processes of their own, in turns.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HOSTS, GROUPS, ROUNDS = 10_000, 200, 3
OURS = """
from pathlib import Path
from podwright.inventory.load import load_inventory
count = len(load_inventory(Path({path!r})).nodes)
"""
THEIRS = """
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader([])
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager
loader = DataLoader()
manager = InventoryManager(loader=loader, sources=[{path!r}])
variables = VariableManager(loader=loader, inventory=manager)
count = len([variables.get_vars(host=host, include_hostvars=False) for host in manager.hosts.values()])
"""
MEASURED = """
import resource
own = resource.getrusage(resource.RUSAGE_SELF)
print(count, own.ru_utime + own.ru_stime, own.ru_maxrss / 1024)
"""


def write(folder: Path) -> dict[str, Path]:
    """The same inventory twice, each beside its `group_vars/`."""
    ini, yaml = [], ["all:", "  children:"]
    for group in range(GROUPS):
        ini.append(f"[g{group:03}]")
        yaml += [f"    g{group:03}:", "      hosts:"]
        for host in range(group, HOSTS, GROUPS):
            address, name = f"10.{host >> 16}.{host >> 8 & 255}.{host & 255}", f"node-{host:05}.example.org"
            ini.append(
                f"{name} ansible_host={address} ansible_user=core rack=r{host % 40} slot={host % 48} weight=1.5"
            )
            said = f"ansible_host: {address}, ansible_user: core, rack: r{host % 40}, slot: {host % 48}, weight: 1.5"
            yaml.append(f"        {name}: {{{said}}}")
    paths = {}
    for form, name, lines in (("INI", "hosts", ini), ("YAML", "hosts.yaml", yaml)):
        paths[form] = folder / form / name
        (folder / form / "group_vars").mkdir(parents=True)
        paths[form].write_text("\n".join(lines) + "\n")
        for group in range(GROUPS):
            variables = "".join(f"v{number}: value {group} {number}\n" for number in range(20))
            (folder / form / f"group_vars/g{group:03}.yml").write_text(
                f"{variables}a_list: [a, b]\na_map: {{a: {{b: 1}}}}\n"
            )
    return paths


def measure(program: str, path: Path) -> tuple[float, float]:
    """Seconds of CPU and MiB, of a process that does nothing else."""
    code = program.format(path=str(path)) + MEASURED
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    count, seconds, mebibytes = answer.stdout.split()
    assert int(count) == HOSTS
    return float(seconds), float(mebibytes)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for form, path in write(Path(folder)).items():
            rounds = [(measure(OURS, path), measure(THEIRS, path)) for _ in range(ROUNDS)]
            ours, theirs = (statistics.median(one[who][0] for one in rounds) for who in (0, 1))
            memory = [max(one[who][1] for one in rounds) for who in (0, 1)]
            ratio = statistics.median(one[1][0] / one[0][0] for one in rounds)
            print(
                f"{form}: podwright {ours:.2f} s of CPU and {memory[0]:.0f} MiB,"
                f" ansible-core {theirs:.2f} s and {memory[1]:.0f} MiB: {ratio:.0f} x"
            )


if __name__ == "__main__":
    main()
