"""Runs the commands of a story for all to see, and stops it at the first thing that does not happen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from podwright.text import printable
from podwright_lab.api_client import ApiClient
from podwright_lab.cluster import Lab, LabNode
from podwright_lab.lab_error import LabError

Say = Callable[[str], object]
_COMMAND_SECONDS = 180.0
_PATIENCE_SECONDS = 30.0
_TICK_SECONDS = 0.1


class Storyteller:
    """Tells a story about one lab: `$ podwright ...` lines with what they print, and what was checked after each."""

    def __init__(self, lab: Lab, say: Say) -> None:
        self._lab = lab
        self._say = say
        self._chapter = 0

    def chapter(self, title: str) -> None:
        self._chapter += 1
        self._say(f"\n{self._chapter}. {title}")

    def podwright(self, *arguments: str, exit_status: int = 0) -> str:
        """Run a podwright command against the lab and show it; returns its standard output.

        Raises LabError if it ends with another exit status, or not at all.
        """
        shown = " ".join(("podwright", *arguments))
        self._say(f"\n   $ {shown}")
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "podwright", *arguments],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise LabError(f"`{shown}` does not end") from error
        output, errors = ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")
        self._say(_indented(output + errors))
        if ended.returncode != exit_status:
            raise LabError(f"`{shown}` ended with {ended.returncode}, not {exit_status}")
        return output

    def happened(self, what: str, so: bool) -> None:
        """Say that `what` was checked; raises LabError if it is not `so`."""
        if not so:
            raise LabError(f"this did not happen: {what}")
        self._say(f"   [checked] {what}")

    def soon(self, what: str, condition: Callable[[], bool]) -> float:
        """Wait until the condition holds, and print it; returns the seconds it took. Raises LabError if it never does."""
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > _PATIENCE_SECONDS:
                raise LabError(f"this did not happen in {_PATIENCE_SECONDS:.0f} s: {what}")
            time.sleep(_TICK_SECONDS)
        took = time.monotonic() - started
        self._say(f"   [checked] {what}")
        return took

    def aside(self, text: str) -> None:
        self._say(f"   {text}")

    def mirror(self, pod: str, node: LabNode, namespace: str = "default") -> Mapping[str, Any] | None:
        """The mirror pod as the API shows it."""
        with ApiClient(self._lab.kubeconfig) as client:
            field = {"fieldSelector": f"metadata.name={pod}-{node.name}"}
            found = client.get(f"/api/v1/namespaces/{namespace}/pods", field)["items"]
        return found[0] if found else None

    def ready_sandboxes(self, pod: str, node: LabNode) -> list[Mapping[str, Any]]:
        """The pod's ready sandboxes, by the node's own `crictl`."""
        command = ["crictl", "pods", "-o", "json"]
        listed = subprocess.run(
            command,
            env=dict(node.shell.environment),
            stdout=subprocess.PIPE,
            check=True,
            timeout=_COMMAND_SECONDS,
        )
        sandboxes = json.loads(listed.stdout)["items"]
        name = f"{pod}-{node.name}"
        return [
            one for one in sandboxes if one["metadata"]["name"] == name and one["state"] == "SANDBOX_READY"
        ]

    def _environment(self) -> Mapping[str, str]:
        """Ours, but for podwright's own variables: the lab's count."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PODWRIGHT_")}
        return {**inherited, **self._lab.layout.environment()}


def _indented(text: str) -> str:
    return "\n".join(f"   {printable(line)}" for line in text.rstrip().splitlines())
