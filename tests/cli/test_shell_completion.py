"""Real shells complete commands, options and names of a site, through the script that podwright prints."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

#: what starts each shell without its owner's files, and what it is told before it completes
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(podwright completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -Uz compinit; compinit -u -D; eval "$(podwright completion zsh)"'),
}
CASES = [
    ("podwright mani", "podwright manifest "),
    ("podwright manifest val", "podwright manifest validate "),
    ("podwright manifest push --only ha", "--only haproxy "),
    ("podwright manifest push -l contr", "-l control_plane "),
    ("podwright manifest push -l cp-1,work", "-l cp-1,workers "),
    ("podwright manifest remove ha", "remove haproxy "),
    ("podwright --context prod", "--context production "),
]


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts.yaml").write_text(
        "control_plane: {hosts: {cp-1: }, vars: {static_pods: [haproxy]}}\nworkers: {hosts: {w-1: }}\n"
    )
    (tmp_path / "kubeconfig").write_text("contexts: [{name: production, context: {cluster: c, user: u}}]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", "kubeconfig")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("PS1", "> ")


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, words: list[str]) -> None:
        self._ours, its = pty.openpty()
        self._shell = subprocess.Popen(words, stdin=its, stdout=its, stderr=its, start_new_session=True)
        os.close(its)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def shows(self, text: str, seconds: float = 60) -> str:
        """All that it shows until `text` is among it."""
        shown, until = "", time.monotonic() + seconds
        while text not in shown and time.monotonic() < until:
            if select.select([self._ours], [], [], 0.2)[0]:
                shown += os.read(self._ours, 65536).decode("utf-8", "replace")
        assert text in shown
        return shown

    def end(self) -> None:
        self._shell.kill()
        self._shell.wait()
        with suppress(OSError):
            os.close(self._ours)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_at_the_press_of_a_key(shell: str) -> None:
    words, before = SHELLS[shell]
    terminal = Terminal(words)
    try:
        terminal.type(f"{before}; echo rea''dy\n")
        terminal.shows("ready")
        for typed, completed in CASES:
            terminal.type(f"{typed}\t")
            terminal.shows(completed.rpartition(typed.rpartition(" ")[2])[2])
            # leaves the line as it is
            terminal.type("\x15")
    finally:
        terminal.end()


@pytest.mark.parametrize(("typed", "completed"), CASES)
def test_fish_completes(typed: str, completed: str) -> None:
    script = f"podwright completion fish | source; complete -C '{typed}'"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True)
    assert completed.rsplit(maxsplit=1)[-1] in [line.partition("\t")[0] for line in done.stdout.splitlines()]
