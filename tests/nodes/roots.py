"""The Debian root that nodes boot from, made once a machine by `make-root`, and layers over it that a test may write to."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAKE = Path(__file__).with_name("make-root")


def made_root() -> Path:
    """The folder with `root`, `disk`, `key` and `host_key.pub`; waits for whoever makes it already."""
    made = subprocess.run([MAKE], capture_output=True, text=True, check=False)
    assert made.returncode == 0, f"{MAKE.name}: {made.stderr}"
    return Path(made.stdout.strip())


@contextmanager
def layered(lower: Path, folder: Path) -> Iterator[Path]:
    """A root in `folder` that is `lower` until it is written to; what is written is in memory."""
    root, layers = folder / "root", folder / "layers"
    for path in (root, layers):
        path.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", layers], check=True)
    try:
        for name in ("upper", "work"):
            (layers / name).mkdir()
        options = f"lowerdir={lower},upperdir={layers}/upper,workdir={layers}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, root], check=True)
        try:
            yield root
        finally:
            subprocess.run(["umount", root], check=True)
    finally:
        subprocess.run(["umount", layers], check=True)
