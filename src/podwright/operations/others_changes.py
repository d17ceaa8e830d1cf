"""What a plan would undo of what others did on the node: an upgrade, a newer content, a file that its owner rewrites."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import SUFFIX, whatever_slot
from podwright.operations.desired import Adopt, Desired
from podwright.operations.world import Settings
from podwright.plan.history import older_equal
from podwright.plan.images import CONTROL_PLANE, version_downgrade
from podwright.plan.observed import Observation, ObservedFile
from podwright.plan.reasons import Difference
from podwright.plan.stages import Plan
from podwright.problem import Problem

#: what k3s and RKE2 have in the path of their folders
_RANCHER = "/rancher/"


def undone(
    plan: Plan, desired: Desired, observation: Observation, settings: Settings
) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """Why the node must not be written to, and what a person should know even so."""
    of_mark = tuple(_of_mark(plan))
    if not isinstance(desired.from_node, Adopt | None):
        return (), of_mark
    adopted = tuple(_adopted(plan, desired, observation))
    if desired.from_node and desired.from_node.note:
        return (), tuple(_rewritten(adopted, observation))
    older = tuple(_older(plan, desired, observation))
    refused = older if desired.node.settings.refuse_older else ()
    told = () if refused else tuple(problem.message for problem in older)
    if not settings.allow_downgrade:
        refused += tuple(_downgrades(adopted, observation))
    return refused, (*of_mark, *told, *_rewritten(adopted, observation))


def _of_mark(plan: Plan) -> Iterator[str]:
    """To take a file over or to give it up looks like a change of nothing but the mark, or of nothing at all."""
    kinds = (Difference.ADOPTED, Difference.RELEASED, Difference.MARK_STAYS)
    for change in plan.pending:
        if any(reason.kind in kinds for reason in change.reasons):
            yield f"`{change.name}`: {change.reason}"


def _adopted(
    plan: Plan, desired: Desired, observation: Observation
) -> Iterator[tuple[ObservedFile, Manifest]]:
    pending = {change.name for change in plan.pending}
    for manifest in desired.manifests:
        file = observation.file(manifest.file_name)
        if file and not file.managed and file.name in pending:
            yield file, manifest


def _downgrades(
    adopted: tuple[tuple[ObservedFile, Manifest], ...], observation: Observation
) -> Iterator[Problem]:
    for file, manifest in adopted:
        if isinstance(file.manifest, Manifest) and (what := version_downgrade(file.manifest, manifest)):
            yield Problem(
                f"`{file.name}` would take back {what}",
                "correct the image in the template; `--allow-downgrade` takes it back",
                node=observation.node,
            )


def _rewritten(adopted: tuple[tuple[ObservedFile, Manifest], ...], observation: Observation) -> Iterator[str]:
    for file, _ in adopted:
        if _RANCHER in observation.folder:
            yield f"`{file.name}`: k3s and RKE2 write the files of `{observation.folder}` again at each start"
        elif file.name.removesuffix(SUFFIX) in CONTROL_PLANE:
            yield f"`{file.name}`: `kubeadm upgrade` writes it again, and then it is to be adopted again"


def _older(plan: Plan, desired: Desired, observation: Observation) -> Iterator[Problem]:
    if observation.history_problem:
        hint = "give what is named there to root (`chown root`), and take the right to write from others (`chmod go-w`)"
        text = f"what is older cannot be told: {observation.history_problem}"
        yield Problem(text, hint, node=observation.node)
    pending = {change.name for change in plan.pending}
    for manifest in desired.manifests:
        name = manifest.file_name
        last = max(
            (number for kept, number in observation.newest if whatever_slot(kept) == whatever_slot(name)),
            default=0,
        )
        history = observation.outcomes if observation.history is None else observation.history
        found = older_equal(history, name, manifest.digest, last) if name in pending else None
        if found:
            yield Problem(
                f"`{name}` equals revision {found.number} of {found.when or 'an unknown time'}: a newer content was"
                " written since",
                "update the templates, or take it back by its name:"
                f" `podwright manifest rollback {name.removesuffix(SUFFIX)} --to {found.number}`",
                node=observation.node,
            )
