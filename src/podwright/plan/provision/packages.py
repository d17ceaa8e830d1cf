"""What a node shows of its packages that stops it, or is to be told before they are changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.plan.provision.item import ABSENT, Item, Kind
from podwright.plan.provision.observed import NodeSeen


def package_problems(items: Iterable[Item], seen: NodeSeen) -> Iterator[tuple[str, str]]:
    """A message and a hint for each package that cannot be made what it is to be."""
    packages = {item.key: item for item in items if item.kind is Kind.PACKAGE}
    if any(seen.things[item.name].state == "unmanaged" for item in packages.values()):
        yield "it has no package manager that podwright knows: apt, dnf, zypper, apk", "leave out `packages`"
    for name, item in packages.items():
        words = _words(seen.things[item.name].state)
        if words.get("hold") == "unsupported" and "hold=yes" in item.state:
            yield (
                f"`{name}` cannot be held: dnf has no plugin `versionlock` there",
                "declare it before, in `packages` (`python3-dnf-plugin-versionlock`), or leave out `hold`",
            )
        others = [one for one in words.get("with", "").split(",") if one]
        if others == ["?"]:
            yield (
                f"its package manager would not remove `{name}`",
                f"see why on the node: try to remove `{name}` there by hand, without `-y`",
            )
            continue
        kept = [one for one in others if one not in packages or packages[one].state != ABSENT]
        if kept:
            yield (
                f"without `{name}` these would go too: {', '.join(kept)}",
                "declare them `absent` as well, or keep it",
            )


def index_warnings(items: Iterable[Item], seen: NodeSeen) -> Iterator[str]:
    """What is in the index only after it was refreshed is at a version that no plan can name."""
    for item in items:
        if item.kind is Kind.PACKAGE and _words(seen.things[item.name].state).get("candidate") == "none":
            yield (
                f"the node's index of packages does not have what `{item.key}` is to be: it is refreshed first,"
                " and whether it is there then is not known"
            )


def _words(state: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in state.split() if "=" in word)
