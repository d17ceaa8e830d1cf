"""A manifest as a kind of subject: what is written, what proves it, and what undoes it."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from podwright.manifests.manifest import Manifest
from podwright.manifests.stamp import counted_up
from podwright.plan.changes import Action, Resource, collide
from podwright.plan.deadlines import removal_deadline, second_write_deadline, start_deadline
from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.history import Revision
from podwright.plan.images import images_of
from podwright.plan.leftovers import GRACE_SECONDS
from podwright.plan.observed import FileKind, Observation, ObservedFile
from podwright.plan.writes import NOTHING, Own, Put, Remove, SecondPut, Write
from podwright.pods.pod_ref import PodRef

FILE_MODE = "600"
#: the kubelet's hash or a UUID; part of a path on the node
_UID = re.compile(r"[0-9A-Za-z-]{1,64}")


class ManifestFile(Struct, frozen=True):
    """One name of a manifest folder.

    `manifest` is what should lie there (None: nothing), `observed` what does, `generation` the one to write, or that
    lies there. `running` has the uids of the pods that run under the name that the manifest's pod will have.
    `leftovers` are pods that should be gone with an absent file and are not, with
    the seconds of grace that they may have. `beside` is the other slot's file, whose pod runs until this one's is proven.
    `label` is the SELinux label that is all the file is written for.
    """

    name: str
    node_name: str
    manifest: Manifest | None = None
    observed: ObservedFile | None = None
    generation: int = 0
    running: tuple[str, ...] = ()
    leftovers: tuple[tuple[PodRef, float], ...] = ()
    beside: ObservedFile | None = None
    label: str = ""

    @property
    def pod(self) -> PodRef | None:
        """The pod this file is about, named as in the file."""
        if self.manifest:
            return self.manifest.pod
        return self.observed.pod if self.observed else None

    @property
    def modes(self) -> tuple[str, str]:
        """A link has none of its own."""
        if self.observed and self.manifest and self.observed.kind is not FileKind.LINK:
            return self.observed.mode, FILE_MODE
        return FILE_MODE, FILE_MODE

    @property
    def is_cosmetic(self) -> bool:
        """Whether what lies there means what should, and is not what would be written."""
        if not (self.manifest and self.manifest.marked and self.observed and self.observed.managed):
            return False
        return self.observed.content != self.manifest.text(generation_of(self.observed)).encode()

    @property
    def facts(self) -> Mapping[str, str | int | None]:
        return {
            "pod": str(self.pod) if self.pod else None,
            "digest": self.manifest.digest if self.manifest else None,
            "generation": self.generation or None,
        }

    @property
    def takes(self) -> tuple[Resource, ...]:
        return (self.manifest.pod, *self.manifest.host_ports) if self.manifest else ()

    @property
    def gives_up(self) -> tuple[Resource, ...]:
        return tuple(held for held in _held(self.observed) if not collide((held,), self.takes))

    @property
    def before(self) -> bytes | None:
        return self.observed.content if self.observed else None

    @property
    def after(self) -> bytes | None:
        return self.text.encode() if self.manifest else None

    @property
    def text(self) -> str:
        return self.manifest.text(self.generation) if self.manifest else ""

    def writes(self, action: Action) -> tuple[Write, ...]:
        over = (self.observed.sha256 if self.observed else "") or NOTHING
        if self._stays(action) and self.observed:
            # a note says the opposite of the mark, and is what changes
            ours = self.observed.marked is self.observed.noted
            return (Own(self.name, over, ours, self.observed.marked),)
        match action:
            case Action.DELETE:
                return (Remove(self.name, over),)
            case Action.CREATE:
                return (Put(self.name, self.text, over),)
            case Action.UPDATE | Action.RESTART | Action.RELEASE:
                return (Put(self.name, self.text, over, self._second(), self.label),)
        return ()

    def _stays(self, action: Action) -> bool:
        """Whether only the node's note on whose file it is changes."""
        if action is Action.RELEASE and self.observed and self.manifest:
            return self.manifest.marked == self.observed.marked
        return action is Action.ADOPT

    def _second(self) -> SecondPut | None:
        """For an update that ends exactly one running pod of the same name; others leave no hole of that kind."""
        if (
            not self._restarts
            or not self.manifest
            or not self.manifest.marked
            or len(self.running) != 1
            or not _UID.fullmatch(self.running[0])
        ):
            return None
        text = self.manifest.text(self.generation + 1)
        return SecondPut(text, self.running[0], second_write_deadline(_grace(self.observed)))

    @property
    def _restarts(self) -> bool:
        return self.generation != generation_of(self.observed)

    def revision(self, action: Action) -> Revision | None:
        """A restart brings no other content, nor does a change of the mode alone."""
        manifest = self.manifest
        if manifest is None or not self._restarts or action not in (Action.CREATE, Action.UPDATE):
            return None
        content = self.text.encode()
        return Revision(self.name, self.generation, content, manifest.digest, images_of(manifest))

    def found(self) -> Revision | None:
        observed = self.observed
        if observed is None or not observed.content:
            return None
        there = observed.manifest
        images = images_of(there) if isinstance(there, Manifest) else ()
        digest = there.digest if there else ""
        return Revision(self.name, generation_of(observed), observed.content, digest, images)

    def as_found(self, wait_for: WaitFor) -> tuple[Expectation, ...]:
        """What proves that the pod of a file without our mark runs."""
        observed = self.observed
        there = observed.manifest if observed and not observed.marked else None
        if not isinstance(there, Manifest):
            return ()
        pod = dataclasses.replace(there, marked=False)
        return (replace(self, manifest=pod, generation=0)._present(pod, Action.KEEP, wait_for),)

    def undo(self, action: Action, lies_there: str) -> tuple[Write, ...]:
        if not action.writes or self._stays(action):
            return ()
        if self.before is None:
            return (Remove(self.name, lies_there),)
        if not _is_text(self.before):
            # only the backup on the node has it
            return ()
        return (Put(self.name, self.before.decode(), NOTHING if action is Action.DELETE else lies_there),)

    def back(self, action: Action) -> bytes | None:
        """With a generation that no write has had: a kubelet is slow to start a pod once more that it has ended."""
        if self.observed is None:
            return None
        before = generation_of(self.observed)
        further = 1 if action is Action.DELETE else self.generation + 2 - before
        counted = counted_up(self.observed.content, before, further) if self.observed.managed else b""
        return counted if _is_text(counted) else self.before

    def undone(self, wait_for: WaitFor) -> tuple[Expectation, ...]:
        """Only of a pod with our stamp can be proven that it runs again; of another's file, that it is back."""
        observed, manifest = self.observed, self.manifest
        if observed is None:
            grace = float(manifest.grace_seconds) if manifest else GRACE_SECONDS
            pod = manifest.pod.on(self.node_name) if manifest else None
            return (_gone(self.name, pod, wait_for if pod else WaitFor.FILE, grace),)
        there, grace = observed.manifest, _grace(observed)
        if not observed.managed or not isinstance(there, Manifest):
            return (Expectation(self.name, None, sha256s=(observed.sha256,), wait_for=WaitFor.FILE),)
        back = replace(self, manifest=there, generation=generation_of(observed))
        expected = back._present(there, Action.KEEP, wait_for)
        return (replace(expected, deadline=start_deadline(there, grace), grace=grace),)

    def expectations(self, action: Action, wait_for: WaitFor) -> tuple[Expectation, ...]:
        if action is Action.CONFLICT:
            return ()
        return tuple(self._expected(action, wait_for))

    def _expected(self, action: Action, wait_for: WaitFor) -> Iterator[Expectation]:
        old = self.observed.named if self.observed else None
        if self.manifest:
            yield self._present(self.manifest, action, wait_for)
            if old and old != self.manifest.pod:
                # the kubelet runs the old name until it next reads the whole folder
                yield _gone("", old.on(self.node_name), wait_for, _grace(self.observed))
        elif action is Action.DELETE and old:
            yield _gone(self.name, old.on(self.node_name), wait_for, _grace(self.observed))
        elif action is Action.DELETE:
            yield _gone(self.name, None, WaitFor.FILE)
        yield from (_gone("", pod, wait_for, grace) for pod, grace in self.leftovers)

    def _present(self, manifest: Manifest, action: Action, wait_for: WaitFor) -> Expectation:
        replaced = self.running if self._restarts else ()
        texts = self._sha256s(manifest, action)
        return Expectation(
            file_name=self.name,
            pod=manifest.pod.on(self.node_name),
            digest=manifest.digest if manifest.marked else "",
            sha256s=texts,
            generations=tuple(range(self.generation, self.generation + len(texts)))
            if manifest.marked
            else (),
            containers=manifest.containers,
            runs_to_completion=manifest.restart_policy != "Always",
            wait_for=wait_for,
            ready_seconds=manifest.readiness_seconds,
            unready_seconds=manifest.unready_seconds,
            old_uid=replaced[0] if replaced else "",
            deadline=start_deadline(manifest, _grace(self.observed) if replaced else None),
            grace=_grace(self.observed) if replaced else 0.0,
            beside=self.beside.named.on(self.node_name) if self.beside and self.beside.named else None,
        )

    def _sha256s(self, manifest: Manifest, action: Action) -> tuple[str, ...]:
        """Of each text that may lie there: of the first write and, after an update, of the second.

        What is kept may be the first write of another run, whose second is to come.
        """
        if (action is Action.KEEP or self._stays(action)) and self.observed:
            following = counted_up(self.observed.content, self.generation)
            return self.observed.sha256, hashlib.sha256(following).hexdigest()
        texts = [manifest.text(self.generation)]
        if action is not Action.CREATE and self._restarts and manifest.marked:
            texts.append(manifest.text(self.generation + 1))
        return tuple(hashlib.sha256(text.encode()).hexdigest() for text in texts)


def _is_text(content: bytes) -> bool:
    """Whether it can stand in the text of a program."""
    text = content.decode("utf-8", "replace")
    return text.encode() == content and text.endswith("\n") and "\0" not in text


def _held(observed: ObservedFile | None) -> tuple[Resource, ...]:
    if not observed or not observed.named:
        return ()
    ports = observed.manifest.host_ports if isinstance(observed.manifest, Manifest) else ()
    return (observed.named, *ports)


def generation_of(observed: ObservedFile | None) -> int:
    return (observed.stamp.generation or 0) if observed else 0


def generations_kept(observation: Observation, there: ObservedFile | None, name: str) -> Iterator[int]:
    """What the history has, of which the newest has the highest number.

    What another wrote comes into the history between that and what is written over it.
    """
    between = 1 if there and not there.managed and not there.adopted else 0
    yield from (number + between for kept, number in observation.newest if kept == name)
    yield from (kept.number + between for kept in observation.history or () if kept.name == name)


def _grace(observed: ObservedFile | None) -> float:
    there = observed.manifest if observed else None
    return float(there.grace_seconds) if there and there.pod else GRACE_SECONDS


def _gone(
    file_name: str, pod: PodRef | None, wait_for: WaitFor, grace_seconds: float = GRACE_SECONDS
) -> Expectation:
    level = wait_for if wait_for is WaitFor.FILE else WaitFor.READY
    return Expectation(
        file_name, pod, wait_for=level, deadline=removal_deadline(grace_seconds), grace=grace_seconds
    )
