"""Does again, in a replay, what was done to the real node."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance.replay_lab import ReplayLab, ReplayNode

from podwright_lab.api.store import ApiError

Operation = dict[str, object]
_LISTEN_SECONDS = 0.9


class Replayer:
    """Performs the operations of one experiment; `folder` holds its manifests."""

    def __init__(self, lab: ReplayLab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.default = next(iter(lab.nodes.values()))
        self._first = ""

    def perform(self, operation: Operation) -> None:
        """Raises KeyError for an operation that nobody taught it."""
        name = str(operation["op"])
        node = self.lab.nodes[str(operation.get("node", self.default.name))]
        if name in LOOKS:
            return
        _ACTIONS[name](self, node, operation)
        self.lab.settle()

    def content(self, operation: Operation) -> bytes:
        name = str(operation.get("manifest") or operation.get("file", "app.yaml"))
        path = self.folder / name.rpartition("/")[2]
        if path.suffix == ".gz":
            return gzip.decompress(path.read_bytes())
        return path.read_bytes()


def _rename_into(replayer: Replayer, node: ReplayNode, operation: Operation) -> None:
    name = str(operation.get("file", "app.yaml"))
    staged = node.manifest_dir / f".{name}.tmp"
    staged.write_bytes(_content_or_simple(replayer, node, operation))
    mode = int(str(operation.get("mode", "0o600")), 8)
    if os.geteuid() == 0 or mode & 0o400:
        # the kubelet is root and reads everything; the lab's user only what it may
        staged.chmod(mode)
    staged.rename(node.manifest_dir / name)


def _content_or_simple(replayer: Replayer, node: ReplayNode, operation: Operation) -> bytes:
    """Some manifests were not kept: any pod of that name does."""
    name = str(operation.get("manifest") or operation.get("file", "app.yaml"))
    if (replayer.folder / name.rpartition("/")[2]).exists():
        return replayer.content(operation)
    from tests.conformance.replay_lab import WEB

    text = WEB.replace("name: web", f"name: {name.removesuffix('.yaml')}")
    if not name.startswith("web"):
        text = text.replace(
            "trap '' TERM; while true; do sleep 1; done", "trap 'exit 0' TERM; sleep 100000 & wait"
        )
    return text.encode()


def _rm(_: Replayer, node: ReplayNode, operation: Operation) -> None:
    path = node.manifest_dir / str(operation["file"])
    if path.is_fifo():
        # it was moved away, so that it could be opened later
        path.rename(node.root / "moved-pipe")
        return
    path.unlink(missing_ok=True)


def _rename(_: Replayer, node: ReplayNode, operation: Operation) -> None:
    (node.manifest_dir / str(operation["file"])).rename(node.manifest_dir / str(operation["to"]))


def _copy(target: str) -> Callable[[Replayer, ReplayNode, Operation], None]:
    """`cp` makes the name, then fills it."""

    def act(replayer: Replayer, node: ReplayNode, _: Operation) -> None:
        data = (node.manifest_dir / "app.yaml").read_bytes()
        with (node.manifest_dir / target).open("wb") as file:
            file.write(data)

    return act


def _remove(name: str) -> Callable[[Replayer, ReplayNode, Operation], None]:
    return lambda _replayer, node, _operation: (node.manifest_dir / name).unlink()


def _write(replayer: Replayer, node: ReplayNode, operation: Operation, start: int, end: int | None) -> None:
    default = {"tmp.yaml": "app.yaml"}.get(str(operation["file"]), str(operation["file"]))
    candidates = [default, "app-2.yaml", "app-1.yaml", "app.yaml"]
    name = next(name for name in candidates if (replayer.folder / name).exists())
    data = (replayer.folder / name).read_bytes()[start:end]
    target = node.manifest_dir / str(operation["file"])
    with target.open("ab" if start else "wb", buffering=0) as file:
        if not start:
            replayer.lab.settle() if operation[
                "op"
            ] == "truncate+write first half 1.5 s before a tick" else None
        file.write(data)


def _first_half(replayer: Replayer, node: ReplayNode, operation: Operation) -> None:
    replayer._first = str(operation["bytes"])
    _write(replayer, node, operation, 0, int(str(operation["bytes"])))


def _second_half(replayer: Replayer, node: ReplayNode, operation: Operation) -> None:
    _write(replayer, node, operation, int(replayer._first), None)


def _whole(manifest: str) -> Callable[[Replayer, ReplayNode, Operation], None]:
    def act(replayer: Replayer, node: ReplayNode, operation: Operation) -> None:
        source = next(
            replayer.folder / name for name in (manifest, "app.yaml") if (replayer.folder / name).exists()
        )
        (node.manifest_dir / str(operation["file"])).write_bytes(source.read_bytes())

    return act


def _delete_mirror(name: str, grace: int | None) -> Callable[[Replayer, ReplayNode, Operation], None]:
    def act(replayer: Replayer, node: ReplayNode, _: Operation) -> None:
        replayer.lab.run_to(replayer.lab.now + 0.08)
        # the third time there may be none left to delete
        with contextlib.suppress(ApiError):
            replayer.lab.store.delete("pods", "default", f"{name}-{node.name}", grace_seconds=grace)

    return act


def _patch(patch: dict, *, status: bool = False) -> Callable[[Replayer, ReplayNode, Operation], None]:
    def act(replayer: Replayer, node: ReplayNode, _: Operation) -> None:
        part = "status" if status else ""
        replayer.lab.store.patch(
            "pods", "default", f"app-{node.name}", patch, patch_type="strategic", subresource=part
        )

    return act


def _refused_patch(patch: dict) -> Callable[[Replayer, ReplayNode, Operation], None]:
    def act(replayer: Replayer, node: ReplayNode, operation: Operation) -> None:
        with pytest.raises(ApiError, match="may not remove or update mirror pod annotation"):
            _patch(patch)(replayer, node, operation)

    return act


def _stop(_: Replayer, node: ReplayNode, _operation: Operation) -> None:
    node.stop()


def _start(replayer: Replayer, node: ReplayNode, operation: Operation) -> None:
    lab = replayer.lab
    life = lab.lives[1]
    until_read = (life.tick - lab.now) % 20
    changes = {"start_files": until_read} if until_read < 1.3 else {}
    node.start(start_loop=life.loop(lab.luck.lag), **changes)


def _restart(replayer: Replayer, node: ReplayNode, operation: Operation) -> None:
    node.stop()
    _start(replayer, node, operation)


def _restart_other(replayer: Replayer, _: ReplayNode, operation: Operation) -> None:
    node = next(node for node in replayer.lab.nodes.values() if node is not replayer.default)
    node.stop()
    node.start()


def _api(available: bool) -> Callable[[Replayer, ReplayNode, Operation], None]:
    def act(replayer: Replayer, _node: ReplayNode, _operation: Operation) -> None:
        if available:
            # it listens a while before it answers
            replayer.lab.run_to(replayer.lab.now + _LISTEN_SECONDS)
        replayer.lab.store.available = available

    return act


def _other_pod_in_sub_folder(_: Replayer, node: ReplayNode, _operation: Operation) -> None:
    text = (node.manifest_dir / "app.yaml").read_text().replace("name: app", "name: inner")
    (node.manifest_dir / "sub.yaml" / "inner.yaml").write_text(text)


def _socket(_: Replayer, node: ReplayNode, _operation: Operation) -> None:
    end = socket.socket(socket.AF_UNIX)
    folder = os.open(node.manifest_dir, os.O_RDONLY)
    end.bind(f"/proc/self/fd/{folder}/socket.yaml")
    os.close(folder)
    end.close()


def _remove_strays(_: Replayer, node: ReplayNode, _operation: Operation) -> None:
    for path in list(node.manifest_dir.iterdir()):
        if path.name in ("app.yaml", "web.yaml"):
            continue
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _symlink(replayer: Replayer, node: ReplayNode, operation: Operation) -> None:
    target = node.manifest_dir / str(operation["to"])
    target.write_bytes((replayer.folder / "app.yaml").read_bytes())
    (node.manifest_dir / "app.yaml").symlink_to(str(operation["to"]))


def _hard_link_over(replayer: Replayer, node: ReplayNode, _: Operation) -> None:
    outside = node.root / "outside.yaml"
    outside.write_bytes((replayer.folder / "app-2.yaml").read_bytes())
    staged = node.manifest_dir / ".link"
    os.link(outside, staged)
    staged.rename(node.manifest_dir / "app.yaml")


def _fifo_opened(replayer: Replayer, node: ReplayNode, _: Operation) -> None:
    moved = node.root / "moved-pipe"
    os.close(os.open(moved, os.O_WRONLY | os.O_NONBLOCK))
    replayer.lab.run_to(replayer.lab.now + 0.2)


def _kill_container(replayer: Replayer, node: ReplayNode, _: Operation) -> None:
    container = next(
        c for c in node.runtime.containers.values() if c.running and c.pod_name.startswith("app-")
    )
    node.runtime.running(container.id).kill()


def _replace_folder(_: Replayer, node: ReplayNode, _operation: Operation) -> None:
    node.manifest_dir.rename(node.root / "manifests.bak")
    node.manifest_dir.mkdir()


def _chown(_: Replayer, node: ReplayNode, _operation: Operation) -> None:
    if os.geteuid() == 0:
        os.chown(node.manifest_dir / "app.yaml", 65534, 65534)
    else:
        (node.manifest_dir / "app.yaml").chmod(0o640)


LOOKS = {
    "kubectl returned", "answer", "mirror is back", "mirror pod phase while down", "apiserver process gone",
    "crictl on n3", "apiserver ready", "mirror hash", "state", "state after the tick", "pods named inner", "wait",
    "mirror", "nodes", "mirror of pb", "GET node", "mirror pods", "mirror of late", "mirror of app",
    "node registered again", "mirror of app-n2", "mirror of web-n2", "waiting", "app running again", "late running",
    "late gone", "web running", "mirror hash unchanged", "update seen", "pod gone", "mirror of first", "first gone",
    "mirror in default", "default one gone", "app running", "running", "no READY sandbox of the old pod",
}  # fmt: skip
#: the operations after which the node's kubelet is another process
STARTS = (
    "kubelet started",
    "kubelet restarted",
    "kubelet restarted as before",
    "kubelet restarted with --hostname-override N3",
)
_HASH = "kubernetes.io/config.hash"
_MIRROR = "kubernetes.io/config.mirror"
_ACTIONS: dict[str, Callable[[Replayer, ReplayNode, Operation], None]] = {
    "rename-into": _rename_into,
    "rm": _rm,
    "rename": _rename,
    "kubectl delete pod app-n2 --force --grace-period=0": _delete_mirror("app", 0),
    "kubectl delete pod app-n2 ": _delete_mirror("app", None),
    "kubectl delete mirror of app": _delete_mirror("app", 0),
    "DELETE with gracePeriodSeconds=0": _delete_mirror("app", 0),
    "PATCH label added": _patch({"metadata": {"labels": {"edited": "yes"}}}),
    "PATCH user annotation changed": _patch({"metadata": {"annotations": {"example.com/rev": "edited"}}}),
    "PATCH config.hash annotation changed": _patch({"metadata": {"annotations": {_HASH: "0" * 32}}}),
    "PATCH config.mirror annotation changed": _refused_patch(
        {"metadata": {"annotations": {_MIRROR: "0" * 32}}}
    ),
    "PATCH config.mirror annotation removed": _refused_patch({"metadata": {"annotations": {_MIRROR: None}}}),
    "PATCH container image changed": _patch({"spec": {"containers": [{"name": "c", "image": "other:1"}]}}),
    "PATCH status phase changed": _patch({"status": {"phase": "Failed"}}, status=True),
    "kubelet stopped (TERM)": _stop,
    "kubelet stopped (SIGTERM)": _stop,
    "kubelet stopped (SIGKILL)": _stop,
    "kubelet started": _start,
    "kubelet restarted": _restart,
    "kubelet restarted as before": _restart,
    "kubelet restarted with --hostname-override N3": _restart,
    "kubelet of n3 restarted while the API is down": _restart_other,
    "apiserver killed (KILL)": _api(False),
    "apiserver started": _api(True),
    "cp app.yaml app.yaml.bak": _copy("app.yaml.bak"),
    "cp app.yaml app.yaml~": _copy("app.yaml~"),
    "cp app.yaml .app.yaml.swp": _copy(".app.yaml.swp"),
    "rm app.yaml.bak": _remove("app.yaml.bak"),
    "rm app.yaml~": _remove("app.yaml~"),
    "rm .app.yaml.swp": _remove(".app.yaml.swp"),
    "mkdir sub.yaml (a folder)": lambda _, node, _op: (node.manifest_dir / "sub.yaml").mkdir(),
    "manifest of another pod into the sub folder": _other_pod_in_sub_folder,
    "dangling symlink created": lambda _, node, _op: (node.manifest_dir / "dangling.yaml").symlink_to(
        "/nowhere/x"
    ),
    "symlink to the sub folder": lambda _, node, _op: (node.manifest_dir / "link.yaml").symlink_to(
        "sub.yaml"
    ),
    "unix socket created": _socket,
    "all of these removed": _remove_strays,
    "symlink created": _symlink,
    "regular file with the same content renamed over the symlink": _rename_into,
    "namespace created": lambda r, _, _op: r.lab.store.create("namespaces", {"metadata": {"name": "later"}}),
    "create+write first half": _first_half,
    "append second half": _second_half,
    "create+write a first half that is a valid pod": _first_half,
    "append the rest (second container)": _second_half,
    "create+write tmp.yaml in the folder": _whole("app-2.yaml"),
    "truncate+write in place": _whole("app-2.yaml"),
    "truncate+write first half 1.5 s before a tick": _first_half,
    "append second half 1.5 s after the tick (content now as before)": _second_half,
    "touch": lambda _, node, op: os.utime(node.manifest_dir / str(op.get("file", "app.yaml"))),
    "chmod 600": lambda _, node, _op: (node.manifest_dir / "app.yaml").chmod(0o600),
    "chown nobody": _chown,
    "DELETE node": lambda r, node, _op: r.lab.store.delete("nodes", None, node.name),
    "rm -rf folder": lambda _, node, _op: shutil.rmtree(node.manifest_dir),
    "mkdir folder": lambda _, node, _op: node.manifest_dir.mkdir(),
    "mv manifests manifests.bak; mkdir manifests": _replace_folder,
    "rm of manifests.bak/app.yaml (old folder, still watched)": lambda _, node, _op: (
        node.root / "manifests.bak" / "app.yaml"
    ).unlink(),
    "web.yaml renamed back from manifests.bak": lambda _, node, _op: (
        node.root / "manifests.bak" / "web.yaml"
    ).rename(node.manifest_dir / "web.yaml"),
    "manifests.bak removed": lambda _, node, _op: shutil.rmtree(node.root / "manifests.bak"),
    "hard link renamed over": _hard_link_over,
    "inode written through the other hard link (outside the folder), 2 s after a tick": lambda r, node, _op: (
        node.root / "outside.yaml"
    ).write_bytes((r.folder / "app-3.yaml").read_bytes()),
    "ln of a second name in the folder": lambda _, node, op: os.link(
        node.manifest_dir / "app.yaml", node.manifest_dir / str(op["file"])
    ),
    "symlink target rewritten, 2 s after a tick": lambda r, node, _op: (
        node.root / "target.yaml"
    ).write_bytes((r.folder / "app-2.yaml").read_bytes()),
    "symlink target removed, 2 s after a tick": lambda _, node, _op: (node.root / "target.yaml").unlink(),
    "kill -9 of the container's process": _kill_container,
    "mkfifo": lambda _, node, op: os.mkfifo(node.manifest_dir / str(op["file"])),
    "the fifo is opened for writing and closed": _fifo_opened,
}


def read_operations(folder: Path) -> list[Operation]:
    return [json.loads(line) for line in (folder / "ops.jsonl").read_text().splitlines()]
