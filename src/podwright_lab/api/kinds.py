"""The kinds of object that the lab's API serves."""

from __future__ import annotations

from dataclasses import dataclass

from podwright_lab.api.api_error import ApiError


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource as discovery names it; `group` is empty for the core group."""

    plural: str
    kind: str
    namespaced: bool
    short_names: tuple[str, ...] = ()
    group: str = ""
    has_status: bool = False
    counts_generations: bool = False
    categories: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/v1" if self.group else "v1"

    @property
    def singular(self) -> str:
        return self.kind.lower()


KINDS = {
    kind.plural: kind
    for kind in (
        Kind(
            "pods",
            "Pod",
            namespaced=True,
            short_names=("po",),
            has_status=True,
            counts_generations=True,
            categories=("all",),
        ),
        Kind("nodes", "Node", namespaced=False, short_names=("no",), has_status=True),
        Kind("namespaces", "Namespace", namespaced=False, short_names=("ns",), has_status=True),
        Kind("events", "Event", namespaced=True, short_names=("ev",)),
        Kind("resourcequotas", "ResourceQuota", namespaced=True, short_names=("quota",), has_status=True),
        Kind("limitranges", "LimitRange", namespaced=True, short_names=("limits",)),
        Kind(
            "priorityclasses",
            "PriorityClass",
            namespaced=False,
            short_names=("pc",),
            group="scheduling.k8s.io",
        ),
        Kind("leases", "Lease", namespaced=True, group="coordination.k8s.io"),
    )
}


def kind_of(plural: str) -> Kind:
    """Raises ApiError 404 as the server does for a path that it does not serve."""
    try:
        return KINDS[plural]
    except KeyError:
        raise ApiError(404, "NotFound", "the server could not find the requested resource") from None
