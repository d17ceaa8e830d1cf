"""Commands for a node's shell: what they do to a folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

from podwright.plan.node_commands import moving_out, starting_again


def test_files_are_moved_out_whatever_their_names_are(tmp_path: Path) -> None:
    folder = tmp_path / "manifests"
    folder.mkdir()
    for name in ("a b; true", "-f"):
        (folder / name).write_text(name)
    subprocess.run(moving_out(f"{folder}/", ["a b; true", "-f"]), shell=True, check=True)
    assert list(folder.iterdir()) == []
    assert (tmp_path / "-f").read_text() == "-f"


def test_a_pod_ends_with_its_file_and_starts_with_it() -> None:
    assert starting_again("/etc/kubernetes/manifests", "web.yaml") == (
        "sh -c 'mv -i /etc/kubernetes/manifests/web.yaml /etc/kubernetes/ && sleep 25"
        " && mv -i /etc/kubernetes/web.yaml /etc/kubernetes/manifests/'"
    )
