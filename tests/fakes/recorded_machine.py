"""Lays out a recorded machine (tests/recorded/facts) as a tree that facts.sh takes for the machine's root."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tests.fakes.shell_host import SHELLS, ShellHost, fill_bin, stand_in

RECORDED = Path(__file__).parents[1] / "recorded" / "facts"
MACHINES = tuple(sorted(path.stem for path in RECORDED.glob("*.txt")))
#: of every file and its folder, so that three trees of one recording are alike
MODIFIED = 1_796_000_000
#: asked for by the program whether or not a recording has it
COMMANDS = ("systemctl", "crictl", "chronyc", "timedatectl", "adjtimex", "nft", "ip", "getent", "kubeadm")


def sections(name: str) -> Iterator[tuple[list[str], str]]:
    """`(words of the heading, text)`"""
    text = (RECORDED / f"{name}.txt").read_text("utf-8")
    for part in re.split(r"^==> ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        yield heading.split(), body


def machine_host(name: str, shell: str, folder: Path) -> ShellHost:
    """A host whose root is the recorded machine's."""
    root, outputs = folder / "root", {command: [] for command in COMMANDS}
    for words, body in sections(name):
        match words:
            case ["file", path]:
                _write(root / path, body)
            case ["folder", path]:
                (root / path).mkdir(parents=True, exist_ok=True)
            case ["link", path]:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).symlink_to(body.strip())
            case ["descriptor", pid, number]:
                (root / "proc" / pid / "fd").mkdir(parents=True, exist_ok=True)
                (root / "proc" / pid / "fd" / number).symlink_to(body.strip())
            case ["environment", pid]:
                _write(root / "proc" / pid / "environ", body.replace("\n", "\0"))
            case ["program", path]:
                _write(root / path, f"#!/bin/sh\ncat <<'END'\n{body}END\n")
                (root / path).chmod(0o755)
            case ["process", pid, process, program]:
                # files that the kubelet is told of lie in the tree too
                _process(
                    root,
                    pid,
                    process,
                    program,
                    re.sub(r"(?<=--config)(-dir)?[=\n](?=/)", lambda found: f"{found[1] or ''}={root}", body),
                )
            case ["output", command, *first]:
                outputs.setdefault(command, []).append((first, body))
    host = ShellHost(
        SHELLS[shell],
        fill_bin(folder / "bin", shell),
        environment={"HOST_ROOT": str(root), "HOST_PROC": str(root / "proc")},
    )
    for command, said in outputs.items():
        cases = "".join(
            f"{first[0] if first else '*'}) cat <<'END'\n{body}END\n;;\n"
            for first, body in said
            if body.strip()
        )
        stand_in(host.bin, command, f"for last; do :; done\ncase ${{last-}} in\n{cases}*) exit 1 ;;\nesac")
    return host


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_symlink():
        path.write_text(text)
        path.chmod(0o644)
        for changed in (path, path.parent):
            os.utime(changed, (MODIFIED, MODIFIED))


def _process(root: Path, pid: str, name: str, program: str, arguments: str) -> None:
    folder = root / "proc" / pid
    user, group = os.getuid(), os.getgid()
    stat = " ".join(["S", "1", *["0"] * 17, "4200", *["0"] * 10])
    _write(folder / "comm", f"{name}\n")
    _write(
        folder / "status",
        f"Name:\t{name}\nState:\tS (sleeping)\nPPid:\t1\n{_ids('Uid', user)}{_ids('Gid', group)}",
    )
    _write(folder / "cmdline", arguments.replace("\n", "\0"))
    _write(folder / "stat", f"{pid} ({name}) {stat}\n")
    (folder / "ns").mkdir()
    (folder / "ns" / "mnt").symlink_to("/proc/self/ns/mnt")
    (folder / "exe").symlink_to(root / program)


def _ids(key: str, number: int) -> str:
    return f"{key}:\t{number}\t{number}\t{number}\t{number}\n"
