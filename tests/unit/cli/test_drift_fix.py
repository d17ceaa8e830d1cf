"""`drift fix`: what drifted is pushed, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import manifest, pod_text
from tests.fakes.selinux import BAD, GOOD, Selinux
from tests.fakes.shell_host import stand_in
from tests.unit.cli.terminal import on_a_terminal
from tests.unit.operations.conftest import FakeNode

from podwright.remote.node import selinux_labels

WEB, OTHER = manifest(), manifest("other")
FIX = ("drift", "fix", "--wait-for", "file")


def two_pods(site: Site, waivers: str = "[]") -> None:
    site.template("other", pod_text("other"))
    site.inventory.write_text(
        "all: {hosts: {n1: {}}, vars: {static_pods: [web, other], podwright_waivers: " + waivers + "}}\n"
    )


def test_a_site_in_sync_has_nothing_to_fix(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    answer = one_node.run(*FIX)
    assert (answer.code, answer.out, answer.err) == (0, "", "1 node, 0 findings\n")


def test_a_missing_file_is_pushed_and_a_dry_run_shows_it(one_node: Site, node: FakeNode) -> None:
    plan = one_node.run(*FIX, "--dry-run")
    assert (plan.code, "create web.yaml" in plan.out, node.file()) == (0, True, None)
    answer = one_node.run(*FIX, "-y")
    assert (answer.code, node.file()) == (0, WEB.text(1))
    assert "n1: file-missing: web.yaml: it should be there" in answer.err


def test_a_wrong_label_is_mended_by_one_write(
    one_node: Site, node: FakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.place(WEB)
    selinux = Selinux(tmp_path / "selinux", node.host.bin)
    monkeypatch.setattr(selinux_labels, "SELINUX", str(selinux.enforce))
    selinux.label(node.folder / "web.yaml")
    assert one_node.run(*FIX, "-y").err == "1 node, 0 findings\n", "it is not on"
    selinux.enforce.write_text("1")
    answer = one_node.run(*FIX, "-y")
    assert (answer.code, node.file()) == (0, WEB.text(1))
    assert f"n1: file-label: web.yaml: SELinux label `{BAD}` instead of `{GOOD}`" in answer.err
    assert one_node.run(*FIX, "-y").err == "1 node, 0 findings\n"


def test_a_label_that_the_node_refuses_is_told_and_nothing_is_written(
    one_node: Site, node: FakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an unknown type does, a login without the right, or NFS: each run would write the file again, for nothing."""
    node.place(WEB)
    selinux = Selinux(tmp_path / "selinux", node.host.bin)
    monkeypatch.setattr(selinux_labels, "SELINUX", str(selinux.enforce))
    selinux.enforce.write_text("1")
    selinux.label(node.folder / "web.yaml")
    before = (node.folder / "web.yaml").stat().st_ino
    stand_in(node.host.bin, "chcon", "echo 'chcon: Operation not supported' >&2; exit 1")
    # a new file has what its folder gives it
    stand_in(
        node.host.bin,
        "stat",
        f'case $2 in "%C %n") shift 3; for path; do echo "{BAD} $path"; done ;; *) exec /usr/bin/stat "$@" ;; esac',
    )
    for command in (FIX, ("manifest", "push", "--wait-for", "file")):
        answer = one_node.run(*command, "-y")
        assert (answer.code, (node.folder / "web.yaml").stat().st_ino) == (1, before)
        assert (
            f"would get the SELinux label `{BAD}`, not `{GOOD}`: chcon: Operation not supported" in answer.err
        )
    assert not list(node.root.rglob("backups/web.yaml.*")), "no older copy is pushed out"


def test_a_wrong_label_of_a_file_that_no_push_writes_is_left_and_told(
    one_node: Site, node: FakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is adopted as it lies there."""
    file = node.folder / "web.yaml"
    file.write_text(pod_text())
    file.chmod(0o600)
    assert one_node.run("manifest", "adopt", "web", "--no-restart", "--wait-for", "file", "-y").code == 0
    selinux = Selinux(tmp_path / "selinux", node.host.bin)
    monkeypatch.setattr(selinux_labels, "SELINUX", str(selinux.enforce))
    selinux.enforce.write_text("1")
    selinux.label(file)
    answer = one_node.run(*FIX, "-y")
    assert (answer.code, file.read_text()) == (3, pod_text())
    assert (
        "note: `drift fix` leaves this:\nn1: file-label: the kubelet may not be allowed to read it"
        in answer.err
    )


def test_without_a_terminal_it_wants_to_be_told_to_go_ahead(one_node: Site, node: FakeNode) -> None:
    answer = one_node.run(*FIX)
    assert (answer.code, "there is no terminal to ask on" in answer.err, node.file()) == (2, True, None)


def test_what_is_waived_is_left_alone(one_node: Site, node: FakeNode) -> None:
    two_pods(one_node, "[{drift: file-missing, file: web.yaml, reason: soon, until: 9999-12-31}]")
    answer = one_node.run(*FIX, "-y")
    assert (answer.code, node.file(), node.file("other.yaml")) == (0, None, OTHER.text(1))


def test_orphans_go_with_prune_only(one_node: Site, node: FakeNode) -> None:
    two_pods(one_node)
    node.place(OTHER)
    node.place(manifest("old"))
    kept = one_node.run(*FIX, "-y")
    assert (kept.code, node.file("old.yaml") is not None, node.file()) == (3, True, WEB.text(1))
    assert "note: `drift fix` leaves this:\nn1: file-orphaned: " in kept.err
    pruned = one_node.run(*FIX, "-y", "--prune", "--prune-max", "1")
    assert (pruned.code, node.file("old.yaml")) == (0, None)


def test_nothing_is_pruned_where_something_must_be_left_alone(one_node: Site, node: FakeNode) -> None:
    two_pods(one_node, "[{drift: file-missing, file: web.yaml, reason: soon, until: 9999-12-31}]")
    node.place(manifest("old"))
    answer = one_node.run(*FIX, "-y", "--prune", "--prune-max", "1")
    assert (answer.code, node.file("old.yaml") is not None, node.file("other.yaml")) == (
        3,
        True,
        OTHER.text(1),
    )
    assert "warning: n1: nothing is pruned: `web.yaml` must be left alone" in answer.err


def test_what_no_push_ends_is_shown_with_what_to_do(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    (node.folder / "stray.bak").write_text(pod_text("stray"))
    answer = one_node.run(*FIX, "-y")
    assert answer.code == 3
    assert "the kubelet runs whatever has no dot in front, so move it away:\n    mv -i " in answer.err


def test_prune_needs_all_pods(one_node: Site) -> None:
    assert one_node.run(*FIX, "--prune", "--only", "web").code == 2


def test_a_command_is_never_folded(one_node: Site, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    node.place(WEB)
    name = f"{'stray' * 20}.bak"
    (node.folder / name).write_text(pod_text("stray"))
    terminal = on_a_terminal(monkeypatch)
    one_node.run(*FIX, "-y")
    command = f"    mv -i {node.folder}/{name} {node.folder.parent}/"
    assert command in click.unstyle(terminal.getvalue()).splitlines()
