"""Makes drift of each kind on a lab and looks whether a check finds it by its name, and finds nothing while nothing is wrong
or while a push is under way: `scripts/drift 20 --quiet 300 --rollouts 50`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.faults.drift_bench import OTHER, Bench
from tests.faults.drift_injections import INJECTIONS

from podwright.plan.drift_history import NO_HISTORY, DriftHistory
from podwright.plan.reasons import Drift

#: one after the other: beside what runs, in its place, away, and there again
ROLLOUTS: tuple[dict[str, object], ...] = (
    {"static_pods": {"probe": {"podwright_strategy": "surge"}}}, {}, {"static_pods": {"probe": "absent"}}, {},
)  # fmt: skip
#: seconds in which a check must find it: a kubelet of the lab and a container need some
FOUND_SECONDS = 90.0


def inject(bench: Bench, kind: Drift) -> str:
    """What went wrong, if anything did: it was not found, or something was found of what is well."""
    history = INJECTIONS[kind](bench)
    deadline, found = time.monotonic() + FOUND_SECONDS, set()
    while kind.value not in {name for _, name, _ in found}:
        if time.monotonic() > deadline:
            return f"{kind.value}: not found, but {sorted(found)}; {bench.restless()}"
        known = history if isinstance(history, DriftHistory) else NO_HISTORY
        # of a hold is told, and it never counts
        found = bench.all_found() if kind is Drift.NODE_HELD else bench.found(known)
    false = [one for one in found if one[0] == OTHER or "steady" in one[2]]
    if kind is Drift.FOLDER_UNREAD:
        # nothing lies in the other folder, which is drift of every file
        false = [one for one in false if one[1] != Drift.FILE_MISSING.value]
    return f"{kind.value}: and {false}" if false else ""


def try_kinds(bench: Bench, kinds: Iterable[Drift], tell: Callable[[str], None]) -> list[str]:
    """What went wrong with each kind; the lab is as before after each."""
    wrong = []
    for kind in kinds:
        began = time.monotonic()
        problem = inject(bench, kind)
        wrong += [problem] if problem else []
        tell(f"{problem or kind.value + ': found'} ({time.monotonic() - began:.1f} s)")
        bench.heal()
    return wrong


def quiet_rounds(bench: Bench, count: int) -> list[str]:
    """What checks found of a lab at rest."""
    return [f"round {number}: {found}" for number in range(count) if (found := bench.restless())]


def rollout_rounds(bench: Bench, count: int) -> tuple[list[str], int]:
    """What checks found while pushes were under way that counts, and how many checks there were."""
    wrong, checks = [], 0
    for number in range(count):
        of_node = ROLLOUTS[number % len(ROLLOUTS)]
        bench.site(f"rollout {number} in {bench.folder}", {OTHER: of_node}, **of_node)
        push = threading.Thread(target=bench.push)
        before = bench.inodes()
        push.start()
        # before it writes, what differs from the inventory is drift, whatever somebody is about to do
        bench.until(lambda: bench.inodes() != before, lambda: "the push did not begin")  # noqa: B023
        while push.is_alive():
            checks += 1
            wrong += [f"rollout {number}: {found}" for found in bench.counted()]
        push.join()
    bench.heal()
    return wrong, checks


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("times", type=int, help="how often each kind of drift is made")
    parser.add_argument("--quiet", type=int, default=0, help="checks of a lab at rest")
    parser.add_argument("--rollouts", type=int, default=0, help="pushes during which is checked")
    parser.add_argument("--only", action="append", type=Drift, help="this kind alone; may be repeated")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Bench.opened(Path(folder)) as bench:
        quiet = quiet_rounds(bench, given.quiet)
        print(f"{given.quiet} checks at rest: {len(quiet)} false", *quiet, sep="\n  ", flush=True)
        during, checks = rollout_rounds(bench, given.rollouts)
        print(
            f"{checks} checks during {given.rollouts} pushes: {len(during)} false",
            *during,
            sep="\n  ",
            flush=True,
        )
        kinds = list(given.only or INJECTIONS) * given.times
        wrong = try_kinds(bench, kinds, lambda text: print(text, flush=True))
        print(f"{len(kinds) - len(wrong)} of {len(kinds)} found by name", *wrong, sep="\n  ")
    return int(bool(quiet or during or wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
