"""The options that commands share: which nodes, how long to wait, how the result is printed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated

import click

from podwright.cli.completion import limits, pods
from podwright.cli.durations import Seconds
from podwright.cli.options import OneValue, Option
from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.rollout_settings import OnFailure

DEFAULT_FORKS = 32
FORMATS = ("table", "json", "yaml", "jsonl", "name")


Limit = Annotated[
    tuple[str, ...],
    Option(
        "-l --limit",
        "Only these nodes: names, groups, globs, `,` or `:` unions, `:&`, `:!`, `@failed`. May be repeated.",
        type=OneValue(),
        metavar="PATTERN",
        complete=limits,
    ),
]
Only = Annotated[
    tuple[str, ...],
    Option("--only", "Only this static pod; may be repeated.", metavar="NAME", complete=pods),
]
Forks = Annotated[
    int, Option("-f --forks", "How many nodes to work on at once.", type=click.IntRange(1, 1000))
]
Timeout = Annotated[
    float | None,
    Option(
        "--timeout",
        "How long a node's pods may take (seconds).  [default: from each pod's grace period and probes]",
        type=click.FloatRange(min=0, min_open=True),
    ),
]
Hold = Annotated[
    float | None,
    Option(
        "--hold",
        "How long pods must stay ready before they count as healthy (seconds).  [default: 3]",
        type=click.FloatRange(min=0),
    ),
]
Patience = Annotated[
    float | None,
    Option(
        "--patience",
        "How long to wait for a pod whose failure waiting does not repair, such as a crash loop (seconds).  [default: 0]",
        type=click.FloatRange(min=0),
    ),
]
WaitForOption = Annotated[
    str | None,
    Option(
        "--wait-for",
        "What must be proven; each includes those before it.  [default: ready]",
        type=click.Choice(["file", "running", "mirror", "ready"]),
    ),
]
Adopt = Annotated[bool, Option("--adopt", "Take over files of these names that podwright did not write.")]
AllowDowngrade = Annotated[
    bool,
    Option(
        "--allow-downgrade", "Adopt a control plane's file although its image would get an older version."
    ),
]
BreakLock = Annotated[
    str,
    Option(
        "--break-lock",
        "Take over the lock of this id from a run that is known to be dead.",
        metavar="ID",
    ),
]
Message = Annotated[
    str, Option("-m --message", "Why: kept in the nodes' history, where others read it.", metavar="TEXT")
]
WaitLock = Annotated[
    float,
    Option(
        "--wait-lock",
        "How long to wait for the lock of another run: `60s`, `5m`.  [default: not at all]",
        type=Seconds(),
    ),
]
ConfirmWithin = Annotated[
    float | None,
    Option(
        "--confirm-within",
        "How long until each node takes the change back by itself unless it is confirmed: `60s`, `5m`.  [default: never]",
        type=Seconds(),
    ),
]
Executor = Annotated[
    str,
    Option(
        "--executor",
        "Where work on nodes is done: here, in a process a core, or on a Dask cluster.",
        type=click.Choice(["threads", "processes", "dask"]),
    ),
]
Scheduler = Annotated[
    str,
    Option(
        "--scheduler",
        "Address of the Dask cluster's scheduler, such as `tls://HOST:8786`.",
        metavar="ADDRESS",
    ),
]
Yes = Annotated[bool, Option("-y --yes", "Do not ask before writing.")]
Diff = Annotated[bool, Option("--diff", "Show a unified diff of each file that changes.")]
ShowSecrets = Annotated[
    bool, Option("--show-secrets", "Show secrets too; only on a terminal, so that no file or log keeps them.")
]
Html = Annotated[
    Path | None,
    Option("--html", "Write a report to this file too: one page that opens anywhere, for its owner to read."),
]
Output = Annotated[str, Option("-o --output", "Output format.", type=click.Choice(FORMATS))]


class _Share(click.ParamType[str]):
    """A number, or a share in percent."""

    name = "N|N%"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if Amount.read(value) is None:
            self.fail(f"`{value}` is neither a number nor a percentage, such as `3` or `25%`", param, ctx)
        return value


Prune = Annotated[
    bool, Option("--prune", "Remove pods that podwright wrote and the inventory no longer names.")
]
PruneMax = Annotated[
    str | None,
    Option(
        "--prune-max",
        "How many pods --prune may remove.  [default: a tenth, and not the last of a node]",
        type=_Share(),
    ),
]


class _Sizes(click.ParamType[tuple[Amount, ...]]):
    """Numbers and shares, with commas between."""

    name = "N,N%,…"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Amount, ...]:
        sizes = [Amount.read(text.strip()) for text in value.split(",")]
        found = tuple(size for size in sizes if size and size.number)
        if len(found) < len(sizes):
            self.fail(f"`{value}` is not a list of numbers or percentages, such as `1,5,20%`", param, ctx)
        return found


@dataclass(frozen=True, slots=True)
class RolloutOptions:
    """How a run goes from node to node."""

    batch: Annotated[
        tuple[Amount, ...] | None,
        Option(
            "--batch --serial",
            "Sizes of the batches that nodes change in; the last repeats.  [default: all at once]",
            type=_Sizes(),
        ),
    ] = None
    canary: Annotated[
        str | None,
        Option(
            "--canary", "Change these nodes first: a pattern as for -l, or how many.", metavar="N|PATTERN"
        ),
    ] = None
    max_fail: Annotated[
        str | None,
        Option(
            "--max-fail",
            "Begin no further node once so many failed, those that cannot be reached too.  [default: 1, once written to]",
            type=_Share(),
        ),
    ] = None
    order: Annotated[
        str | None,
        Option(
            "--order",
            "Nodes and groups in the order in which they change; the others follow.",
            metavar="NAME,…",
        ),
    ] = None
    soak: Annotated[
        float | None,
        Option("--soak", "How long to watch each batch before the next one: `60s`, `5m`.", type=Seconds()),
    ] = None
    pause: Annotated[bool | None, Option("--pause/--no-pause", "Ask before each further batch.")] = None
    on_failure: Annotated[
        str | None,
        Option(
            "--on-failure",
            "Once too many nodes failed: ask, go no further, or take back the batch or the run.  [default: stop]",
            type=click.Choice([str(one) for one in OnFailure]),
        ),
    ] = None
    all_at_once: Annotated[
        bool, Option("--all-at-once", "Do not change nodes of a control plane one at a time.")
    ] = False
    accept_quorum_loss: Annotated[
        bool,
        Option("--accept-quorum-loss", "Change nodes of a guarded group although it may lose its quorum."),
    ] = False


@dataclass(frozen=True, slots=True)
class ProofOptions:
    """How long to wait for what, on how many nodes at once: of the commands that work with what lies on the nodes."""

    wait_for: WaitForOption = None
    timeout: Timeout = None
    hold: Hold = None
    wait_lock: WaitLock = 0.0
    forks: Forks = DEFAULT_FORKS
    rollout: RolloutOptions = field(default_factory=RolloutOptions)
    output: Output = "table"


@dataclass(frozen=True, slots=True)
class ConvergeOptions:
    """How push, remove and diff go about it and show it."""

    yes: Yes = False
    dry_run: Annotated[bool, Option("--dry-run --check", "Observe and plan, write nothing.")] = False
    diff: Diff = False
    exit_code: Annotated[bool, Option("--exit-code", "With --dry-run: exit 3 when changes are pending.")] = (
        False
    )
    wait_for: WaitForOption = None
    timeout: Timeout = None
    hold: Hold = None
    patience: Patience = None
    forks: Forks = DEFAULT_FORKS
    adopt: Adopt = False
    allow_downgrade: AllowDowngrade = False
    prune: Prune = False
    prune_max: PruneMax = None
    break_lock: BreakLock = ""
    wait_lock: WaitLock = 0.0
    message: Message = ""
    confirm_within: ConfirmWithin = None
    rollback_on_failure: Annotated[
        bool | None,
        Option(
            "--rollback-on-failure/--no-rollback-on-failure",
            "If the pod of an update fails, bring back what was last good on that node.  [default: yes]",
        ),
    ] = None
    on_first_failure: Annotated[
        str,
        Option(
            "--on-first-failure",
            "What becomes of a pod that is new on a node and fails.",
            type=click.Choice(["keep", "remove"]),
        ),
    ] = "keep"
    retry: Annotated[
        bool, Option("--retry", "Push content too that failed on that node once and was taken back.")
    ] = False
    executor: Executor = "threads"
    scheduler: Scheduler = ""
    rollout: RolloutOptions = field(default_factory=RolloutOptions)
    strict: Annotated[
        bool, Option("--strict", "Count warnings about manifests as errors: nothing is pushed.")
    ] = False
    output: Output = "table"


def converge_options(*given: object, **fixed: str | bool) -> ConvergeOptions:
    """The options that a command's own value and its parts share with push by name; `fixed` are those it does not take."""
    shared = {
        one.name: getattr(part, one.name)
        for part in given
        for one in fields(ConvergeOptions)
        if hasattr(part, one.name)
    }
    return ConvergeOptions(**{**shared, **fixed})
