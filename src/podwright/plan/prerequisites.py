"""What a node lacks of what pods need that are about to be written: known before the old pod ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from podwright.manifests.manifest import Manifest
from podwright.plan.observed import Observation, UnfitPath

_KINDS = {
    "Directory": "a directory",
    "DirectoryOrCreate": "a directory",
    "File": "a file",
    "FileOrCreate": "a file",
    "Socket": "a socket",
    "CharDevice": "a character device",
    "BlockDevice": "a block device",
}


def unmet(
    manifests: Iterable[Manifest], observation: Observation, replaced: Collection[str]
) -> Iterator[str]:
    """A warning for each; `replaced` are files whose old pod runs. What the node was not asked for is not missing."""
    unfit = {found.wanted: found for found in observation.unfit_paths}
    for manifest in manifests:
        name, needs = manifest.file_name, manifest.needs
        for image in needs.images:
            if observation.images is None or any(one.is_called(image.name) for one in observation.images):
                continue
            if not image.pulled:
                yield (
                    f"`{name}`: the image `{image.name}` is not on the node, and `imagePullPolicy: Never`"
                    " lets nobody pull it: the pod will not start"
                )
            elif name in replaced:
                yield (
                    f"`{name}`: the image `{image.name}` is not on the node: nothing runs while it is pulled"
                    f" (`crictl pull {image.name}` on the node pulls it beforehand)"
                )
        yield from (_about(name, unfit[wanted]) for wanted in needs.paths if wanted in unfit)


def _about(name: str, found: UnfitPath) -> str:
    kind = _KINDS.get(found.wanted.type, found.wanted.type)
    what = "is missing" if found.missing else f"is not {kind}"
    return f"`{name}`: `{found.wanted.path}` {what}, and `type: {found.wanted.type}` wants it: the pod will not start"
