"""Asks the node's own programs about files as they will be; nothing of it stays there. Each is in provision_trial.sh."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from podwright.errors import HostileOutputError, HostTimeoutError
from podwright.plan.provision.trials import Trial, Trials
from podwright.remote.host import SILENCE_SECONDS, Host
from podwright.remote.node.programs import program
from podwright.remote.node.provision import NO_KUBELET_NAMED, NamedKubelet
from podwright.remote.node.records import new_nonce, read_records

TRIAL_SECONDS = 60.0
#: no trial begins later: the last takes two tries at most
TRIES_SECONDS = 40
#: of one program
TRY_SECONDS = 5
_MOST = 300
_PARTS_OF_KUBELET = (
    *("path_trust", "provision", "provision_services"),
    *("kubelet", "kubelet_trial", "provision_kubelet"),
)


def refused(
    node: str, host: Host, trials: Trials, kubelet: NamedKubelet = NO_KUBELET_NAMED
) -> tuple[tuple[Trial, str], ...]:
    """What a program would not take, with what it said; one that takes too long tells nothing.

    Raises HostError and its kinds.
    """
    if not trials.trials:
        return ()
    nonce = new_nonce()
    variables = {
        "nonce": nonce,
        "root": "",
        "folder": "",
        "tries_seconds": str(TRIES_SECONDS),
        "kubelet_pid_file": kubelet.pid_file,
        "kubelet_unit": kubelet.unit,
    }
    of_kubelet = any(trial.program == "kubelet" for trial in trials.trials)
    parts = ("crictl", *(_PARTS_OF_KUBELET if of_kubelet else ()), "provision_trial")
    text = program(parts, variables, _calls(trials, nonce))
    try:
        output = b"".join(host.stream(text, timeout=TRIAL_SECONDS, silence=SILENCE_SECONDS))
    except HostTimeoutError:
        return ()
    return tuple(_refusals(node, trials.trials, nonce, output))


def _calls(trials: Trials, nonce: str) -> Iterator[str]:
    yield from ("record begin 1", "flush", f"crictl_seconds={TRY_SECONDS}", "begin_trial")
    for path, text in trials.texts.items():
        whole = text if text.endswith("\n") or not text else f"{text}\n"
        yield f"stage {shlex.quote(path)} <<'{nonce}'\n{whole}{nonce}"
    for number, trial in enumerate(trials.trials):
        yield shlex.join(("try", str(number), trial.program, *trial.arguments))
    yield from ("record end", "flush")


def _refusals(node: str, trials: tuple[Trial, ...], nonce: str, output: bytes) -> Iterator[tuple[Trial, str]]:
    for record in read_records(node, nonce, output):
        if record.kind != "refused":
            continue
        words = record.words
        number = int(words) if words.isascii() and words.isdecimal() and len(words) < 10 else len(trials)
        if number >= len(trials):
            raise HostileOutputError(f"{node}: its answer is about a trial that was not asked for")
        yield trials[number], " ".join(record.text.split())[:_MOST]
