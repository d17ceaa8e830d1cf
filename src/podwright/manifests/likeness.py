"""Manifests that differ between nodes only by the node's name: two are judged, the others follow from them.

A fleet's texts of one template are mostly alike but for the name of their node. To judge one takes a millisecond, to
put another name into a judged one a twentieth of that. It is done only where nothing can come of the other name but the
other name:

- The two names differ in digits alone, so every length and every class of character stay as they are; a letter that is
  no hexadecimal digit keeps the name from being a number, an address or a hash.
- In the text the name stands alone: nothing before or after it makes another word, a number, an escape or a tag of it.
- No key of the document holds it, since keys are put into order, and no remark was made about it.
- The other name stands nowhere in the text as it is, and in no disguise that YAML knows: capitals, a character's number,
  or a line that goes on. So what was equal stays equal, and nothing becomes so.
- Two nodes' texts were judged in full, and what follows from the one for the other is what the judge said of it, remarks
  included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from podwright.manifests.manifest import Manifest
from podwright.manifests.written import WrittenText
from podwright.pods.digest import digest_of
from podwright.pods.pod_ref import PodRef

#: at least four characters, a letter past `f` and a digit; no word of Kubernetes' own, such as `ipv4` or `sha256`
_NAME = re.compile(r"(?=.{4})(?=.*[g-z])(?=.*[0-9])(?!ipv|sha)[a-z][a-z0-9-]*[a-z0-9]")
_BEFORE = frozenset(" \n\"'=/:,([{")
_AFTER = frozenset(" \n\"'=/:,)]}.@;")
#: a character by its number, in YAML's double quotes
_NUMBERED = re.compile(r"\\[xuU]")
#: where YAML's double quotes let a word go on in the next line
_CONTINUED = re.compile(r"\\[\r\n\x85\u2028\u2029]\s*")
_MASK = "\0"
_DIGITS = str.maketrans("123456789", "000000000")
_MOST_OUTLINES = 4096


@dataclass(frozen=True, slots=True)
class Outline:
    """A text with its node's name masked, and the name with its digits masked: equal for texts that are alike."""

    text: str
    name: str


def outline(text: str, name: str) -> Outline | None:
    """The outline of a node's text; None where the name could mean more than itself there."""
    if not _NAME.fullmatch(name) or _MASK in text or "binary" in text:
        return None
    pieces = text.split(name)
    # an empty piece is two names side by side, which are another word
    alone = all(left[-1:] in _BEFORE and right[:1] in _AFTER for left, right in pairwise(pieces))
    masked = _MASK.join(pieces)
    if not alone or _in_disguise(name, masked):
        return None
    return Outline(masked, name.translate(_DIGITS))


def _in_disguise(name: str, text: str) -> bool:
    """Whether `text` may hold the name in a form that is not the name's own."""
    if "\\" in text:
        if _NUMBERED.search(text):
            return True
        text = _CONTINUED.sub("", text)
    return name in text.lower()


def follow(manifest: Manifest, old: str, new: str) -> Manifest:
    """The manifest of a like text in which `new` stands for `old`."""
    canonical = manifest.canonical.replace(old.encode(), new.encode())
    written = manifest.written
    return replace(
        manifest,
        pod=PodRef(manifest.pod.namespace.replace(old, new), manifest.pod.name.replace(old, new)),
        canonical=canonical,
        digest=digest_of(canonical),
        containers=tuple(name.replace(old, new) for name in manifest.containers),
        written=WrittenText(
            written.before.replace(old, new),
            written.between.replace(old, new),
            written.after.replace(old, new),
        ),
    )


class Likenesses:
    """What was judged so far, by outline."""

    def __init__(self) -> None:
        self._leaders: dict[tuple[object, ...], tuple[Manifest, str]] = {}
        self._proven: dict[tuple[object, ...], bool] = {}

    def like(self, key: tuple[object, ...], name: str) -> Manifest | None:
        """The manifest that follows from what was judged and proven of this outline; None where it is to be judged."""
        if not self._proven.get(key):
            return None
        leader, leader_name = self._leaders[key]
        return follow(leader, leader_name, name)

    def learn(self, key: tuple[object, ...], name: str, judged: Manifest) -> None:
        """Remember a judged manifest; the second one of an outline proves or refutes that others follow."""
        if key in self._proven:
            return
        if key not in self._leaders:
            if len(self._leaders) < _MOST_OUTLINES and _may_lead(judged, name):
                self._leaders[key] = judged, name
            return
        leader, leader_name = self._leaders[key]
        if leader_name != name:
            followed = follow(leader, leader_name, name)
            # what a comparison of manifests leaves out must be the same, too
            alike = (followed.written, followed.advice) == (judged.written, judged.advice)
            self._proven[key] = followed == judged and alike


def _may_lead(manifest: Manifest, name: str) -> bool:
    remarks = any(name in finding.message or name in finding.path for finding in manifest.advice)
    return not remarks and not _key_holds(manifest.document, name)


def _key_holds(value: object, name: str) -> bool:
    if isinstance(value, Mapping):
        return any(name in key or _key_holds(item, name) for key, item in value.items())
    return isinstance(value, list) and any(_key_holds(item, name) for item in value)
