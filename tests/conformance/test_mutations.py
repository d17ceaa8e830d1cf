"""Breaks one rule of the stand-in kubelet at a time, and wants the suite to notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance.experiments import replay

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.event_recorder import EventRecorder
from podwright_lab.kubelet.file_source import FileSource
from podwright_lab.kubelet.folder_watch import Happened
from podwright_lab.kubelet.kubelet import Kubelet
from podwright_lab.kubelet.mirror import MirrorClient
from podwright_lab.kubelet.pod_workers import PodWorkers


class _KeepsWhatItCannotRead(FileSource):
    """At a tick, a file that has become bad goes on to define its pod."""

    def _listed(self, path: Path) -> Object | None:
        found = super()._listed(path)
        key = self._key_of_file.get(path.name)
        return self._store.get(key) if found is None and key is not None else found


class _StartsBesideTheOldPod(PodWorkers):
    def _may_start(self, worker: object) -> bool:
        return True


class _LeavesAnOldMirror(MirrorClient):
    def reconcile(self, pod: Object, mirror: Object | None, node: Object | None) -> None:
        if mirror is None:
            super().reconcile(pod, mirror, node)


class _WantsAnExtension(FileSource):
    def _happened(self, happened: Happened, name: str) -> None:
        if name.endswith((".yaml", ".json")):
            super()._happened(happened, name)


class _ForgetsGrace(PodWorkers):
    def end(self, pod: Object, grace: float | None = None) -> None:
        super().end(pod, 0.0)


class _ForgetsLabels(MirrorClient):
    def _create(self, pod: Object, node: Object | None) -> None:
        labels = {"metadata": {key: value for key, value in pod["metadata"].items() if key != "labels"}}
        super()._create(pod | labels, node)


class _NamesEventsAsInItsLifeBefore(EventRecorder):
    def _next_number(self) -> int:
        self._number += 1
        return self._number


class _IsLateToRead(FileSource):
    """What the folder's watch says is heard at the next tick only."""

    def _happened(self, happened: Happened, name: str) -> None:
        """Nothing."""


class _TakesOneFileAnApp(FileSource):
    """The part of a file's name before the first dot counts: two generations replace each other."""

    def _consume(self, happened: Happened, name: str) -> None:
        if happened is not Happened.DROP:
            for other in [key for key in self._store if key.startswith("default/app-")]:
                del self._store[other]
        super()._consume(happened, name)


class _TellsOneRefusalAPod(EventRecorder):
    """Another generation that is refused for the same reason gets no Event of its own."""

    def record(self, pod: Object, event_type: str, reason: str, message: str, field: str = "") -> None:
        if event_type == "Normal" or not any(key[1:3] == ("Warning", reason) for key in self._counts):
            super().record(pod, event_type, reason, message, field)


class _AdmitsEveryPod(Kubelet):
    def _admit(self, pod: Object) -> bool:
        return True


class _AdmitsAgainAtEachTick(Kubelet):
    """A pod that was refused is tried again when the folder is read."""

    def _files_changed(self, pods: list[Object]) -> None:
        super()._files_changed(pods)
        for pod in self._pods.pods():
            if self._statuses.status(pod["metadata"]["uid"]).get("phase") == "Failed" and self._admit(pod):
                self._create(pod)


class _KeepsPortsOfEndedPods(Kubelet):
    """A pod that is gone goes on to hold its ports."""

    def _active(self, but: Object) -> list[Object]:
        return [pod for pod in self.__dict__.get("ever", []) if pod is not but]

    def _create(self, pod: Object) -> None:
        self.__dict__.setdefault("ever", []).append(pod)
        super()._create(pod)


def _with(attribute: str, mutant: type) -> Callable[..., Kubelet]:
    def make(*arguments: object, **options: object) -> Kubelet:
        kubelet = Kubelet(*arguments, **options)
        getattr(kubelet, attribute).__class__ = mutant
        return kubelet

    return make


@pytest.mark.parametrize(
    ("attribute", "mutant", "experiment"),
    [
        ("_files", _KeepsWhatItCannotRead, "08-invalid-yaml-over-running"),
        ("_workers", _StartsBesideTheOldPod, "02-update-spec"),
        ("_mirrors", _LeavesAnOldMirror, "03-delete-mirror"),
        ("_files", _WantsAnExtension, "11b-copy-bak"),
        ("_workers", _ForgetsGrace, "04-rm-grace30-deaf"),
        ("_mirrors", _ForgetsLabels, "01-first-push"),
        ("_events", _NamesEventsAsInItsLifeBefore, "05b-update-kubelet-down"),
        ("_files", _IsLateToRead, "01-first-push"),
        ("_files", _TakesOneFileAnApp, "32-surge-side-by-side"),
        ("_events", _TellsOneRefusalAPod, "33-refused-then-another-generation"),
    ],
)
def test_the_suite_notices_a_broken_rule(attribute: str, mutant: type, experiment: str) -> None:
    assert replay(experiment, _with(attribute, mutant), tries=5).mismatches
    assert not replay(experiment, tries=5).mismatches


@pytest.mark.parametrize(
    ("mutant", "experiment"),
    [
        (_AdmitsEveryPod, "31-port-taken-by-a-pod-that-goes"),
        (_AdmitsAgainAtEachTick, "31-port-taken-by-a-pod-that-goes"),
        (_KeepsPortsOfEndedPods, "31b-port-free-again"),
        (_AdmitsEveryPod, "33-refused-then-another-generation"),
    ],
)
def test_the_suite_notices_a_broken_admission(mutant: type[Kubelet], experiment: str) -> None:
    assert replay(experiment, mutant, tries=5).mismatches


def test_a_mutant_that_breaks_nothing_is_not_noticed() -> None:
    assert not replay("01-first-push", _with("_files", FileSource), tries=5).mismatches
