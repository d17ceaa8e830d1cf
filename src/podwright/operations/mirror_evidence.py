"""What the API shows of the pods that a proof waits for, looked up at one instant."""

from __future__ import annotations

from podwright.plan.admission import RefusalSeen
from podwright.plan.node_view import MirrorsSeen
from podwright.plan.proof import Instant, Proof
from podwright.remote.kube.mirrors import Mirrors


def with_mirrors(proof: Proof, mirrors: Mirrors, at: float) -> Proof:
    """The proof judged `at` an instant; what seems gone is looked up by name: it may only have lost its label."""
    now = Instant(at)
    for pod, since in proof.unstarted:
        refusal = mirrors.refusal(pod, since)
        if refusal:
            proof = proof.advance(RefusalSeen(pod, refusal))
    proof = proof.advance(MirrorsSeen({pod: mirrors.see(pod) for pod in proof.mirrors_wanted})).advance(now)
    if not proof.unconfirmed:
        return proof
    fresh = {pod: mirrors.see(pod, fresh=True) for pod in proof.unconfirmed}
    return proof.advance(MirrorsSeen(fresh, fresh=True)).advance(now)


def not_asked(mirrors: Mirrors) -> str:
    """A note for the report of a run that could not ask the API."""
    why = "; ".join(filter(None, (mirrors.unavailable, mirrors.remedy)))
    return f"the API was not checked ({why}); the result relies on the nodes alone"
