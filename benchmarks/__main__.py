"""`scripts/bench`: starts a fleet, runs every tool side by side in rounds, prints and keeps what they took."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from benchmarks.fleet import Fleet, running_fleet
from benchmarks.latency import inside_delayed_loopback, netem_works
from benchmarks.measure import measure
from benchmarks.report import table, write
from benchmarks.results import Sample, append, read, summary
from benchmarks.site import desired_texts, write_site
from benchmarks.tools import ROOT, TOOLS, Case, Setting, Tool, peer

Kind = TypeVar("Kind")
ORDER = tuple(tool.name for tool in TOOLS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one run measures; `latency` in milliseconds there and back, `netem` when the kernel already adds it."""

    nodes: int
    latency: int
    netem: bool
    rounds: int
    tools: tuple[Tool, ...]
    cases: tuple[Case, ...]
    session: str


def main() -> int:
    options = _options()
    if options.simulate:
        from benchmarks.simulate import simulate

        return simulate(options.simulate)
    if options.report:
        write(summary(read(options.report), ORDER), about())
        return 0
    # so that the servers end with us
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(about())
    results = options.json or Path(tempfile.mkstemp(suffix=".jsonl")[1])
    for nodes in options.nodes:
        for latency in options.latency:
            _measured_with(latency, nodes, options, results)
    if not options.netem_is_there:
        groups = summary(read(results), ORDER)
        print("\n" + "\n".join(table(group) for group in groups))
        if options.docs:
            write(groups, about())
    return 0


def _measured_with(latency: int, nodes: int, options: argparse.Namespace, results: Path) -> None:
    """In a namespace with netem where that works, else through the relay."""
    if latency and not options.netem_is_there and netem_works():
        words = (
            "--nodes",
            str(nodes),
            "--latency",
            str(latency),
            "--rounds",
            str(options.rounds),
            "--netem-is-there",
        )
        chosen = (
            *(f"--only={tool.name}" for tool in options.only),
            *(f"--case={case.name}" for case in options.case),
        )
        again = [sys.executable, "-m", "benchmarks", *words, *chosen, "--json", str(results)]
        subprocess.run(inside_delayed_loopback(latency, again), check=True)
        return
    if latency and not options.netem_is_there:
        print(
            "\nno netem here (it needs root and the kernel's sch_netem): a relay in user space adds the latency"
        )
    session = f"{time.time():.0f}"
    wanted = Wanted(
        nodes, latency, options.netem_is_there, options.rounds, options.only, options.case, session
    )
    # each node has a disk of its own in real life: on one for all, every fsync would wait for all the others'
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="podwright-bench-", dir=memory) as home:
        for sample in run(wanted, Path(home)):
            append(results, sample)


def run(wanted: Wanted, home: Path) -> Iterator[Sample]:
    """Every tool in every case, round after round; one sample each."""
    relayed_by = 0 if wanted.netem else wanted.latency
    with running_fleet(home / "fleet", wanted.nodes, relayed_by=relayed_by) as fleet:
        setting = Setting(fleet, write_site(fleet, home / "site"))
        stamped = desired_texts(setting.site, stamped=True)
        plain = desired_texts(setting.site, stamped=False)
        for number in range(wanted.rounds):
            for case in wanted.cases:
                able = tuple(tool for tool in wanted.tools if tool.checks or case is not Case.CHECK)
                for tool in _turned(able, number):
                    texts = stamped if tool.stamped else plain
                    fleet.put(
                        {node: {name: all_[name] for name in case.found} for node, all_ in texts.items()}
                    )
                    sample = _sample(wanted, number, case, tool, setting, home)
                    if sample:
                        yield sample


def _turned(tools: tuple[Tool, ...], number: int) -> tuple[Tool, ...]:
    """Another tool begins each round, so that none always follows the same one."""
    start = number % max(1, len(tools))
    return tools[start:] + tools[:start]


def _sample(
    wanted: Wanted, number: int, case: Case, tool: Tool, setting: Setting, home: Path
) -> Sample | None:
    """One run; a tool that fails is told and has no sample, and the others go on."""
    command = tool.command(setting, case)
    log = home / "log"
    taken = measure(command.argv, _environment() | dict(command.environment), log, sample_memory=number == 0)
    ended = "" if taken.status in case.statuses else f"it exited with {taken.status}"
    problem = ended or _wrong(setting.fleet, tool, case)
    if problem:
        said = log.read_text(errors="replace")[-2000:]
        print(f"round {number + 1}: {case.value}: {tool.name} FAILED: {problem}\n{said}", flush=True)
        return None
    print(
        f"round {number + 1}: {case.value}: {tool.name}: {1000 * taken.wall / wanted.nodes:.1f} ms a node",
        flush=True,
    )
    return Sample(
        wanted.session,
        number,
        wanted.nodes,
        wanted.latency,
        str(case),
        tool.name,
        taken.wall,
        taken.cpu,
        taken.peak_mb,
    )


def _wrong(fleet: Fleet, tool: Tool, case: Case) -> str:
    """A tool that did not do its work is not fast."""
    expected = set(case.left if tool.writes else case.found)
    for node in fleet.nodes:
        found = fleet.files(node)
        if set(found) != expected:
            return f"on {node.name} lie {sorted(found)}, not {sorted(expected)}"
        if any(f"node: {node.name}" not in text.replace('"', "") for text in found.values()):
            return f"on {node.name} lies what is not its own"
    return ""


def _environment() -> dict[str, str]:
    """Ours, without what would make Python compile everything anew in each run."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PODWRIGHT_"))
    }
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "LC_ALL": "C.UTF-8"}


def about() -> str:
    """The versions and the machine, in one paragraph."""
    own = ", ".join(f"{name} {version(name)}" for name in ("fabric", "paramiko", "cryptography"))
    theirs = _peer_versions()
    openssh = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=False).stderr.strip()
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return (
        f"podwright at {commit or 'a release'}; {own}; {theirs}; {openssh.split(',')[0]}; "
        f"Python {platform.python_version()}; {os.cpu_count()} CPUs, Linux {platform.release().split('-')[0]}, "
        f"{'as root, a mount namespace a node' if os.geteuid() == 0 else 'as an ordinary user'}.\n"
    )


def _peer_versions() -> str:
    python = peer("python")
    if not python.exists():
        return "no peers installed"
    names = ("ansible-core", "mitogen", "pyinfra")
    text = (
        f"from importlib.metadata import version; print(', '.join(f'{{n}} {{version(n)}}' for n in {names}))"
    )
    return subprocess.run([python, "-c", text], capture_output=True, text=True, check=True).stdout.strip()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--nodes", type=int, action="append", help="how many nodes; may be given again [20]")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is run [3]")
    parser.add_argument(
        "--only", type=_tool, action="append", metavar="TOOL", help=f"one of: {', '.join(ORDER)}"
    )
    parser.add_argument(
        "--case", type=_case, action="append", help=f"one of: {', '.join(case.name for case in Case)}"
    )
    parser.add_argument(
        "--latency", type=int, action="append", metavar="MS", help="added to each round trip [0]"
    )
    parser.add_argument(
        "--all", action="store_true", help="50 and 200 nodes, 0 and 50 ms, 5 rounds: takes hours"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="add each sample to FILE as a line of JSON")
    parser.add_argument("--docs", action="store_true", help="write tables and plot into docs/")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="run nothing: write docs/ from what FILE holds"
    )
    parser.add_argument(
        "--simulate", type=int, metavar="NODES", help="no servers: nodes that answer in this process"
    )
    parser.add_argument("--netem-is-there", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.nodes = options.nodes or ([50, 200] if options.all else [20])
    options.latency = options.latency or ([0, 50] if options.all else [0])
    options.rounds = max(options.rounds, 5) if options.all else options.rounds
    options.only = tuple(tool for tool in TOOLS if not options.only or tool in options.only)
    options.case = tuple(case for case in Case if not options.case or case in options.case)
    return options


def _tool(name: str) -> Tool:
    return _named(name, {tool.name: tool for tool in TOOLS})


def _case(name: str) -> Case:
    return _named(name.upper(), {case.name: case for case in Case})


def _named(name: str, known: Mapping[str, Kind]) -> Kind:
    if name not in known:
        raise argparse.ArgumentTypeError(f"`{name}` is none of {', '.join(known)}")
    return known[name]


if __name__ == "__main__":
    sys.exit(main())
