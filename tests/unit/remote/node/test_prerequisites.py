"""Whether a node has what manifests need, by the real program in each shell."""

from __future__ import annotations

import json
import socket

import pytest
from tests.fakes.nouns import manifest, written

from podwright.plan.observed import Observation, UnfitPath
from podwright.pods.prerequisites import HostPath
from podwright.remote.node.observe import observe


def look(node, *manifests) -> Observation:
    return observe("n1", node.host, folder=str(node.folder), manifests=manifests)


def with_paths(*wanted: tuple[str, object]):
    volumes = [
        {"name": f"v{number}", "hostPath": {"path": str(path), "type": kind}}
        for number, (kind, path) in enumerate(wanted)
    ]
    return manifest(extra=f"  volumes: {json.dumps(volumes)}\n")


def test_paths_of_every_type_that_fit_are_not_told(node) -> None:
    (node.root / "it's a file").write_text("x")
    (node.root / "link").symlink_to(node.root / "it's a file")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(node.root / "socket"))
        web = with_paths(
            ("File", node.root / "it's a file"),
            ("File", node.root / "link"),
            ("Directory", node.folder),
            ("Socket", node.root / "socket"),
            ("CharDevice", "/dev/null"),
            ("DirectoryOrCreate", node.root / "new"),
            ("FileOrCreate", node.root / "new file"),
        )
        assert look(node, web).unfit_paths == ()


def test_paths_that_do_not_fit_are_told(node) -> None:
    (node.root / "file").write_text("x")
    wanted = [
        ("Directory", node.root / "file"),
        ("Directory", node.root / "no such"),
        ("File", node.folder),
        ("DirectoryOrCreate", node.root / "file"),
        ("FileOrCreate", node.folder),
        ("BlockDevice", "/dev/null"),
    ]
    missing = [False, True, False, False, False, False]
    assert look(node, with_paths(*wanted)).unfit_paths == tuple(
        UnfitPath(HostPath(str(path), kind), gone) for (kind, path), gone in zip(wanted, missing, strict=True)
    )


def test_the_images_are_asked_for_if_a_manifest_would_change(node) -> None:
    image = {"id": "sha256:aa", "repoTags": ["x/y:1"], "repoDigests": ["x/y@sha256:bb", 7]}
    node.crictl(
        f"echo $1 >>{node.root}/asked; case $1 in images) echo '{json.dumps({'images': [image, {}, 7]})}';; esac"
    )
    web = manifest()
    shown = look(node, web).images
    assert {name for one in shown for name in one.names} == {"sha256:aa", "x/y:1", "x/y@sha256:bb"}
    (node.folder / "web.yaml").write_text(written(web).content.decode())
    (node.root / "asked").unlink()
    assert look(node, web).images is None
    assert "images" not in (node.root / "asked").read_text()


@pytest.mark.parametrize("body", ["exit 1", "echo '{}'", "echo nonsense"])
def test_a_runtime_that_shows_no_images_leaves_them_unknown(node, body) -> None:
    node.crictl(body)
    assert look(node, manifest()).images is None
