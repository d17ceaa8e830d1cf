"""Real users of this machine, made for a test and removed after it; needs root."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


def require_root() -> None:
    """Skip a test that makes users where we are not root; in CI it must run, so there it fails."""
    if os.getuid() != 0:
        if os.environ.get("CI"):
            pytest.fail("this test makes users, and CI runs as root so that it can")
        pytest.skip("making users needs root; CI runs this test")


@dataclass(frozen=True)
class MachineUser:
    """An unprivileged user with a password, a home folder, and sudoers lines of its own."""

    name: str
    password: str
    home: Path

    @property
    def sudo_log(self) -> Path:
        return self.home.parent / "sudo.log"

    def allow(self, *lines: str) -> None:
        """Write this user's sudoers file; `USER` stands for the name."""
        defaults = f"Defaults:{self.name} logfile={self.sudo_log}\n"
        text = defaults + "".join(f"{line.replace('USER', self.name)}\n" for line in lines)
        path = Path("/etc/sudoers.d") / self.name
        path.touch(mode=0o440)
        path.write_text(text)
        subprocess.run(["visudo", "-cqf", str(path)], check=True)


@contextmanager
def machine_user(shell: str = "/bin/sh") -> Iterator[MachineUser]:
    require_root()
    folder = Path(tempfile.mkdtemp(prefix="podwright-user-"))
    folder.chmod(0o755)
    user = MachineUser(f"pwt{secrets.token_hex(4)}", secrets.token_urlsafe(12), folder / "home")
    subprocess.run(["useradd", "-m", "-d", str(user.home), "-s", shell, user.name], check=True)
    try:
        subprocess.run(["chpasswd"], input=f"{user.name}:{user.password}\n".encode(), check=True)
        yield user
    finally:
        (Path("/etc/sudoers.d") / user.name).unlink(missing_ok=True)
        subprocess.run(["userdel", "-f", user.name], check=True, capture_output=True)
        shutil.rmtree(folder)
