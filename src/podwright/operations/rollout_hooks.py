"""Runs the commands that the inventory wants on this machine before and after a run, its batches and its nodes."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from podwright import process
from podwright.inventory.rollout_settings import Hook, Scope
from podwright.operations.report import Convergence, NodeResult, Outcome, Status
from podwright.operations.world import World
from podwright.plan.rollout_batches import Rollout
from podwright.problem import Problem

#: of what a hook that failed printed last
MAX_WORDS = 500
_HINT = "see what it says when it is run by hand; docs/rollouts.md tells what it is given"


class Hooks(Struct, frozen=True):
    """Those of one run."""

    rollout: Rollout
    world: World

    def before(
        self, scope: Scope, nodes: tuple[str, ...], facts: Mapping[str, object]
    ) -> tuple[Problem, ...]:
        """Why what they come before must not begin: the first that fails is the last that is run."""
        hooks = self.rollout.hooks_of(scope, nodes, before=True)
        return tuple(islice((found for hook in hooks if (found := self._run(hook, nodes, facts))), 1))

    def after(self, scope: Scope, nodes: tuple[str, ...], facts: Mapping[str, object]) -> tuple[Problem, ...]:
        """Which of them failed: all are run, unless the run is cut off."""
        hooks = self.rollout.hooks_of(scope, nodes, before=False)
        return tuple(found for hook in hooks if (found := self._run(hook, nodes, facts)))

    def around(self, node: str, work: Callable[[], Outcome]) -> Outcome:
        """A node of which one fails has failed; if that is before its change, it is not changed. `work` raises nothing."""
        if problems := self.before(Scope.NODE, (node,), {"node": node}):
            return NodeResult(node, Status.FAILED, Convergence(), _of(node, problems))
        outcome = work()
        facts = {"node": node, "status": str(outcome.status)}
        problems = _of(node, self.after(Scope.NODE, (node,), facts))
        if not problems:
            return outcome
        return replace(outcome, status=Status.FAILED, problems=(*outcome.problems, *problems))

    def _run(self, hook: Hook, nodes: tuple[str, ...], facts: Mapping[str, object]) -> Problem | None:
        if self.world.interruption.impatient:
            return Problem(f"{_name(hook)} was not run: interrupted", "run it by hand")
        run = self.world.run
        when = "before" if hook.before else "after"
        document = {
            "apiVersion": "podwright.dev/v1",
            "kind": "RolloutHook",
            "hook": f"{when}-{hook.scope}",
            "run": run.id,
            "command": run.command,
            "who": run.who,
            "nodes": list(nodes),
            **facts,
        }
        try:
            done = process.run(hook.words, seconds=hook.seconds, stdin=json.dumps(document).encode() + b"\n")
        except process.ProcessError as error:
            return Problem(f"{_name(hook)} failed: {error}", _HINT)
        if done.exit_status == 0:
            return None
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()[-MAX_WORDS:]
        ended = (
            f"ended by signal {-done.exit_status}"
            if done.exit_status < 0
            else f"exit status {done.exit_status}"
        )
        return Problem(f"{_name(hook)} failed: {ended}{f': {said}' if said else ''}", _HINT)


def _name(hook: Hook) -> str:
    when = "before" if hook.before else "after"
    article = "the" if hook.scope is Scope.RUN else "each"
    return f"the hook `{shlex.join(hook.words)[:100]}` {when} {article} {hook.scope}"


def _of(node: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(Problem(one.message, one.hint, node=node) for one in problems)
