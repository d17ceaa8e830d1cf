"""How far a run is while it goes on: in one line, and in a line for each node that is worked on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from podwright.text import counted, printable

#: of a terminal's lines, those for the line above, what scrolls past, and the prompt
_OTHER_LINES = 6
#: however high the terminal is
_MOST_NODES = 15
_BAR = 12


class Waited(Protocol):
    """What a node is waited for."""

    @property
    def seconds(self) -> float:
        """At most."""

    @property
    def why(self) -> str:
        """What is missing, in words."""


class Course(Struct, frozen=True):
    """A run so far: since when nodes are in work, how long those took that are done, and which of them failed.

    `batches` are the nodes that change, in their order; empty: nothing changes, or it is not known yet.
    """

    what: str
    total: int
    began: float
    forks: int = 1
    batches: tuple[tuple[str, ...], ...] = ()
    in_work: Mapping[str, float] = {}
    took: Mapping[str, float] = {}
    failed: tuple[str, ...] = ()

    def begins(self, node: str, now: float) -> Course:
        return replace(self, in_work={**self.in_work, node: now})

    def ends(self, node: str, now: float, *, failed: bool) -> Course:
        """A node may end twice: it was done, and then found to have failed."""
        left = {name: since for name, since in self.in_work.items() if name != node}
        took = {node: now - self.in_work[node]} if node in self.in_work else {}
        others = tuple(name for name in self.failed if name != node)
        return replace(
            self,
            in_work=left,
            took={node: 0.0, **self.took, **took},
            failed=(*others, node) if failed else others,
        )

    @property
    def batch(self) -> int:
        """The number of the batch that is under way, or was last."""
        begun = self.in_work.keys() | self.took.keys()
        return max(
            (number for number, names in enumerate(self.batches, 1) if not begun.isdisjoint(names)), default=0
        )

    def left(self, now: float) -> float | None:
        """An estimate of the seconds to come: each node takes as long as those that are done; None: none is yet."""
        changing = {name for names in self.batches for name in names}
        took = [self.took[name] for name in self.took if name in changing]
        if not took:
            return None
        each = sum(took) / len(took)
        rounds = 0.0
        for names in self.batches:
            waiting = sum(name not in self.took and name not in self.in_work for name in names)
            rounds += -(-waiting // self.forks)
        running = max((each - (now - since) for since in self.in_work.values()), default=0.0)
        return rounds * each + max(0.0, running)


def summary(course: Course, now: float) -> str:
    """`push: 3 of 20 nodes, 1 failed, batch 2 of 5, 0:42, about 2 min left`."""
    left = course.left(now) if len(course.took) < course.total else None
    batches = len(course.batches)
    parts = [
        f"{course.what}: {len(course.took)} of {counted(course.total, 'node')} done",
        f"{len(course.failed)} failed" if course.failed else "",
        f"batch {course.batch} of {batches}" if batches > 1 and course.batch else "",
        _clock(now - course.began),
        f"about {_rounded(left)} left" if left else "",
    ]
    return ", ".join(filter(None, parts))


def node_lines(course: Course, waits: Mapping[str, Waited], now: float, height: int) -> Iterator[str]:
    """`cp-1  12 of 95 s  what is missing`, those in work for longest first; the rest is counted."""
    room = min(_MOST_NODES, max(1, height - _OTHER_LINES))
    longest = sorted(course.in_work.items(), key=lambda entry: entry[1])
    shown = longest if len(longest) <= room else longest[: max(1, room - 1)]
    width = max((len(printable(node)) for node, _ in shown), default=0)
    for node, since in shown:
        wait = waits.get(node)
        most = f"of {wait.seconds:.0f} s" if wait else "s"
        what = wait.why if wait else "connects, or writes"
        yield f"  {printable(node):<{width}}  {now - since:>4.0f} {most:<8} {printable(what)}"
    if len(longest) > len(shown):
        yield f"  and {counted(len(longest) - len(shown), 'more node')} in work"
    if len(course.batches) > 1 and not longest and 0 < len(course.took) < course.total:
        yield "  between batches: the nodes that are done are watched"


def bar(course: Course, *, ascii_only: bool) -> str:
    """How much of it is done, drawn."""
    full = _BAR * len(course.took) // max(1, course.total)
    done, rest = ("#", ".") if ascii_only else ("━", "╌")
    return done * full + rest * (_BAR - full)


def fitted(lines: Iterable[str], width: int) -> Iterator[str]:
    """No line is wrapped: the view would grow and jump."""
    for line in lines:
        yield line if len(line) < width else f"{line[: max(0, width - 2)]}…"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def _rounded(seconds: float) -> str:
    """A guess need not look exact."""
    if seconds < 50:
        return f"{max(5, round(seconds / 5) * 5):.0f} s"
    return f"{round(seconds / 60) or 1:.0f} min"
