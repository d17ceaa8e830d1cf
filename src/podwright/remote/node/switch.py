"""Arms the dead-man switch of a run on a node, confirms the run there, or takes back at once what it wrote."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Iterable, Iterator

from podwright.errors import HostError, ProgramError
from podwright.plan.history import Revision
from podwright.plan.lock_times import SWITCH_LOCK_SECONDS
from podwright.plan.observed import Observation
from podwright.plan.pending import Switch, SwitchState
from podwright.plan.writes import NOTHING, Put, Write
from podwright.remote.host import SILENCE_SECONDS, Host
from podwright.remote.node import selinux_labels
from podwright.remote.node.history import file_name
from podwright.remote.node.programs import program
from podwright.remote.node.records import Record, new_nonce, read_records
from podwright.remote.node.switch_pending import ENDS, SYSTEMD

KEEPER_PARTS = ("lock", "history", "contents", "switch_pending", "switch_takeback", "switch_keeper")
#: who waits for the node's lock has nothing else to do
_FOR_EVER = 86_400 * 365
LOCK_WAIT_SECONDS, PROGRAM_SECONDS = 60, 120.0
_KUBELETS = (
    "kubelet.service k3s.service k3s-agent.service rke2-server.service rke2-agent.service microshift.service"
)


def arm_calls(
    switch: Switch, writes: Iterable[Write], revisions: Iterable[Revision], keeper: str, nonce: str
) -> Iterator[str]:
    """What the apply program does before its first rename; `keeper` is the program that waits from then on."""
    yield f"begin_switch <<'{nonce}' || fail switch 'the shell has no room for it'\n{keeper}{nonce}"
    back, of = dict(switch.back), {one.name: one for one in revisions}
    for key, write in enumerate(writes):
        if write.name not in back:
            continue
        content, revision = back[write.name], of.get(write.name)
        words = (
            *("hold", str(key), write.over, _sha256_of(content)),
            f"{write.name}/{file_name(revision)}" if revision else "-",
            *(",".join(_sums(write)), write.name),
        )
        text = content.decode() if content is not None and _sha256_of(content) != write.over else ""
        yield f"{shlex.join(words)} <<'{nonce}' || fail switch 'the shell has no room for it'\n{text}{nonce}"
    own = f" {switch.kubelet_unit}" if switch.kubelet_unit else ""
    yield f"arm {switch.seconds} {shlex.quote(_KUBELETS + own)}"


def _sums(write: Write) -> tuple[str, ...]:
    """Of what may lie there once the write is made."""
    if not isinstance(write, Put):
        return (NOTHING,)
    texts = (write.text, write.second.text) if write.second else (write.text,)
    return tuple(_sha256_of(text.encode()) for text in texts)


def _sha256_of(content: bytes | None) -> str:
    return NOTHING if content is None else hashlib.sha256(content).hexdigest()


def keeper_program(observation: Observation, run: str, *, state_dir: str, owner: str, seconds: int) -> str:
    """Waits for so many seconds, then takes back what the run wrote; `owner` began the run."""
    variables = _variables(
        observation,
        run,
        state_dir=state_dir,
        owner=f"the dead-man switch of {owner}",
        wait=_FOR_EVER,
        why=f"not confirmed within {seconds} s",
    )
    return program(KEEPER_PARTS, variables, ("stand_by",))


def _variables(
    observation: Observation, run: str, *, state_dir: str, owner: str, wait: int, why: str
) -> dict[str, str]:
    nonce = new_nonce()
    return {
        "nonce": nonce,
        "folder": observation.folder,
        "state_dir": state_dir,
        "run": run,
        # between the quotes of a JSON string
        "why": json.dumps(why)[1:-1],
        "selinux": selinux_labels.SELINUX,
        **SYSTEMD,
        "lock_id": nonce,
        "lock_owner": owner,
        "lock_seconds": str(SWITCH_LOCK_SECONDS),
        "lock_kept": "",
        "lock_held": "",
        "lock_broken": "",
        "lock_reason": "",
        "lock_wait": str(wait),
    }


def confirm(host: Host, observation: Observation, run: str) -> bool:
    """Whether a switch of the run waited there, and does no more. Raises HostError and its kinds."""
    records = _run(host, observation, run, "confirm_switch", state_dir="", owner="", why="")
    for record in records:
        if record.kind == "confirm-late":
            raise HostError(
                f"{observation.node}: the run {run} was not confirmed in time, and is being taken back",
                hint="see what lies there: `podwright node pending`",
            )
        if record.kind == "confirm-failed":
            raise HostError(
                f"{observation.node}: `{record.words}` cannot be written to, so the run {run} stays unconfirmed",
                hint="see why on the node; `findmnt -T` shows a read-only file system",
            )
    return any(record.kind == "confirmed" for record in records)


def take_back(
    host: Host, observation: Observation, run: str, *, state_dir: str, owner: str, why: str
) -> tuple[tuple[str, SwitchState], ...]:
    """What came of each file that the run wrote, by its name. Raises HostError and its kinds."""
    records = _run(host, observation, run, "revert_switch", state_dir=state_dir, owner=owner, why=why)
    for record in records:
        if record.kind == "locked":
            raise HostError(
                f"{observation.node}: another run holds the lock of this node",
                hint="see whose it is: `podwright node lock list`",
            )
        if record.kind == "failed":
            raise HostError(
                f"{observation.node}: the run {run} could not be taken back: {record.text.strip()[:300]}",
                hint="run the same command again; the node tries it again too",
            )
    return tuple((record.words, ENDS[record.kind]) for record in records if record.kind in ENDS)


def _run(
    host: Host, observation: Observation, run: str, call: str, *, state_dir: str, owner: str, why: str
) -> tuple[Record, ...]:
    variables = _variables(
        observation, run, state_dir=state_dir, owner=owner, wait=LOCK_WAIT_SECONDS, why=why
    )
    # a shell of its own, which ends where it fails
    text = program(KEEPER_PARTS, variables, ["record begin 1", "flush", f"({call}; end) || :"])
    try:
        output = b"".join(host.stream(text, timeout=PROGRAM_SECONDS, silence=SILENCE_SECONDS))
    except ProgramError as error:
        raise HostError(
            f"{observation.node}: the program ended before its time, so what came of the run {run} is not known:"
            f" {error.complaint}",
            hint="see what waits, and what became of it: `podwright node pending`",
        ) from error
    return read_records(observation.node, variables["nonce"], output)
