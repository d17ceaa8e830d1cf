"""The logs of a node's containers, in the kubelet's folders and the runtime's format (`NS_POD_UID/CONTAINER/N.log`)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from podwright_lab.kubelet.cri import Container

#: containerd's `max_container_log_line_size`: what is longer is written in parts
_LINE_BYTES = 16 << 10
#: a log that grows beyond this loses its older half, so that no container fills the disk
LIMIT_BYTES = 256 << 10
#: what a terminated container's message may hold (`MaxContainerTerminationMessageLogLines` and its like)
_MESSAGE_LINES, _MESSAGE_BYTES = 80, 2048


class ContainerLogs:
    """Both streams of a container come as one, so every line has `stdout`. A log ends with its container's removal."""

    def __init__(self, folder: Path, clock_ns: Callable[[], int]) -> None:
        self._folder = folder
        self._clock_ns = clock_ns
        self._unfinished: dict[str, bytes] = {}

    def path(self, container: Container) -> Path:
        pod = f"{container.namespace}_{container.pod_name}_{container.pod_uid}".replace("/", "~")
        return self._folder / pod / container.name / f"{container.attempt}.log"

    def write(self, container: Container, content: bytes) -> None:
        """Note what a container printed; an unfinished line waits for its end."""
        *lines, rest = (self._unfinished.pop(container.id, b"") + content).split(b"\n")
        while len(rest) > _LINE_BYTES:
            lines.append(rest[:_LINE_BYTES] + b"\n")
            rest = rest[_LINE_BYTES:]
        if rest:
            self._unfinished[container.id] = rest
        self._append(container, lines)

    def finish(self, container: Container) -> None:
        """The container has ended: its last line may lack its end."""
        rest = self._unfinished.pop(container.id, b"")
        if rest:
            self._append(container, [rest])

    def _append(self, container: Container, lines: list[bytes]) -> None:
        path = self.path(container)
        # a disk that is full costs the log and nothing else
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.writelines(self._entries(lines))
            if path.stat().st_size > LIMIT_BYTES:
                _, _, newer = path.read_bytes()[-LIMIT_BYTES // 2 :].partition(b"\n")
                path.write_bytes(newer)

    def _entries(self, lines: list[bytes]) -> Iterator[bytes]:
        seconds, fraction = divmod(self._clock_ns(), 10**9)
        stamp = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z".encode()
        for line in lines:
            whole = not line.endswith(b"\n")
            yield b"%s stdout %s %s\n" % (stamp, b"F" if whole else b"P", line.rstrip(b"\n"))

    def read(self, container: Container, *, tail: int | None = None, timestamps: bool = False) -> bytes:
        """What `crictl logs` prints: the lines without their marks, the last `tail` of them."""
        try:
            entries = self.path(container).read_bytes().splitlines()
        except OSError:
            return b""
        lines: list[bytes] = []
        part = False
        for entry in entries:
            stamp, _, kind, text = (*entry.split(b" ", 3), b"", b"", b"")[:4]
            shown = stamp + b" " + text if timestamps and not part else text
            if part:
                lines[-1] += shown
            else:
                lines.append(shown)
            part = kind == b"P"
        chosen = lines if tail is None else lines[len(lines) - min(tail, len(lines)) :]
        return b"".join(line + b"\n" for line in chosen)

    def message(self, container: Container) -> str:
        """The end of the log, as the policy `FallbackToLogsOnError` puts it into the status."""
        text = self.read(container, tail=_MESSAGE_LINES)[-_MESSAGE_BYTES:]
        return text.decode(errors="replace")

    def remove(self, container: Container) -> None:
        self._unfinished.pop(container.id, None)
        path = self.path(container)
        with contextlib.suppress(OSError):
            path.unlink()
            path.parent.rmdir()
            path.parent.parent.rmdir()
