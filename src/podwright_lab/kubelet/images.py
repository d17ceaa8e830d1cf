"""The images of one node. A pull fetches nothing: it reports whether the image is available, and that it is here now."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

#: The path of a reference in lower case (`distribution/reference`); the host may have capitals.
_PATH = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*")


@dataclass(frozen=True, slots=True)
class Image:
    """`reference` is whole: with its registry, and a tag or a digest."""

    id: str
    reference: str


def identified(reference: str) -> str:
    """An id that differs from image to image and never changes; of a digest it is the digest itself."""
    _, _, digest = reference.partition("@")
    return digest or f"sha256:{hashlib.sha256(reference.encode()).hexdigest()}"


def refused(reference: str) -> str | None:
    """Why a registry does not give an image: those below the domain `invalid`, which no name may be in (RFC 2606)."""
    host, _, rest = reference.partition("/")
    if not host.partition(":")[0].endswith(".invalid"):
        return None
    name, _, tag = rest.rpartition(":")
    return (
        f'failed to pull and unpack image "{reference}": failed to resolve reference "{reference}": '
        f'failed to do request: Head "https://{host}/v2/{name}/manifests/{tag}": dial tcp: lookup {host}: no such host'
    )


class ImageStore:
    """What is here was pulled before; `refuse` is the registry's answer, `identify` makes the ids."""

    def __init__(
        self,
        refuse: Callable[[str], str | None] = refused,
        identify: Callable[[str], str] = identified,
        present: tuple[str, ...] = (),
    ) -> None:
        self._refuse = refuse
        self._identify = identify
        self._references = {whole_reference(image) for image in present}

    def all(self) -> list[Image]:
        return [Image(self._identify(reference), reference) for reference in sorted(self._references)]

    def find(self, image: str) -> Image | None:
        """By a reference, or by the beginning of an id."""
        reference, digits = whole_reference(image), image.removeprefix("sha256:")
        for found in self.all():
            if found.reference == reference or (
                digits and found.id.removeprefix("sha256:").startswith(digits)
            ):
                return found
        return None

    def present(self, image: str) -> bool:
        return whole_reference(image) in self._references

    def id_of(self, image: str) -> str:
        return self._identify(whole_reference(image))

    def pull(self, image: str) -> str | None:
        """Why it cannot be had, or `None`: then it is here."""
        reference = whole_reference(image)
        error = self._refuse(reference)
        if error is None:
            self._references.add(reference)
        return error

    def remove(self, image: Image) -> None:
        self._references.discard(image.reference)


def whole_reference(image: str) -> str:
    """With what a short name leaves out: the registry, the folder `library`, the tag `latest`."""
    name, at, digest = image.partition("@")
    host, slash, _ = name.partition("/")
    if not slash:
        name = f"docker.io/library/{name}"
    elif not _is_host(host):
        name = f"docker.io/{name}"
    folder, slash, last = name.rpartition("/")
    if at:
        return f"{folder}{slash}{last.partition(':')[0]}@{digest}"
    return name if ":" in last else f"{name}:latest"


def is_reference(image: str) -> bool:
    """Whether a registry could have an image of this name."""
    name = image.partition("@")[0]
    host, slash, rest = name.partition("/")
    if not slash or not _is_host(host):
        rest = name
    return _PATH.fullmatch(rest.partition(":")[0]) is not None


def _is_host(word: str) -> bool:
    return "." in word or ":" in word or word == "localhost"
