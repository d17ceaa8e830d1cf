"""`crictl images`, `inspecti`, `pull` and `rmi` against the images of one node."""

from __future__ import annotations

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.crictl_output import Answer, as_json, fatal, printed
from podwright_lab.kubelet.crictl_words import Words
from podwright_lab.kubelet.images import Image, ImageStore, whole_reference


def images(words: Words, store: ImageStore) -> Answer:
    """All, or those of the repositories or references that are named."""
    wanted = [whole_reference(word) for word in words.arguments]
    found = [
        image
        for image in store.all()
        if not wanted or image.reference in wanted or _repository(image) in map(_without_tag, wanted)
    ]
    if words.has("quiet"):
        return Answer("".join(f"{image.id}\n" for image in found))
    rows = [[_repository(image), _tag(image), image.id[7:20], "0B"] for image in found]
    listed = {"images": [_listed(image) for image in found]}
    return printed(words, listed, lambda: [["IMAGE", "TAG", "IMAGE ID", "SIZE"], *rows])


def inspect_image(words: Words, store: ImageStore) -> Answer:
    if not words.arguments:
        return fatal("ID cannot be empty")
    image = store.find(words.arguments[0])
    if image is None:
        return fatal(f'no such image \\"{words.arguments[0]}\\" present')
    shown = {"status": _listed(image), "info": {}}
    return printed(words, shown, lambda: [[as_json(shown)]], default="json")


def pull(words: Words, store: ImageStore) -> Answer:
    if len(words.arguments) != 1:
        return fatal("Image must be specified")
    image = words.arguments[0]
    error = store.pull(image)
    if error is not None:
        return fatal(f"pulling image: rpc error: code = Unknown desc = {error}".replace('"', '\\"'))
    return Answer(f"Image is up to date for {store.id_of(image)}\n")


def remove(words: Words, store: ImageStore) -> Answer:
    """What is not there is named, and the others are removed."""
    if not words.arguments and not words.has("all"):
        return fatal("Image must be specified")
    chosen = store.all() if words.has("all") else [store.find(word) for word in words.arguments]
    lines = []
    for image in chosen:
        if image is not None:
            store.remove(image)
            lines.append(f"Deleted: {image.reference}\n")
    missing = [word for word, image in zip(words.arguments, chosen, strict=False) if image is None]
    errors = "".join(f'time="lab" level=error msg="no such image {word}"\n' for word in missing)
    last = fatal("unable to remove the image(s)").err if missing else ""
    return Answer("".join(lines), errors + last, 1 if missing else 0)


def _listed(image: Image) -> Object:
    digest = "@" in image.reference
    return {
        "id": image.id,
        "repoTags": [] if digest else [image.reference],
        "repoDigests": [image.reference] if digest else [],
        "size": "0",
        "username": "",
        "pinned": False,
    }


def _repository(image: Image) -> str:
    return _without_tag(image.reference)


def _without_tag(reference: str) -> str:
    name = reference.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


def _tag(image: Image) -> str:
    return "<none>" if "@" in image.reference else image.reference.rpartition(":")[2]
