"""The process that represents a node's kubelet: it has its arguments and does nothing; killed, the kubelet is down."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class KubeletFiles:
    """Where a kubelet's own things lie below a node's `root`."""

    root: Path

    @property
    def kubelet_root(self) -> Path:
        return self.root / "var/lib/kubelet"

    @property
    def config(self) -> Path:
        return self.kubelet_root / "config.yaml"

    @property
    def manifest_dir(self) -> Path:
        return self.root / "etc/kubernetes/manifests"

    @property
    def logs(self) -> Path:
        return self.root / "var/log/pods"

    @property
    def bin_dir(self) -> Path:
        return self.root / "bin"

    @property
    def socket(self) -> Path:
        return self.root / "run/containerd/containerd.sock"

    @property
    def drop_in(self) -> Path:
        """All of the configuration while the kubelet has no other file."""
        return self.root / "etc/kubernetes/kubelet.conf.d/00-defaults.conf"

    @property
    def drop_in_socket(self) -> Path:
        """Where the runtime answers then; crictl does not look there by itself."""
        return self.root / "run/k3s/containerd/containerd.sock"

    @property
    def proc(self) -> Path:
        """What the node's HOST_PROC names: links to /proc/PID for its kubelets."""
        return self.root / "run/proc"

    @property
    def program(self) -> Path:
        """A link to sh, whose name the kernel shows as the process's own."""
        return self.root / "run/kubelet"

    @property
    def pid_file(self) -> Path:
        return self.root / "run/kubelet.pid"

    def create(self) -> None:
        """Make what a kubelet needs before its first start; what a killed lab left of the last is cleared."""
        for folder in (self.kubelet_root / "pods", self.bin_dir, self.socket.parent, self.proc):
            folder.mkdir(parents=True, exist_ok=True)
        for old in self.proc.iterdir():
            old.unlink()
        if not self.program.is_symlink():
            self.program.symlink_to("/bin/sh")
        self.configure(by_drop_in=False)

    def configure(self, *, by_drop_in: bool) -> None:
        """Write one file for `--config`, or one drop-in for `--config-dir` as K3s and RKE2 do, for the next start."""
        self.drop_in.unlink(missing_ok=True)
        self.drop_in_socket.unlink(missing_ok=True)
        target, socket = (self.drop_in, self.drop_in_socket) if by_drop_in else (self.config, self.socket)
        configuration = {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "staticPodPath": str(self.manifest_dir),
            "containerRuntimeEndpoint": f"unix://{socket}",
            "fileCheckFrequency": "20s",
            # one network for all nodes of a lab: nobody answers there
            "healthzPort": 0,
        }
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(yaml.safe_dump(configuration, sort_keys=False))
        if by_drop_in:
            self.config.unlink(missing_ok=True)
            socket.parent.mkdir(parents=True, exist_ok=True)
            socket.symlink_to(self.socket)

    def arguments(self) -> list[str]:
        """The kubelet's arguments for its configuration."""
        if self.drop_in.exists():
            return [f"--config-dir={self.drop_in.parent}"]
        return [f"--config={self.config}", f"--container-runtime-endpoint=unix://{self.socket}"]

    def endpoints(self) -> tuple[str, ...]:
        """The addresses by which crictl reaches the runtime; the empty one is that which it finds by itself."""
        if self.drop_in.exists():
            return (f"unix://{self.drop_in_socket}", str(self.drop_in_socket))
        return ("", f"unix://{self.socket}", str(self.socket))


class Leash:
    """A pipe that all kubelet processes read from: it closes with the lab, however that ends, and they end with it."""

    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()

    def close(self) -> None:
        os.close(self._write_end)
        os.close(self.read_end)


class KubeletProcess:
    """Started and ended; `alive` notices when it was killed from outside.

    `launcher` is a program that starts it with other surroundings, and `proc` the folder that shows it.
    """

    def __init__(
        self,
        name: str,
        files: KubeletFiles,
        leash: Leash,
        marks: Mapping[str, str],
        *,
        launcher: Sequence[str] = (),
        proc: Path | None = None,
    ) -> None:
        self._name = name
        self._launcher = list(launcher)
        self._proc = proc or files.proc
        self._files = files
        self._leash = leash
        self._marks = dict(marks)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """`sh -s` reads a program that never comes; what follows `--` is for those who read the arguments."""
        if self._process is not None:
            return
        arguments = [
            *self._files.arguments(),
            f"--kubeconfig={self._files.root / 'etc/kubernetes/kubelet.conf'}",
            f"--root-dir={self._files.kubelet_root}",
            f"--hostname-override={self._name}",
        ]
        launcher = [*self._launcher, str(self._files.program)] if self._launcher else ["kubelet"]
        self._process = subprocess.Popen(
            [*launcher, "-s", "--", *arguments],
            executable=None if self._launcher else self._files.program,
            stdin=self._leash.read_end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", **self._marks},
            start_new_session=True,
        )
        self._files.pid_file.write_text(f"{self._process.pid}\n")
        (self._proc / str(self._process.pid)).symlink_to(f"/proc/{self._process.pid}")

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def stopped(self) -> bool:
        """Whether SIGSTOP holds it; False if this machine does not tell."""
        try:
            return ") T " in Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return False

    def end(self) -> None:
        process, self._process = self._process, None
        self._files.pid_file.unlink(missing_ok=True)
        if process is None:
            return
        (self._proc / str(process.pid)).unlink(missing_ok=True)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
