"""How long an update left nothing running: what podwright reports, held against what the containers themselves noted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from tests.acceptance.conftest import IMAGE, NAME, Site

pytestmark = [
    pytest.mark.skipif(
        "PODWRIGHT_TEST_SITE" in os.environ, reason="reads what containers wrote on this machine"
    ),
]
#: a container notes every so many seconds that it runs; a round of the watch asks the runtime, and waits for a while
NOTES, ROUND = 0.05, 1.0


def template(notes: Path, grace: int) -> str:
    """A pod that goes on serving for most of its grace period, and notes each instant at which it runs."""
    run = (
        f"trap 'stop=1' TERM; left={grace - 1}00; while [ $left -gt 0 ]; do"
        f" echo $GENERATION $(date +%s.%N) >> {notes}; sleep {NOTES}; [ -z $stop ] || left=$((left - 5)); done"
    )
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {NAME}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: {grace}
  containers:
    - name: main
      image: {IMAGE}
      imagePullPolicy: IfNotPresent
      command: [sh, -c, "{run}"]
      env:
        - {{name: GENERATION, value: "{{{{ acceptance_greeting }}}}"}}
"""


def shape(line: str) -> str:
    """A row of the table without its widths and figures."""
    return " ".join(re.sub(r"[0-9]+\.[0-9]", "N.N", line).split())


README = (Path(__file__).parents[2] / "README.md").read_text()
SAMPLE = shape(next(line for line in README.splitlines() if line.startswith("cp-1 ")))


@contextmanager
def noting_rounds(crictl: Path, log: Path) -> Iterator[None]:
    """Whenever a round of the watch asks the runtime."""
    real = crictl.with_name("crictl-itself")
    crictl.rename(real)
    crictl.write_text(f'#!/bin/sh\ndate +%s.%N >>{log}\nexec {real} "$@"\n')
    crictl.chmod(0o755)
    try:
        yield
    finally:
        real.replace(crictl)


def longest_pause(instants: Sequence[float]) -> float:
    """How long this machine let what notes them stand still."""
    return max(later - earlier for earlier, later in pairwise(instants))


@pytest.mark.parametrize("grace", [2, 8])
def test_what_is_reported_is_a_bound_on_what_the_containers_noted(site: Site, tmp_path, grace) -> None:
    """The old pod's grace period, in which it serves, does not count."""
    notes = tmp_path / "notes"
    (site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2").write_text(template(notes, grace))
    chosen = ("-l", site.nodes[0].name, "--only", NAME, "-y", "-o", "json")
    crictl, rounds = Path(site.shell(site.nodes[0], "command -v crictl").strip()), tmp_path / "rounds"
    for greeting in ("old", "new"):
        site.greet(greeting)
        with noting_rounds(crictl, rounds):
            answer = site.podwright("manifest", "push", *chosen)
        assert answer.code == 0, answer.err
        asked, rounds = [float(line) for line in rounds.read_text().splitlines()], tmp_path / "later-rounds"
    [reported] = answer.document["nodes"][0]["nothingRanSeconds"].values()
    if grace == 2:
        site.greet("later")
        shown = site.podwright("manifest", "push", "-y", "-l", site.nodes[0].name, "--only", NAME).out
        assert shape(shown.splitlines()[1].replace(site.nodes[0].name, "cp-1").replace(NAME, "web")) == SAMPLE
    ran = [line.split() for line in notes.read_text().splitlines()]
    old, new = ([float(at) for who, at in ran if who == one] for one in ("old", "new"))
    true, late = new[0] - old[-1], max(longest_pause(old), longest_pause(new))
    assert true - late - 0.1 <= reported <= true + max(ROUND, 2 * longest_pause(asked))
