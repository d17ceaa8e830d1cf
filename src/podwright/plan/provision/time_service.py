"""What a node shows of the service that keeps its time: what stops it, and what is to be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.plan.provision.item import ABSENT, Item, Kind
from podwright.plan.provision.observed import NodeSeen

#: packages that bring one
_PACKAGES = ("chrony", "systemd-timesyncd", "ntpsec", "ntp", "ntpd", "openntpd")


def time_problems(items: Iterable[Item], seen: NodeSeen) -> Iterator[tuple[str, str]]:
    """A message and a hint for what keeps podwright from it."""
    things = {item.name: item for item in items}
    time = next((item for item in things.values() if item.kind is Kind.TIME), None)
    if time is None:
        return
    state = seen.things[time.name].state
    comes = any(
        item.kind is Kind.PACKAGE and item.key in _PACKAGES and item.state != ABSENT
        for item in things.values()
    )
    if state == "none" and not comes:
        yield (
            "no service that keeps the time is installed",
            "declare one in `podwright_node.packages`, such as `chrony`",
        )
    if " servers=unsupported" in state:
        yield (
            f"its time service `{state.split()[-1]}` reads no file beside its own, so no servers can be given to it",
            "declare its own file in `podwright_node.files` instead of `servers`",
        )


def sync_warnings(seen: NodeSeen) -> Iterator[str]:
    for service in seen.facts.unsynchronised:
        yield f"its clock is not in step with a server yet (`{service}`)"


def is_time_file(path: str) -> bool:
    """Whether a file of ours names servers."""
    return path.startswith(("/etc/systemd/timesyncd.conf.d/90-podwright.", "/etc/chrony")) and (
        "/90-podwright." in path
    )
