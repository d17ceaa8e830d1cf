"""The options that say what is checked for drift, of every command that checks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from podwright.cli.options import Option
from podwright.cli.run_options import DEFAULT_FORKS, Forks, Limit, Only, WaitForOption
from podwright.cli.site_options import SiteOptions
from podwright.errors import UsageError
from podwright.operations.world import Settings
from podwright.plan.drift_history import Scope
from podwright.plan.expectations import WaitFor
from podwright.plan.reasons import Drift
from podwright.suggestion import did_you_mean

Ignore = Annotated[
    tuple[str, ...],
    Option("--ignore", "Leave out this kind of drift; may be repeated.", metavar="KIND"),
]


@dataclass(frozen=True, slots=True)
class DriftScope:
    """Which nodes and pods are compared, by what, and which kinds of drift are left out."""

    limit: Limit = ()
    only: Only = ()
    wait_for: WaitForOption = None
    forks: Forks = DEFAULT_FORKS
    ignore: Ignore = ()

    @property
    def settings(self) -> Settings:
        return Settings(wait_for=WaitFor(self.wait_for) if self.wait_for else None, forks=self.forks)

    @property
    def whole(self) -> bool:
        """Whether all of the inventory is compared."""
        return not self.limit and not self.only

    @property
    def ignored(self) -> tuple[Drift, ...]:
        """Raises UsageError for a name that no kind of drift has."""
        known = {kind.value: kind for kind in Drift}
        for name in self.ignore:
            if name not in known:
                hint = did_you_mean(name, known, f"there are {', '.join(known)}")
                raise UsageError(f"there is no kind of drift `{name}`", hint)
        return tuple(known[name] for name in self.ignore)

    def scope(self, *, api: bool) -> Scope:
        return Scope(tuple(sorted(self.only)), tuple(sorted(self.ignore)), self.wait_for or "", api)

    def key(self, site: SiteOptions, inventory: str) -> tuple[str, ...]:
        """What makes the check of this site and these nodes the same as an earlier one."""
        return (
            str(Path.cwd()),
            inventory,
            *map(str, (*site.inventory, site.templates, site.kubeconfig, site.context)),
            *site.extra_vars,
            "",
            *self.limit,
        )
