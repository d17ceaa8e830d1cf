"""Runs containers as processes of the lab's user, and sees to it that none outlives the lab."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.agenda import Process
from podwright_lab.kubelet.launch import Running, StartError, environment
from podwright_lab.kubelet.port_probes import Probed, ask, port_question
from podwright_lab.kubelet.undertaker import Undertaker

#: What a program sees of this machine; an image brings its own.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#: how often all processes are asked whether they have ended
ROUND_SECONDS = 0.25
#: what a pipe of Linux holds
_PIPE_BYTES = 64 << 10


class HostProcesses:
    """All containers of the lab that are processes; `poll` finds out which of them ended."""

    def __init__(self, undertaker: Undertaker, marks: Mapping[str, str] | None = None) -> None:
        self._undertaker = undertaker
        self._marks = dict(marks or {})
        self._running: set[_HostContainer] = set()
        self._ending: set[_HostContainer] = set()
        self._next_round = 0.0

    def poll(self) -> None:
        """Check those that were asked to end, and now and then all."""
        now = time.monotonic()
        everybody = now >= self._next_round
        if everybody:
            self._next_round = now + ROUND_SECONDS
        for container in tuple(self._running if everybody else self._ending):
            container.poll()

    @property
    def impatient(self) -> bool:
        """Whether one of them was asked to end, so that frequent checks pay."""
        return bool(self._ending)

    def __len__(self) -> int:
        return len(self._running)

    def runs_here(self, container: Object) -> bool:
        """Whether the manifest names a command, and this machine has it."""
        command = container.get("command") or []
        return bool(command) and shutil.which(str(command[0]), path=PATH) is not None

    def start(
        self,
        pod: Object,
        container: Object,
        folder: Path,
        on_exit: Callable[[int], None],
        on_output: Callable[[bytes], None],
    ) -> Running:
        """Raises StartError with the kernel's reason."""
        variables = environment(container, pod)
        own = {"PATH": PATH, "HOSTNAME": pod["metadata"]["name"], "HOME": "/"}
        words = [*container["command"], *(container.get("args") or ())]
        arguments = [_expanded(str(word), variables) for word in words]
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                cwd=_working_folder(container, folder),
                env={**own, **variables, **self._marks},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise StartError(_runc_message(arguments[0], error)) from error
        self._undertaker.watch(process.pid)
        running = _HostContainer(process, on_exit, on_output, ending=self._ending.add, ended=self._ended)
        self._running.add(running)
        return running

    def _ended(self, container: _HostContainer) -> None:
        self._running.discard(container)
        self._ending.discard(container)
        self._undertaker.release(container.group)

    def close(self) -> None:
        """Kill what is left, and wait for it."""
        for container in tuple(self._running):
            container.kill()
        deadline = time.monotonic() + 5
        while self._running and time.monotonic() < deadline:
            self.poll()
            time.sleep(0.005)


class _HostContainer:
    def __init__(
        self,
        process: subprocess.Popen[bytes],
        on_exit: Callable[[int], None],
        on_output: Callable[[bytes], None],
        *,
        ending: Callable[[_HostContainer], None],
        ended: Callable[[_HostContainer], None],
    ) -> None:
        self._process = process
        self._on_exit = on_exit
        self._on_output = on_output
        self._ending = ending
        self._ended = ended
        self.group = process.pid
        assert process.stdout is not None  # noqa: S101 - it was asked for
        self._output = process.stdout
        os.set_blocking(self._output.fileno(), False)
        # the log is there from the start
        on_output(b"")

    def poll(self) -> None:
        """Take what it has printed; who prints more than a pipe holds between two looks waits for the next."""
        code = self._process.poll()
        if content := self._output.read(_PIPE_BYTES):
            self._on_output(content)
        if code is None:
            return
        # what the first process of a container leaves behind dies with it
        self._signal_group(signal.SIGKILL)
        self._output.close()
        self._ended(self)
        self._on_exit(128 - code if code < 0 else code)

    def term(self) -> None:
        """The kernel keeps from a container's first process what it has no handler for; so do we."""
        self._ending(self)
        if not _catches(self.group, signal.SIGTERM):
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self._ending(self)
        self._signal_group(signal.SIGKILL)

    def ask(self, container: Object, probe: Object) -> Process:
        """Run a probe's command, or ask the port that it names: that of this machine, whatever listens there."""
        seconds = float(probe.get("timeoutSeconds") or 1)
        question = port_question(probe, container)
        if question is not None:
            return (yield from ask(question, seconds))
        command = (probe.get("exec") or {}).get("command")
        return Probed((yield from _succeeds(command, seconds))) if command else None

    def _signal_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, number)


def _succeeds(command: Sequence[str], seconds: float) -> Process:
    """Run a probe's command under the same user; it is killed when its time is over."""
    try:
        probe = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": PATH},
            start_new_session=True,
        )
    except (OSError, ValueError):
        return False
    waited = 0.0
    while probe.poll() is None and waited < seconds:
        yield 0.02
        waited += 0.02
    if probe.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(probe.pid, signal.SIGKILL)
        probe.wait()
        return False
    return probe.returncode == 0


def _catches(pid: int, number: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")), "0")
    return bool(int(caught, 16) >> (number - 1) & 1)


def _working_folder(container: Object, folder: Path) -> Path:
    wanted = Path(str(container.get("workingDir") or folder))
    return wanted if wanted.is_dir() else folder


def _expanded(word: str, variables: Mapping[str, str]) -> str:
    """`$(NAME)` is a variable of the container, `$$` for a dollar (`third_party/forked/golang/expansion`)."""
    result, position = [], 0
    while (dollar := word.find("$", position)) >= 0:
        result.append(word[position:dollar])
        following = word[dollar + 1 : dollar + 2]
        end = word.find(")", dollar) if following == "(" else -1
        name = word[dollar + 2 : end]
        if following == "$":
            result.append("$")
            position = dollar + 2
        elif end > 0 and name in variables:
            result.append(variables[name])
            position = end + 1
        else:
            result.append("$")
            position = dollar + 1
    return "".join([*result, word[position:]])


def _runc_message(program: str, error: Exception) -> str:
    reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
    return (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
        f'unable to start container process: exec: "{program}": {reason}: unknown'
    )
