"""Our mark on a pod: which manifest it is (digest), which write (generation), whose and of what; a label to watch by."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from podwright.manifests.workload import Workload

DIGEST = "podwright.dev/digest"
GENERATION = "podwright.dev/generation"
OWNER = "podwright.dev/owner"
WORKLOAD = "podwright.dev/workload"
MANAGED = "podwright.dev/managed"
_DIGEST_TEXT = re.compile(r"sha256:[0-9a-f]{64}")
_GENERATION_TEXT = re.compile(r"[0-9]{1,18}")
_OWNER_TEXT = re.compile(r"\S{1,253}")
_MARKS = {"annotations": (DIGEST, GENERATION, OWNER, WORKLOAD), "labels": (MANAGED,)}


class Stamp(Struct, frozen=True):
    """What our mark holds; `digest` and `generation` are None if absent or not of our form.

    `managed`: the mark is whole. `workload` is None, and `owner` empty, if the file does not record them: earlier
    versions of podwright did not record them.
    """

    digest: str | None = None
    generation: int | None = None
    managed: bool = False
    workload: Workload | None = None
    owner: str = ""


NO_STAMP = Stamp()


def without_stamp(document: Mapping[str, object]) -> dict[str, object]:
    """Return the document without our annotations and label; `labels` and `annotations` left empty go too.

    What a second slot's stamp adds to the pod's name goes with it; if it is not there, somebody has changed the name, and
    the stamp stays as a difference.
    """
    metadata = document.get("metadata")
    if not isinstance(metadata, Mapping):
        return dict(document)
    suffix, name = _suffix(metadata), metadata.get("name")
    if not suffix:
        return {**document, "metadata": _unmarked(metadata)}
    if not isinstance(name, str) or not name.endswith(suffix):
        return dict(document)
    return {**document, "metadata": {**_unmarked(metadata), "name": name.removesuffix(suffix)}}


def _suffix(metadata: Mapping[str, object]) -> str:
    recorded = _map(metadata.get("annotations")).get(WORKLOAD)
    workload = Workload.read(recorded) if isinstance(recorded, str) else None
    return workload.pod_suffix if workload else ""


def named_for(document: Mapping[str, object], workload: Workload) -> Mapping[str, object]:
    """Return the document with the name that its pod has in the workload's slot."""
    metadata = _map(document.get("metadata"))
    if not workload.pod_suffix:
        return document
    return {**document, "metadata": {**metadata, "name": f"{metadata.get('name')}{workload.pod_suffix}"}}


def _unmarked(metadata: Mapping[str, object]) -> dict[str, object]:
    kept = dict(metadata)
    for field, ours in _MARKS.items():
        value = kept.get(field)
        if isinstance(value, Mapping):
            kept[field] = {name: item for name, item in value.items() if name not in ours}
        if field in kept and not kept[field]:
            del kept[field]
    return kept


def with_stamp(
    document: Mapping[str, object], digest: str, generation: int, workload: Workload, owner: str = ""
) -> dict[str, object]:
    """Return the document (without a stamp) with ours."""
    marked: dict[str, object] = dict(_map(named_for(document, workload).get("metadata")))
    marked["labels"] = {**_map(marked.get("labels")), MANAGED: "true"}
    ours = {DIGEST: digest, GENERATION: str(generation), WORKLOAD: str(workload)}
    if owner:
        ours[OWNER] = owner
    marked["annotations"] = {**_map(marked.get("annotations")), **ours}
    return {**document, "metadata": marked}


def counted_up(text: bytes, generation: int, by: int = 1) -> bytes:
    """What we wrote with `generation`, as we would write it with the next, or one further on."""
    # the whole line: one like it may stand in a note, further in
    line = f'\n    {GENERATION}: "%d"\n'
    return text.replace((line % generation).encode(), (line % (generation + by)).encode(), 1)


def read_stamp(document: Mapping[str, object]) -> Stamp:
    """What our mark on a pod holds."""
    metadata = _map(document.get("metadata"))
    annotations, labels = _map(metadata.get("annotations")), _map(metadata.get("labels"))
    digest = _matching(annotations.get(DIGEST), _DIGEST_TEXT)
    generation = _matching(annotations.get(GENERATION), _GENERATION_TEXT)
    workload = annotations.get(WORKLOAD)
    return Stamp(
        digest=digest,
        generation=None if generation is None else int(generation),
        managed=digest is not None and labels.get(MANAGED) == "true",
        workload=Workload.read(workload) if isinstance(workload, str) else None,
        owner=_matching(annotations.get(OWNER), _OWNER_TEXT) or "",
    )


def _matching(value: object, form: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and form.fullmatch(value) else None


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
