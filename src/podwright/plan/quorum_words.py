"""The words for why a node of a guarded group is not changed."""

from __future__ import annotations

from podwright.plan.reasons import Guarded, Kind

_ACCEPT = "`--accept-quorum-loss` changes it all the same"
_WAIT = "wait until that is done, then run the same command again"
_ADDRESS = f"see `ip address` and the logs of its pods on these nodes; {_ACCEPT}"
GUARDED: dict[Kind, tuple[str, str]] = {
    Guarded.UNKNOWN: (
        "its group is guarded, and how {node} is cannot be told: {why}",
        f"make it known, then run the same command again; {_ACCEPT}",
    ),
    Guarded.LEARNER: (
        "etcd on {node} is a learner, which has no vote yet",
        f"promote it (`etcdctl member promote`), or remove it from the cluster; {_ACCEPT}",
    ),
    Guarded.ALARM: (
        "etcd on {node} reports an alarm: {alarm}",
        f"see `etcdctl alarm list`, and what clears it; {_ACCEPT}",
    ),
    Guarded.QUORUM: (
        "without it {left} of {size} members of etcd would be healthy, and {quorum} are the quorum{down}",
        f"repair the others first, or add a member; {_ACCEPT}",
    ),
    Guarded.AVAILABLE: (
        "without it {left} pods of its group would be ready, and {wanted} must be{down}",
        f"repair the others first; {_ACCEPT}",
    ),
    Guarded.NO_HOLDER: ("no node holds the address {address}", _ADDRESS),
    Guarded.HOLDERS: ("more than one node holds the address {address}: {nodes}", _ADDRESS),
    Guarded.SILENT: ("the address {address} does not answer: {why}", _ADDRESS),
    Guarded.NO_API: (
        "it holds the address {address}, and another node may not take that over: the API: {why}",
        f"repair the API first; {_ACCEPT}",
    ),
    Guarded.NO_SUCCESSOR: (
        "it holds the address {address}, and no other node could take that over{down}",
        f"repair the others first; {_ACCEPT}",
    ),
    Guarded.LOCKED: ("its group is guarded, and {node} is being changed by {owner}", _WAIT),
    Guarded.LEASED: (
        "its group is guarded, and another run changes it: {owner}",
        f"{_WAIT}, or give `--wait-lock 10m`; of a run that is known to be dead `--break-lock {{id}}` takes it over",
    ),
    Guarded.ARMED: ("its group is guarded, and {node} may still go back by itself", _WAIT),
    Guarded.CORDONED: (
        "its group is guarded, and {node} is cordoned: it may be about to restart",
        f"wait until it is back (`kubectl uncordon {{node}}`); {_ACCEPT}",
    ),
    Guarded.SHUTTING_DOWN: (
        "its group is guarded, and {node} is about to shut down, or has just started",
        f"wait until it is back; {_ACCEPT}",
    ),
    Guarded.NOT_BACK: (
        "after its change {what}",
        "see `podwright manifest logs`; no further node of its group is begun before that is repaired",
    ),
}
