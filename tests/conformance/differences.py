"""Where the lab differs from what was recorded, on purpose or because one recording cannot be had twice."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """`experiment` is a folder's name, or `all`; `field` is what may differ and `reason` why.

    `leave_out` matches steps that are left out on both sides, `cut` what is cut out of steps; `slack` seconds are
    granted to every time.
    """

    experiment: str
    field: str
    reason: str
    leave_out: str = ""
    cut: str = ""
    slack: float = 0.0


DIFFERENCES = (
    Difference(
        "all",
        "uids, container and image ids, event names, host addresses, kernel and OS of the node",
        "they are the rig's own; the uid is as stable and as sensitive as the kubelet's, but another function",
    ),
    Difference(
        "all",
        "the wording of the kubelet's log about a file that it does not take",
        "it is podwright's own judgement of the file; the place and the kind of the line are the kubelet's",
    ),
    Difference(
        "all",
        "resource use, networks and ports; the stream of a line in a log",
        "containers are plain processes of the lab's user, or simulated; nothing is isolated; one pipe takes both streams",
    ),
    Difference(
        "all",
        "files of another owner, or that their owner may not read",
        "the kubelet is root and reads them; the lab runs as an ordinary user and cannot",
    ),
    Difference(
        "all",
        "what the resolver says of a registry that cannot be reached",
        "nothing is asked: a pull only says whether the image could be had",
    ),
    Difference(
        "13-api-references",
        "the status of a pod with a volume from an image",
        "the rig's containerd 1.6 knew no such volumes; the lab has no need to look into them",
        leave_out="^image-volume-n3: ",
    ),
    Difference(
        "15d-readiness-failing",
        "the time until the container runs: 3.7 s were recorded",
        "the machine of the recording was busy with other things",
        slack=4.0,
    ),
    Difference(
        "15d-readiness-failing",
        "one Event of a probe that could not be run",
        "it was just being run when its container was ended",
        leave_out="Readiness probe errored",
    ),
    Difference(
        "21b-folder-renamed-and-recreated",
        "whether a client sees the status before the sandbox is ready, that after the containers' end, and a sandbox's end",
        "the folder was read 0.15 s before the 2 s round, just when each may happen, and all outcomes were recorded",
        leave_out=r"PodReadyToStartContainers=False .*(waiting/ContainerCreating|terminated/Completed/0)|sandbox1 .* over",
        cut=r"(?<=deleting=0) .*",
    ),
)


def of(experiment: str) -> tuple[Difference, ...]:
    return tuple(difference for difference in DIFFERENCES if difference.experiment == experiment)


def slack(experiment: str) -> float:
    return max((difference.slack for difference in of(experiment)), default=0.0)


def left_out(experiment: str, step: str) -> bool:
    patterns = [difference.leave_out for difference in of(experiment) if difference.leave_out]
    return "deleting=" not in step and any(re.search(pattern, step) for pattern in patterns)


def cut(experiment: str, step: str) -> str:
    for difference in of(experiment):
        step = re.sub(difference.cut, "", step) if difference.cut else step
    return step


def as_table() -> str:
    """The rows of the table in the docs."""
    rows = [f"| {entry.experiment} | {entry.field} | {entry.reason} |" for entry in DIFFERENCES]
    return "\n".join(["| experiment | what may differ | why |", "|---|---|---|", *rows]) + "\n"
