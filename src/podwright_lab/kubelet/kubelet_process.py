"""The process that stands for a node's kubelet: it has its arguments and does nothing; killed, the kubelet is down."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Mapping
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
    def proc(self) -> Path:
        """What the node's HOST_PROC names: a link to /proc/PID for its kubelet."""
        return self.root / "run/proc"

    @property
    def program(self) -> Path:
        """A link to sh, whose name the kernel shows as the process's own."""
        return self.root / "run/kubelet"

    @property
    def pid_file(self) -> Path:
        return self.root / "run/kubelet.pid"

    def create(self) -> None:
        for folder in (self.kubelet_root / "pods", self.bin_dir, self.socket.parent, self.proc):
            folder.mkdir(parents=True, exist_ok=True)
        if not self.program.is_symlink():
            self.program.symlink_to("/bin/sh")
        configuration = {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "staticPodPath": str(self.manifest_dir),
            "containerRuntimeEndpoint": f"unix://{self.socket}",
            "fileCheckFrequency": "20s",
        }
        self.config.write_text(yaml.safe_dump(configuration, sort_keys=False))


class Leash:
    """A pipe that all kubelet processes read from: it closes with the lab, however that ends, and they end with it."""

    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()

    def close(self) -> None:
        os.close(self._write_end)
        os.close(self.read_end)


class KubeletProcess:
    """Started and ended; `alive` notices when somebody else killed it."""

    def __init__(self, name: str, files: KubeletFiles, leash: Leash, marks: Mapping[str, str]) -> None:
        self._name = name
        self._files = files
        self._leash = leash
        self._marks = dict(marks)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """`sh -s` reads a program that never comes; what follows `--` is for whoever looks at the arguments."""
        if self._process is not None:
            return
        arguments = [
            "kubelet",
            "-s",
            "--",
            f"--config={self._files.config}",
            f"--root-dir={self._files.kubelet_root}",
            f"--hostname-override={self._name}",
            f"--container-runtime-endpoint=unix://{self._files.socket}",
        ]
        self._process = subprocess.Popen(
            arguments,
            executable=self._files.program,
            stdin=self._leash.read_end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", **self._marks},
            start_new_session=True,
        )
        self._files.pid_file.write_text(f"{self._process.pid}\n")
        self._show(self._process.pid)

    def _show(self, pid: int | None) -> None:
        for old in self._files.proc.iterdir():
            old.unlink()
        if pid is not None:
            (self._files.proc / str(pid)).symlink_to(f"/proc/{pid}")

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        process, self._process = self._process, None
        self._files.pid_file.unlink(missing_ok=True)
        self._show(None)
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
