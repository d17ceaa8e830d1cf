"""What becomes of a kubelet that is started with a configuration, and why."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

from podwright.pods.go_values import Path
from podwright.validation.findings import path_text


class Moment(StrEnum):
    """When a kubelet ends over a setting: before it asks its runtime, only afterwards, or never."""

    TRIAL = "trial"
    START = "start"
    NEVER = "never"


class Objection(Struct, frozen=True):
    """One setting that ends the kubelet, or that no kubelet refuses although it does not do what it says.

    `path` is empty if it is about a whole file.
    """

    moment: Moment
    message: str
    hint: str = ""
    file: str = ""
    path: Path = ()


class ConfigVerdict(Struct, frozen=True):
    """The objections to a configuration; `config` is what the kubelet would run with, as far as it is judged."""

    objections: tuple[Objection, ...]
    config: dict[str, object]

    @property
    def passes_trial(self) -> bool:
        return not self._any(Moment.TRIAL)

    @property
    def starts(self) -> bool:
        return not (self._any(Moment.TRIAL) or self._any(Moment.START))

    @property
    def errors(self) -> tuple[Objection, ...]:
        return tuple(objection for objection in self.objections if objection.moment is not Moment.NEVER)

    @property
    def warnings(self) -> tuple[Objection, ...]:
        return tuple(objection for objection in self.objections if objection.moment is Moment.NEVER)

    def _any(self, moment: Moment) -> bool:
        return any(objection.moment is moment for objection in self.objections)


class Host(Struct, frozen=True):
    """What is known of the node: None is unknown, and nothing is refused for it. `missing` are paths that are not there."""

    cgroup_v1: bool | None = None
    swap: bool | None = None
    kubeconfig: bool | None = None
    missing: frozenset[str] = frozenset()


class Found(Struct):
    """Collects the objections to one configuration."""

    objections: list[Objection] = field(default_factory=list)

    def refuse(self, path: Path, text: str, moment: Moment = Moment.TRIAL, *, file: str = "") -> None:
        """An empty text means that nothing is wrong."""
        if text:
            self.objections.append(
                Objection(moment, f"`{path_text(path)}` {text}" if path else text, file=file, path=path)
            )

    def warn(self, path: Path, text: str, hint: str = "", *, file: str = "") -> None:
        message = f"`{path_text(path)}` {text}" if path else text
        self.objections.append(Objection(Moment.NEVER, message, hint, file, path))

    @property
    def refused(self) -> bool:
        return any(objection.moment is Moment.TRIAL for objection in self.objections)
