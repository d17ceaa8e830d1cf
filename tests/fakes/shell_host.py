"""A Host that runs node programs with a shell of choice; a caller who hangs up closes the pipes and nothing more."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.local_host import LocalHost

from podwright.errors import HostTimeoutError, ProgramError
from podwright.remote.host import Output, PortStream

SHELLS = {
    "dash": ("dash",),
    "bash": ("bash", "--posix"),
    "busybox": ("busybox", "sh"),
}
#: what the programs need on PATH; for busybox its applets are all there is
_APPLETS = """
awk cat chmod chown cp cut date dd find grep gzip head ln ls mkdir mv printf readlink rm rmdir sed setsid sh sha256sum
sleep sort stat sync tail timeout touch tr true uname
"""


@dataclass(frozen=True)
class ShellHost:
    """`bin` stands first on the programs' PATH: put stand-ins for crictl and others there. `proc` shows the processes."""

    shell: tuple[str, ...]
    bin: Path
    user: int | None = None
    environment: Mapping[str, str] | None = None
    alive = True

    def start(self, program: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [shutil.which(self.shell[0]) or self.shell[0], *self.shell[1:]],
            cwd="/",
            env={
                "PATH": self.path,
                "HOST_PROC": str(self.proc),
                "HOST_STATE": str(self.state),
                **(self.environment or {}),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            user=self.user,
            extra_groups=[] if self.user else None,
        )
        text = f"{{\n{self._stand_ins()}\n{program}\n}} </dev/null\nexit $?\n"
        threading.Thread(target=_send, args=(process, text), daemon=True).start()
        return process

    def dial(self, host: str, port: int, *, timeout: float) -> PortStream:
        """This machine's ports are the node's."""
        return LocalHost("n1").dial(host, port, timeout=timeout)

    def _stand_ins(self) -> str:
        """Debian's static busybox looks for an applet of its own before it looks on PATH, but for functions first."""
        if not any("busybox" in word for word in self.shell):
            return ""
        replaced = (self.bin / name for name in _APPLETS.split())
        return "\n".join(
            f'{path.name}() {{ {path} "$@"; }}'
            for path in replaced
            if path.exists() and not path.is_symlink()
        )

    @property
    def proc(self) -> Path:
        return self.bin.parent / "proc"

    @property
    def state(self) -> Path:
        """What stands for /var/lib/podwright, where a node's holds lie."""
        return self.bin.parent / "node-state"

    @property
    def path(self) -> str:
        return str(self.bin) if self.shell[0] == "busybox" else f"{self.bin}:/usr/bin:/bin"

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
        del stdin, secret, watchdog, silence
        process = self.start(program)
        dog = threading.Timer(timeout, _kill, (process,))
        dog.start()
        errors: list[bytes] = []
        listener = threading.Thread(target=lambda: errors.append(process.stderr.read()))
        listener.start()
        began = time.monotonic()
        try:
            while chunk := os.read(process.stdout.fileno(), 65536):
                yield chunk
        finally:
            process.stdout.close()
            status = process.wait()
            listener.join()
            dog.cancel()
            _kill(process)
            process.stderr.close()
        if time.monotonic() - began >= timeout:
            raise HostTimeoutError(f"local: no end after {timeout:g} s")
        if status:
            raise ProgramError("local", max(status, -1), errors[0])


def _send(process: subprocess.Popen[bytes], text: str) -> None:
    try:
        with process.stdin as stdin:
            stdin.write(text.encode("utf-8", "surrogateescape"))
    except BrokenPipeError:
        pass


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def fill_bin(folder: Path, shell: str) -> Path:
    """A folder for stand-ins; for busybox it also holds the applets."""
    folder.mkdir(parents=True, exist_ok=True)
    if shell == "busybox":
        for applet in _APPLETS.split():
            (folder / applet).symlink_to(shutil.which("busybox"))
    return folder


def stand_in(folder: Path, name: str, body: str) -> Path:
    """A small sh program called `name`; replaces an applet's link."""
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path
