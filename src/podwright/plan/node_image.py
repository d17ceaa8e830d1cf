"""An image that a node's runtime holds, and which names in manifests mean it."""

from __future__ import annotations

from msgspec import Struct


class NodeImage(Struct, frozen=True):
    """An image that a runtime holds: its id, and the names (tags, digests, the id) that lead to it."""

    id: str
    names: tuple[str, ...]

    def is_called(self, image: str) -> bool:
        """Whether a manifest may mean it: as runtimes name images, with their registry, and a tag or a digest."""
        bare, at, digest = image.partition("@")
        host, slash, _ = bare.partition("/")
        tagged = ":" in bare.rpartition("/")[2]
        untagged = bare.rpartition(":")[0] if tagged else bare
        whole = f"{untagged}@{digest}" if at else bare if tagged else f"{bare}:latest"
        if slash and ("." in host or ":" in host or host == "localhost"):
            return whole in self.names
        # a short name may be another registry's by the runtime's own rules
        return image.removeprefix("sha256:") in {name.removeprefix("sha256:") for name in self.names} or any(
            name.endswith(f"/{whole}") for name in self.names
        )
