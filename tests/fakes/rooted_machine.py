"""A machine below a folder that stands for /, so that nothing of this one is changed."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.shell_host import SHELLS, ShellHost, fill_bin, stand_in

from podwright.plan.changes import Change
from podwright.plan.events import Event
from podwright.plan.provision.compare import compare
from podwright.plan.provision.item import Item, Thing
from podwright.plan.provision.observed import NodeSeen
from podwright.remote.host import Output
from podwright.remote.node.provision import ChangeOrder, change_things, observe_things

#: Unix seconds, by the clock of who changes something
WALL = 1_800_000_000


@dataclass(frozen=True)
class RootedHost(ShellHost):
    """Its programs take `root` for /."""

    root: Path = Path("/nowhere")

    def stream(
        self,
        program: str,
        stdin: None = None,
        *,
        timeout: float,
        secret: bool = True,
        watchdog: bool = True,
        silence: float = math.inf,
    ) -> Output:
        # the others only observe, and write beside the folder that they are given
        assert "\nroot=''\n" in program or "settings_home" not in program
        rooted = program.replace("\nroot=''\n", f"\nroot={self.root}\n", 1)
        return super().stream(rooted, timeout=timeout)


@dataclass(frozen=True)
class Machine:
    """A root folder, and a host whose tools act below it."""

    host: RootedHost

    @classmethod
    def made(cls, folder: Path, shell: str = "dash") -> Machine:
        bin_ = fill_bin(folder / "bin", shell)
        root = folder / "root"
        (root / "etc/kubernetes/manifests").mkdir(parents=True)
        (root / "proc/sys/net/ipv4").mkdir(parents=True)
        (root / "lib/modules" / os.uname().release).mkdir(parents=True)
        return cls(RootedHost(SHELLS[shell], bin_, root=root))

    @property
    def root(self) -> Path:
        return self.host.root

    @property
    def folder(self) -> str:
        return str(self.root / "etc/kubernetes/manifests")

    def path(self, name: str) -> Path:
        return self.root / name.lstrip("/")

    def write(self, name: str, text: str) -> Path:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def tool(self, name: str, body: str) -> None:
        stand_in(self.host.bin, name, f"root={self.root}\n{body}")

    def hold(self, name: str = "_node", seconds: int = 3600) -> None:
        """Somebody holds it, or one of its workloads, for so long."""
        path = self.host.state / "holds" / name
        path.parent.mkdir(parents=True)
        path.write_text(f"{WALL + seconds} {WALL} kim@ops1 disk replacement\n")

    def see(self, *items: Item) -> NodeSeen:
        return observe_things("n1", self.host, items, folder=self.folder)

    def plan(self, *items: Item, adopt: bool = False) -> tuple[Change[Thing], ...]:
        return compare(items, self.see(*items), adopt=adopt)

    def change(self, *items: Item, adopt: bool = False) -> list[Event]:
        return self.carry_out(self.plan(*items, adopt=adopt))

    def carry_out(self, changes: tuple[Change[Thing], ...]) -> list[Event]:
        things = tuple(change.subject for change in changes if change.pending)
        order = ChangeOrder(things, self.folder, lock_owner="me", wall=WALL)
        return list(change_things("n1", self.host, order, timeout=30))
